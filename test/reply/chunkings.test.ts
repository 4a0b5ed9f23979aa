import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../proxy/json/value.ts';
import { deliverEvents } from '../../proxy/reply/deliver-events.ts';
import type { Delivery, Sink } from '../../proxy/reply/delivery.ts';
import type { Transform } from '../../proxy/reply/mapping.ts';
import { type Finished, Reply } from '../../proxy/reply/reply.ts';
import type { Treatments } from '../../proxy/reply/treatment.ts';
import { withoutErrorId } from '../support/error-data.ts';
import { type Cut, cut } from './chunks.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** A client that takes a few writes at a time. */
class Client implements Sink {
  readonly writes: Buffer[] = [];
  readonly settled = true;
  gone = false;
  #left: number;
  readonly #room: number;

  constructor(room: number) {
    this.#left = this.#room = room;
  }

  head(): void {}

  write(chunk: Buffer): boolean {
    this.writes.push(Buffer.from(chunk));
    return --this.#left > 0;
  }

  onDrain(listener: () => void): void {
    setImmediate(() => {
      this.#left = this.#room;
      listener();
    });
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.writes.push(Buffer.from(last));
  }

  cut(): void {
    this.gone = true;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }
}

const refused = { kind: 'request', method: 'tools/call', id: '7', era: 'modern', dispatched: true } as const;
const LIMIT = 600;

/** Replaces `secret` in each message, and refuses one with `forbidden`. */
const clean = (message: JsonObject): JsonObject => {
  const text = JSON.stringify(message);
  if (text.includes('forbidden')) throw new TypeError('forbidden');
  return text.includes('secret') ? (JSON.parse(text.replaceAll('secret', 'hidden')) as JsonObject) : message;
};
const transform = (given: Partial<Transform>): Transform => ({ map: clean, contains: undefined, ...given });

const WAYS: Readonly<Record<string, readonly Transform[]>> = {
  'without a transformation': [],
  'with one of each message': [transform({})],
  'with one that takes longer': [transform({ map: async (message) => turn(clean(message)) })],
  'with one that takes longer for some': [
    transform({
      map: (message) => (message['method'] === 'notifications/message' ? turn(clean(message)) : clean(message)),
    }),
  ],
  'with one of messages that hold a string': [transform({ contains: 'secret' })],
  'with one that searches': [
    transform({ when: (text) => text.includes('secret') || text.includes('forbidden'), whenAnywhere: true }),
  ],
  'with one that leaves progress, and one that searches': [
    transform({ map: (message) => message, contains: '"method"', leavesProgress: true }),
    transform({ contains: 'secret' }),
  ],
};

function treatments(transforms: readonly Transform[], everything: boolean): Treatments {
  return {
    own: { transforms, refused, progressToken: 'p1' },
    elsewhere: {
      everything,
      byId: () => undefined,
      byProgress: (token) =>
        token === 'p2' ? { transforms: [transform({})], refused, progressToken: 'p2' } : undefined,
    },
  };
}

const progress = (token: string, more = ''): string =>
  `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1${more}}}`;
const data = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      progress('"p1"'),
      progress('"p1"', ',"total":100'),
      progress('"p1"', ',"total":100,"message":"Looked into 1 of 100"'),
      progress('"p1"', ',"message":"Grüße, 世界"'),
      '{"method":"notifications/progress","params":{"progressToken":"p1","progress":0.5,"total":1.0},"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1,"total":2,"progressToken":"p1"}}',
    ),
  },
  fc.constantFrom(
    progress('"p1"', ',"message":"a secret"'),
    progress('"p1"', ',"message":"a \\u0073ecret"'),
    progress('"p1"', ',"message":"forbidden"'),
    progress('"p1"', ',"progress":2'),
    progress('"p1"', ',"progressToken":"p2","message":"secret"'),
    progress('"p1"', ',"more":"secret"'),
    progress('"p2"', ',"message":"secret"'),
    progress('"p3"'),
    progress('null'),
    progress('"p1"', `,"message":"${'long '.repeat(110)}"`),
    `${progress('"p1"')},`,
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"a secret"}}',
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"nothing"}}',
    '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
    '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"a secret"}]}}',
    '{"jsonrpc":"2.0","id":8,"result":{}}',
    '{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"x"}}',
    '[DONE]',
    'secret',
    '{"a":1,"a":2}',
    '{',
    '',
  ),
);
const line = fc.oneof(
  { weight: 6, arbitrary: data.map((text) => ['data', text]) },
  fc.constantFrom(['id', '4'], ['id', ''], ['retry', '9'], ['', ' a comment'], ['event', 'message'], ['event', 'ping']),
);
/** One event: mostly a type and data, as servers write it. */
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: data.map((text) => [
      ['event', 'message'],
      ['data', text],
    ]),
  },
  { weight: 2, arbitrary: data.map((text) => [['data', text]]) },
  fc.array(line, { maxLength: 4 }),
  data.map((text) => text.split(/(?<=,)/).map((part) => ['data', part])),
);
const stream = fc
  .tuple(
    fc.array(fc.tuple(event, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r')), { maxLength: 12 }),
    fc.constantFrom('', '\ufeff'),
    fc.constantFrom('', 'data: {"jsonrpc":"2.0"', '\n'),
  )
  .map(
    ([events, mark, rest]) =>
      mark +
      events.map(([lines, end]) => lines.map(([field, value]) => `${field}: ${value}${end}`).join('') + end).join('') +
      rest,
  );

interface Got {
  readonly client: Client;
  readonly ids: string[];
  readonly finished: Finished;
}

async function delivered({ chunks }: Cut, given: Treatments, room: number, apart: boolean): Promise<Got> {
  const client = new Client(room);
  const ids: string[] = [];
  const body = new Readable({ read() {} });
  const reply = new Reply(200, [], body, 'text/event-stream', -1, 'transforms');
  const { finished } = reply;
  const delivery: Delivery = { ...given, maxInspected: LIMIT, onEventId: (id) => ids.push(id) };
  const delivering = deliverEvents(reply, body, client, delivery);
  for (const chunk of chunks) {
    if (body.destroyed) break;
    body.push(Buffer.from(chunk));
    if (apart) await turn();
  }
  body.push(null);
  await delivering;
  return { client, ids, finished: await finished };
}

describe.each(Object.entries(WAYS))('a stream %s', (_name, transforms) => {
  test.each([false, true])(
    'is delivered as if each event were treated alone, however it was cut (of any call: %s)',
    async (everything) => {
      const given = treatments(transforms, everything);
      await fc.assert(
        fc.asyncProperty(cut(stream), fc.integer({ min: 1, max: 5 }), fc.boolean(), async (bytes, room, apart) => {
          const expected = await oneAtATime(bytes.chunks, given, LIMIT).catch(() => undefined);
          const got = await delivered(bytes, given, room, apart);
          expect(got.finished.bytes).toBe(got.client.bytes.length);
          // An event beyond the limit: how much came before it depends on the cut.
          if (expected === undefined) return;
          const text = withoutErrorId(got.client.bytes.toString());
          const whole = withoutErrorId(expected.bytes.toString());
          // A refusal, or the error for a request without a response, follows.
          expect(text.slice(0, whole.length)).toBe(whole);
          if (!expected.isRefused && got.finished.code === undefined) expect(text).toBe(whole);
          expect(got.ids.slice(0, expected.ids.length)).toEqual(expected.ids);
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe('the events of one chunk', () => {
  const RESULT = 'data: {"jsonrpc":"2.0","id":7,"result":{}}\n\n';
  const EVENTS = `event: message\ndata: ${progress('"p1"')}\n\n`.repeat(50);

  test.each(['with one of each message', 'with one that searches'])(
    'are written at once, with the end, %s',
    async (name) => {
      const bytes = Buffer.from(EVENTS + RESULT);
      const { client } = await delivered({ bytes, chunks: [bytes] }, treatments(WAYS[name] ?? [], false), 5, false);
      expect(client.writes).toEqual([bytes]);
    },
  );

  test('that come before one that a control takes longer for are not held back', async () => {
    const never = Promise.withResolvers<JsonObject>();
    const slow = transform({ map: (message) => (message['id'] === 7 ? never.promise : message) });
    const client = new Client(5);
    const body = new Readable({ read() {} });
    const reply = new Reply(200, [], body, 'text/event-stream', -1, 'transforms');
    const delivering = deliverEvents(reply, body, client, { ...treatments([slow], false), maxInspected: LIMIT });
    body.push(Buffer.from(EVENTS + RESULT));
    await expect.poll(() => client.bytes.toString()).toBe(EVENTS);
    never.reject(new TypeError('refused'));
    body.push(null);
    await delivering;
    expect(client.bytes.toString().slice(EVENTS.length)).toMatch(/^event: message\ndata: \{.*"id":7.*"error"/);
  });

  test('are cut off with their stream', async () => {
    const client = new Client(5);
    const body = new Readable({ read() {} });
    const reply = new Reply(200, [], body, 'text/event-stream', -1, 'transforms');
    const { finished } = reply;
    const given = treatments(WAYS['with one of each message'] ?? [], false);
    const delivering = deliverEvents(reply, body, client, { ...given, maxInspected: LIMIT });
    body.push(Buffer.from(RESULT + EVENTS));
    setImmediate(() => body.destroy());
    await delivering;
    expect([client.bytes.toString(), client.gone, (await finished).outcome]).toEqual([RESULT + EVENTS, true, 'cut']);
  });
});
