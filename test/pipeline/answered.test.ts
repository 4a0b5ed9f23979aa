/** An answer in the onion itself, without a proxy around it. */
import { describe, expect, test } from 'vitest';
import { Denied, ProxyError } from '../../proxy/base/errors.ts';
import type { Answer } from '../../proxy/call/answer.ts';
import { Call } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { compose, type Layer } from '../../proxy/pipeline/compose.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import { type Reply, strongest } from '../../proxy/reply/reply.ts';
import { replyOf, toolCall } from '../dispatch/fake.ts';
import { StoppedClock } from '../support/stopped-clock.ts';

const HIT = { content: [] };
const MESSAGE = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
const answers: Control = (call) => call.answer(HIT);
const passes: Control = (call, next) => next(call);
const unasked: Next = () => Promise.reject(new Error('the upstream was asked'));
const through = (call: Call, layers: readonly (Partial<Layer> & Pick<Layer, 'control'>)[], inner = unasked) =>
  compose(
    layers.map((layer, i) => ({ name: `c${i}`, ...layer })),
    inner,
  )(call);

function textOf({ body }: Reply): string {
  return Buffer.isBuffer(body) ? body.toString() : '';
}

function accepting(accept: string | undefined): Call {
  const read = readMessage('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}');
  const { upstream } = toolCall();
  const exchange = new Exchange(NOBODY, 'legacy', { ...NO_HEADERS, accept }, 1);
  return new Call(read.kind, read.method, read, upstream, exchange);
}

describe('an answer', () => {
  test('is a reply of JSON with its length', async () => {
    const reply = await through(toolCall(), [{ control: answers }]);
    const { status, headers, kind, length } = reply;
    expect([status, kind, textOf(reply), length]).toEqual([200, 'json', MESSAGE, MESSAGE.length]);
    expect(headers).toEqual(['Content-Type', 'application/json', 'Content-Length', String(MESSAGE.length)]);
  });

  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['text/html', 'json'],
    ['application/json', 'json'],
    ['text/event-stream, application/json', 'json'],
    ['text/event-stream,*/*;q=0.1', 'json'],
    ['Text/Event-Stream , APPLICATION/* ; q=0.1', 'json'],
    ['text/event-stream', 'events'],
    ['text/html, Text/Event-Stream;q=0.9', 'events'],
  ])('to a client that accepts %j is sent as %s', async (accept, kind) => {
    const reply = await through(accepting(accept), [{ control: answers }]);
    expect(reply.kind).toBe(kind);
    if (kind === 'json') return;
    const event = `event: message\ndata: ${MESSAGE}\n\n`;
    expect([textOf(reply), reply.length]).toEqual([event, event.length]);
    expect(reply.headers.join()).toBe(
      `Content-Type,text/event-stream,Cache-Control,no-cache,Content-Length,${event.length}`,
    );
  });

  test('with line ends in its text is still one event', async () => {
    const source = { json: '{\r\n"content":\n[]}', value: HIT };
    const control: Control = (call) => call.answer(HIT, source);
    const reply = await through(accepting('text/event-stream'), [{ control }]);
    expect(textOf(reply)).toMatch(/^event: message\ndata: [^\r\n]+\n\n$/);
  });

  test.each(['ignores', 'observes', 'transforms'] as const)(
    'may be mapped by the controls outside it exactly if they %s replies',
    async (replies) => {
      const mapping: Control = async (call, next) => (await next(call)).mapResult((result) => result);
      const mapped = through(toolCall(), [
        { control: mapping, replies },
        { control: answers, replies: 'ignores' },
      ]);
      if (replies === 'transforms') {
        expect((await mapped).transforms).toMatchObject([{ control: 'c0' }]);
        // Which is also the default.
        await through(toolCall(), [{ control: mapping }, { control: answers, replies: 'ignores' }]);
      } else await expect(mapped).rejects.toThrow(`replies are declared '${replies}'`);
    },
  );

  test('is of the control that made it, and is noted before the decision of those outside it', async () => {
    const call = toolCall();
    using clock = new StoppedClock();
    const slow: Control = (call) => (clock.move(20), call.answer(HIT));
    await through(call, [{ control: passes }, { name: 'cache', control: slow }]);
    expect(call.exchange.channels.answeredBy).toBe('cache');
    expect(call.facts).toEqual([
      { control: 'cache', decision: 'answer', ms: 20 },
      { control: 'c0', decision: 'pass', ms: 0 },
    ]);
  });

  test('is of the call as its control got it, which other controls then see', async () => {
    const call = toolCall();
    const renaming: Control = (call, next) => next(call.with({ ...call.params, name: 'y' }));
    await through(call, [{ control: renaming }, { control: answers }]);
    expect(call.exchange.channels.sent?.name).toBe('y');
  });

  test("waits for what runs before a call leaves, whose refusal is not the control's", async () => {
    const call = toolCall();
    const seen: unknown[] = [];
    let recorded: () => void = () => {};
    call.exchange.channels.beforeSending = () => {
      seen.push([call.exchange.channels.answeredBy, call.facts.map(({ decision }) => decision)]);
      return new Promise((resolve) => (recorded = resolve));
    };
    const reply = through(call, [{ control: answers }]).then(() => seen.push('answered'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([['c0', ['answer']]]);
    recorded();
    await reply;
    expect(seen).toEqual([['c0', ['answer']], 'answered']);

    const refused = toolCall();
    refused.exchange.channels.beforeSending = () => Promise.reject(new ProxyError('internal', 'not recorded'));
    await expect(through(refused, [{ control: passes }, { control: answers }])).rejects.toThrow('not recorded');
    expect(refused.facts.map(({ control, decision }) => [control, decision])).toEqual([['c1', 'answer']]);
  });

  test('is discarded if the call is refused afterwards', async () => {
    const call = toolCall();
    let got: Reply | undefined;
    const refusing: Control = async (call, next) => ((got = await next(call)), Promise.reject(new Denied()));
    await expect(through(call, [{ control: refusing }, { control: answers }])).rejects.toThrow(Denied);
    call.exchange.refused(7, 'denied');
    expect(await got?.finished).toMatchObject({ bytes: 7, code: 'denied' });
  });
});

describe('a control that answers', () => {
  const inner: Next = () => Promise.resolve(replyOf());
  let other: Answer | undefined;
  test.each([
    ['twice', (call) => (call.answer(HIT), call.answer(HIT)), 'c0 answered a call twice'],
    [
      'after next()',
      async (call, next) => (await next(call), call.answer(HIT)),
      'c0 answered a call that it passed on',
    ],
    ['before next()', (call, next) => (call.answer(HIT), next(call)), 'c0 called next() for a call that it answered'],
    ['another call', (call) => other ?? call.answer(HIT), 'c0 returned an answer to another call'],
    ['wrongly', (call) => call.answer({}), 'answered tools/call with a wrong result: result.content: expected a list'],
  ] satisfies readonly (readonly [string, Control, string])[])('%s is refused', async (how, control, words) => {
    other = how === 'another call' ? toolCall().answer(HIT) : undefined;
    const call = toolCall();
    await expect(through(call, [{ control }, { control: passes }], inner)).rejects.toThrow(words);
    expect(call.facts.at(-1)).toMatchObject({ control: 'c0', decision: 'internal' });
    expect(call.exchange.channels.answeredBy).toBeUndefined();
  });

  test('inside another that answers too is not seen', async () => {
    const unseen: Control = () => Promise.reject(new Error('the inner control was asked'));
    const call = toolCall();
    await through(call, [{ control: passes }, { control: answers }, { control: unseen }]);
    expect(call.exchange.channels.answeredBy).toBe('c1');
  });
});

test('the strongest attention of several counts', () => {
  expect([
    strongest([]),
    strongest(['ignores']),
    strongest(['ignores', 'observes']),
    strongest(['observes', 'transforms']),
  ]).toEqual(['ignores', 'ignores', 'observes', 'transforms']);
});
