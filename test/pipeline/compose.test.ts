import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Denied, Invalid, Throttled, UnknownName } from '../../proxy/base/errors.ts';
import type { Call } from '../../proxy/call/call.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import type { Finished, Reply } from '../../proxy/reply/reply.ts';
import { callTool, control, responseOf, textsOf, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { startUpstream } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const SECRET = 'a-value-out-of-the-call';
const broken = (): never => {
  throw new TypeError(SECRET);
};
const mutate = (value: unknown): void => {
  (value as { deep: { at: string[] } }).deep.at.push('changed');
};

describe.each(ways)('%s', (_name, way) => {
  const RESULT = '{"content":[],"deep":{"at":["a"]},"n":1.0}';
  const tool = way.result(RESULT);

  async function ask(
    act: Control,
    replies: 'ignores' | 'observes' | 'transforms' = 'transforms',
  ): Promise<{ reply: Awaited<ReturnType<typeof callTool>>; asked: number }> {
    await using upstream = await startUpstream(withSessions(tool));
    await using front = await startFront(upstream, { controls: [control('tested', act, replies)] });
    const reply = await callTool(front, way);
    return { reply, asked: upstream.received.filter(({ text }) => text.includes('tools/call')).length };
  }

  test('a control that passes everything on does not change the bytes of the reply', async () => {
    const { reply } = await ask((call, next) => next(call));
    expect(textsOf(reply)).toEqual([`{"jsonrpc":"2.0","id":1,"result":${RESULT}}`]);
  });

  test('a control that maps every message to itself does not change them either', async () => {
    const { reply } = await ask(async (call, next) =>
      (await next(call)).mapMessages((message) => message).mapResult((result) => result),
    );
    expect(textsOf(reply)).toEqual([`{"jsonrpc":"2.0","id":1,"result":${RESULT}}`]);
  });

  test('next() resolves at the response headers, before the body arrives', async () => {
    let open: (() => void) | undefined;
    const headed = new Promise<void>((resolve) => (open = resolve));
    await using upstream = await startUpstream(
      withSessions(async (_request, response) => {
        response
          .writeHead(200, { 'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream' })
          .flushHeaders();
        // Not before the control has the headers.
        await headed;
        const message = `{"jsonrpc":"2.0","id":1,"result":{}}`;
        response.end(way.form === 'json' ? message : `data: ${message}\n\n`);
      }),
    );
    const act: Control = async (call, next) => {
      const reply = await next(call);
      open?.();
      return reply;
    };
    await using front = await startFront(upstream, { controls: [control('tested', act, 'ignores')] });
    expect(responseOf(await callTool(front, way)).result).toEqual({});
  });

  test.each([
    ['denies', new Denied(), 'tools/call', { code: -31403, data: { reason: 'denied' } }],
    ['knows no such tool', new UnknownName('tool', 'x'), 'tools/call', { code: -32602, message: 'Unknown tool: x' }],
    [
      'finds arguments invalid',
      new Invalid('expected a number'),
      'prompts/get',
      { code: -32602, message: 'expected a number' },
    ],
    [
      'throttles',
      new Throttled(1500),
      'tools/call',
      { code: -31429, data: { reason: 'throttled', retryAfterMs: 1500 } },
    ],
  ] as const)(
    "a control that %s before next() is answered under the request's id, and the upstream gets nothing",
    async (_what, error, method, expected) => {
      await using upstream = await startUpstream(withSessions(tool));
      await using front = await startFront(upstream, { controls: [control('tested', () => Promise.reject(error))] });
      const reply = await send(front, way.call(method, { name: 'x' }));
      expect(reply.json()).toMatchObject({ jsonrpc: '2.0', id: 1, error: expected });
      expect(upstream.received.filter(({ text }) => text.includes(method))).toEqual([]);
    },
  );

  test('a control that denies after next() is answered in the same way, and the reply is discarded and reported as ended', async () => {
    let finished: Promise<Finished> | undefined;
    const inner = control('inner', async (call, next) => {
      const reply = await next(call);
      ({ finished } = reply);
      return reply;
    });
    await using upstream = await startUpstream(withSessions(tool));
    await using front = await startFront(upstream, {
      controls: [control('tested', async (call, next) => (await next(call), Promise.reject(new Denied()))), inner],
    });
    const reply = await callTool(front, way);
    expect(reply.json().error?.code).toBe(-31403);
    await expect(finished).resolves.toMatchObject({ outcome: 'rpc-error', code: 'denied', bytes: reply.body.length });
  });

  test.each([
    ['throws before next()', broken as Control],
    ['throws after next()', async (call: Call, next: Next) => (await next(call), broken())],
    ['calls next() twice', async (call: Call, next: Next) => (await next(call), next(call))],
    ['returns without calling next()', (() => Promise.resolve({})) as unknown as Control],
    ['returns before next() has settled', ((call: Call, next: Next) => void next(call)) as unknown as Control],
    [
      'returns something else',
      (async (call: Call, next: Next) => ({ status: (await next(call)).status })) as unknown as Control,
    ],
    ['mutates the parameters', (call: Call, next: Next) => (mutate(call.params), next(call))],
    [
      'mutates them at depth',
      (call: Call, next: Next) => (((call.params as { arguments: { a: number } }).arguments.a = 2), next(call)),
    ],
  ] satisfies readonly (readonly [string, Control])[])(
    'a control that %s causes -32603 with an id that the log explains, and no inner text',
    async (_what, act) => {
      const { reply } = await ask(act);
      const { error } = reply.json();
      expect([reply.status, error?.code, error?.message]).toEqual([
        way.era === 'modern' ? 500 : 200,
        -32603,
        'internal error',
      ]);
      const explained = await lines.find((line) => line['errorId'] === error?.data?.['errorId']);
      expect(explained).toMatchObject({
        level: 'error',
        error: { type: expect.any(String), stack: expect.any(Array) },
      });
      expect(`${reply.text}${lines.text}`).not.toContain(SECRET);
    },
  );

  test.each([
    ['throws', broken],
    ['mutates the result', (result: unknown) => (mutate(result), result as never)],
    ['does not return an object', () => 'text' as never],
    ['returns a value that JSON lacks', () => ({ n: Number.NaN }) as never],
  ])('a mapping that %s refuses the reply, and nothing of the message is sent', async (_what, map) => {
    const { reply } = await ask(async (call, next) =>
      (await next(call)).mapMessages((message) => (message['result'] === undefined ? message : map(message['result']))),
    );
    expect(responseOf(reply)).toMatchObject({ id: 1, error: { code: -32603, message: 'internal error' } });
    expect(reply.text).not.toContain('deep');
    expect(reply.status).toBe(way.form === 'json' && way.era === 'modern' ? 500 : 200);
    expect(`${reply.text}${lines.text}`).not.toContain(SECRET);
  });

  test('a mapping that is attached after the control has returned is an error of the control, and not silently ignored', async () => {
    let late: unknown;
    let attach: (() => void) | undefined;
    const act: Control = async (call, next) => {
      const reply = await next(call);
      attach = () => reply.mapMessages(() => ({}));
      return reply;
    };
    const { reply } = await ask(act);
    try {
      attach?.();
    } catch (error) {
      late = error;
    }
    expect(late).toBeInstanceOf(TypeError);
    expect(responseOf(reply).result).toMatchObject({ n: 1 });
  });

  test('a control that only observes changes nothing and enforces nothing', async () => {
    const seen: unknown[] = [];
    const act: Control = async (call, next) => {
      const reply: Reply = (await next(call.with({ name: 'other' }))).mapMessages(() => broken());
      void reply.finished.then((finished) => seen.push(finished.outcome));
      throw new Denied();
    };
    await using upstream = await startUpstream(withSessions(tool));
    await using front = await startFront(upstream, { controls: [auditOnly(control('tested', act))] });
    const reply = await callTool(front, way);
    expect(textsOf(reply)).toEqual([`{"jsonrpc":"2.0","id":1,"result":${RESULT}}`]);
    expect(upstream.received.at(-1)?.text).toBe(way.call('tools/call', { name: 'x', arguments: { a: 1 } }).body);
    await vi.waitFor(() => expect(seen).toEqual(['ok']));
  });
});
