import { describe, expect, test } from 'vitest';
import type { Call } from '../../proxy/call/call.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import { startFront } from '../support/front.ts';
import { post } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';
import { callOf, toolCall } from './fake.ts';
import { control } from './forms.ts';

/** Returns what the upstream received for a body that passed the controls. */
async function sent(body: string, ...controls: readonly Control[]): Promise<string> {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, {
    controls: controls.map((act, i) => control(`c${i}`, act, 'ignores')),
  });
  await post(front.port, body);
  return upstream.received[0]?.text ?? '';
}

const withArguments =
  (change: (args: JsonObject) => JsonObject): Control =>
  (call, next) =>
    call.is('tools/call')
      ? next(call.with({ ...call.params, arguments: change((call.params.arguments ?? {}) as JsonObject) }))
      : next(call);

describe('a call that a control changes', () => {
  const BODY =
    ' { "params" : { "arguments":{"keep":1.0,"big":12345678901234567890,"text":"a\\u0062", "list":[1e2 , {"x":null}]}, "name":"x" }, "jsonrpc":"2.0", "id": 12345678901234567890, "method":"tools/call" } ';

  test('reaches the upstream with exactly the edited bytes', async () => {
    expect(
      await sent(
        BODY,
        withArguments((args) => ({ ...args, text: 'new' })),
      ),
    ).toBe(BODY.replace('"a\\u0062"', '"new"'));
  });

  test('has the keys of its own text, whatever an earlier call was parsed to', async () => {
    const secret = withArguments((args) => (args['path'] === undefined ? args : { ...args, path: 'hidden' }));
    const body = (key: string): string =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"x":1,"${key}":"/etc/passwd"}}}`;
    expect(await sent(body('\\\\u00'), secret)).toBe(body('\\\\u00'));
    expect(await sent(body('\\u0070ath'), secret)).toBe(body('\\u0070ath').replace('/etc/passwd', 'hidden'));
  });

  test('is the same if it edits scalars by path or replaces the whole value', async () => {
    const value = withArguments((args) => ({
      ...args,
      text: 'new',
      list: [(args['list'] as readonly number[])[0] ?? 0, { x: 7 }],
    }));
    const places: Control = (call, next) =>
      next(
        call.withArguments([
          { path: ['text'], value: 'new' },
          { path: ['list', 1, 'x'], value: 7 },
        ]),
      );
    // What a later control makes of it depends on the positions at that moment.
    const later = withArguments((args) => ({ ...args, more: `${JSON.stringify(args['text'])}er` }));
    const expected = await sent(BODY, value, later);
    expect(expected).toContain('new\\"er');
    expect(await sent(BODY, places, later)).toBe(expected);
    expect(await sent(BODY, places)).toBe(await sent(BODY, value));
  });

  test('reaches it byte for byte if the change changes nothing', async () => {
    expect(
      await sent(
        BODY,
        withArguments((args) => ({ ...args })),
      ),
    ).toBe(BODY);
    expect(await sent(BODY, (call, next) => next(call.with(call.params ?? {})))).toBe(BODY);
  });

  test('reaches it with the changes of every control, in order', async () => {
    const append = (text: string): Control =>
      withArguments((args) => ({ ...args, text: `${args['text'] as string}${text}` }));
    expect(await sent(BODY, append('1'), append('2'))).toBe(BODY.replace('"a\\u0062"', '"ab12"'));
  });

  test('gets parameters even if it had none', async () => {
    expect(
      await sent('{"jsonrpc":"2.0","id":1,"method":"tools/list"}', (call, next) => next(call.with({ cursor: 'c' }))),
    ).toBe('{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"c"}}');
  });

  test('is not affected by what the control does with its own value afterwards', async () => {
    const late: Control = (call, next) => {
      const params = { name: 'x', arguments: { a: 1 } };
      const changed = call.with(params);
      params.arguments.a = 2;
      return next(changed);
    };
    expect(await sent(BODY, late)).toContain('{"a":1}');
  });

  test('stays the same call: its method, id and kind do not change', () => {
    const call = toolCall();
    const changed = call.with({ name: 'y' });
    expect([changed.id, changed.method, changed.kind, changed.name]).toEqual(['1', 'tools/call', 'request', 'y']);
    expect([call.name, call.with(call.params ?? {})]).toEqual(['x', call]);
  });

  test.each([[[]], ['text'], [null], [{ name: 'x', arguments: { f: () => 1 } }], [{ n: Number.POSITIVE_INFINITY }]])(
    'cannot get %j as parameters',
    (params) => {
      expect(() => toolCall().with(params as unknown as JsonObject)).toThrow(TypeError);
    },
  );

  test('cannot get a name of another type, which a later reader might interpret differently', () => {
    expect(() => toolCall().with({ name: 7 })).toThrow(/params\.name/);
  });

  test('may be deeper than the default if the config allows that for requests', async () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"deep":${deep}}}}`;
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, {
      controls: [
        control(
          'c',
          withArguments((args) => ({ ...args, more: 1 })),
          'ignores',
        ),
      ],
      limits: { maxDepth: 400 },
    });
    await post(front.port, body);
    expect(upstream.received[0]?.text).toBe(body.replace('}}}', ',"more":1}}}'));
  });
});

describe('a tool that a control renames', () => {
  const rename: Control = async (call, next) => {
    if (call.is('tools/call')) return next(call.with({ ...call.params, name: 'ümlaut' }));
    const reply = await next(call);
    return call.method === 'tools/list' ? reply.mapResult((result) => ({ ...result, tools: [] })) : reply;
  };

  test('is sent to the upstream under its new name, in the body and in the mirrored header', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [control('enrichment', rename)] });
    await send(front, modern('tools/call', { name: 'x', arguments: {} }));
    const [request] = upstream.received;
    expect(request?.text).toContain('"name":"ümlaut"');
    expect(request?.header('mcp-name')).toBe(`=?base64?${Buffer.from('ümlaut').toString('base64')}?=`);
    expect(request?.header('mcp-method')).toBe('tools/call');
  });

  test('keeps its name if the control only observes', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [auditOnly(control('enrichment', rename))] });
    await send(front, modern('tools/call', { name: 'x', arguments: {} }));
    expect(upstream.received[0]?.header('mcp-name')).toBe('x');
  });
});

describe('narrowing', () => {
  test('distinguishes methods, and types their parameters', () => {
    const call: Call = toolCall({ a: 1 });
    expect(call.is('tools/list')).toBe(false);
    expect(call.is('tools/call') && call.params.arguments?.['a']).toBe(1);
  });

  test.each([
    ['tools/call', {}],
    ['tools/call', { name: 'x', arguments: 'text' }],
    ['prompts/get', { name: 'x', arguments: [] }],
    ['resources/read', {}],
    ['completion/complete', { ref: {} }],
    ['initialize', { protocolVersion: '2025-11-25' }],
    ['logging/setLevel', { level: 1 }],
    ['subscriptions/listen', undefined],
  ] as const)('refuses %s with parameters %j, as the upstream would', (method, params) => {
    const make = (): Call => callOf({ jsonrpc: '2.0', id: 1, method, params });
    expect(() => make().is(method)).toThrow(expect.objectContaining({ code: 'invalid-params' }));
  });

  test('does not treat a response as the request of the same method', () => {
    expect(callOf({ jsonrpc: '2.0', id: 1, result: {} }).is('tools/call')).toBe(false);
  });
});

test('a control gets the bindings that it declared, and setup runs once', async () => {
  let runs = 0;
  const seen: string[] = [];
  const bound = defineControl({
    name: 'bound',
    bindings: { TABLE: 'the table' },
    setup: ({ bindings }) => {
      runs++;
      return (call, next) => (seen.push(bindings['TABLE'] ?? ''), next(call));
    },
  });
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { controls: [bound], environment: { TABLE: 't', OTHER: 'o' } });
  for (let i = 0; i < 3; i++) await post(front.port, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
  expect([runs, seen]).toEqual([1, ['t', 't', 't']]);
  await expect(startFront(upstream, { controls: [bound] })).rejects.toThrow(
    'TABLE: expected a value for control bound (the table), got nothing',
  );
});
