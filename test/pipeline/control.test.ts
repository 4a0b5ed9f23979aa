import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Denied, Invalid } from '../../proxy/base/errors.ts';
import { SHORT } from '../../proxy/base/turns.ts';
import type { Call } from '../../proxy/call/call.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { asControl } from '../../proxy/pipeline/by-method.ts';
import { compose, type Layer } from '../../proxy/pipeline/compose.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import type { Reply } from '../../proxy/reply/reply.ts';
import { callOf, replyOf, toolCall } from '../dispatch/fake.ts';

const answering: Next = () => Promise.resolve(replyOf());
const layers = (...controls: readonly Control[]): Layer[] => controls.map((control, i) => ({ name: `c${i}`, control }));
const through = (call: Call, inner: Next, ...controls: readonly Control[]): Promise<Reply> =>
  compose(layers(...controls), inner)(call);

describe('the onion', () => {
  test('lets the first control see the call first and the reply last', async () => {
    const seen: string[] = [];
    const noting =
      (name: string): Control =>
      async (call, next) => {
        seen.push(`${name} call`);
        const reply = await next(call);
        seen.push(`${name} reply`);
        return reply;
      };
    await through(toolCall(), async () => (seen.push('upstream'), replyOf()), noting('outer'), noting('inner'));
    expect(seen).toEqual(['outer call', 'inner call', 'upstream', 'inner reply', 'outer reply']);
  });

  test('is the inner function itself if there are no controls', () => {
    expect(compose([], answering)).toBe(answering);
  });

  test('refuses two controls with the same name', () => {
    const layer = { name: 'twice', control: (call: Call, next: Next) => next(call) };
    expect(() => compose([layer, layer], answering)).toThrow('two controls are named twice');
  });

  test('refuses a second next(), and the upstream gets one request', async () => {
    let asked = 0;
    const inner: Next = () => (asked++, answering(toolCall()));
    const control: Control = async (call, next) => {
      await next(call);
      return next(call);
    };
    await expect(through(toolCall(), inner, control)).rejects.toThrow('control c0 called next() twice');
    expect(asked).toBe(1);
  });

  test('refuses a control that returns before next() has settled, and names the probable cause', async () => {
    const control = ((call: Call, next: Next) => void next(call)) as unknown as Control;
    const later: Next = () => new Promise((resolve) => setImmediate(() => resolve(replyOf())));
    await expect(through(toolCall(), later, control)).rejects.toThrow(
      'returned before next() had settled: probably a missing await or return',
    );
  });

  test.each([
    ['returns without calling next()', async () => replyOf(), 'returned without calling next(): refuse by throwing'],
    [
      'returns another reply',
      async (call: Call, next: Next) => (await next(call), replyOf()),
      'returned a reply that next() did not give it',
    ],
    [
      'returns nothing',
      (async (call: Call, next: Next) => void (await next(call))) as unknown as Control,
      'returned a reply that next() did not give it',
    ],
    [
      'passes on an earlier call',
      (_call: Call, next: Next) => next(toolCall()),
      'passed on a call that it did not get',
    ],
    [
      'passes on nothing',
      ((_call: Call, next: () => Promise<Reply>) => next()) as unknown as Control,
      'passed on a call that it did not get',
    ],
  ] satisfies readonly (readonly [string, Control, string])[])(
    'refuses a control that %s',
    async (_what, control, message) => {
      await expect(through(toolCall(), answering, control)).rejects.toThrow(message);
    },
  );

  test('refuses a control that swallows a failure of the upstream and returns nothing', async () => {
    const control = (async (call: Call, next: Next) => {
      await next(call).catch(() => undefined);
    }) as unknown as Control;
    await expect(through(toolCall(), () => Promise.reject(new Denied()), control)).rejects.toThrow(
      'returned a reply that next() did not give it',
    );
  });

  test('a failure that a control does not await does not reach the process', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listen);
    const control: Control = async (call, next) => {
      void next(call);
      throw new Denied();
    };
    await expect(through(toolCall(), () => Promise.reject(new Error('later')), control)).rejects.toBeInstanceOf(Denied);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  test('records what each control decided, innermost first, and an inner failure only once', async () => {
    const call = toolCall();
    const pass: Control = (passed, next) => next(passed);
    await expect(through(call, answering, pass, () => Promise.reject(new Invalid('no')))).rejects.toThrow('no');
    expect(call.facts).toEqual([{ control: 'c1', decision: 'invalid-arguments', ms: expect.any(Number) }]);
  });

  test('records a control that replaces a failure with another', async () => {
    const call = toolCall();
    const control: Control = (passed, next) => next(passed).catch(() => Promise.reject(new Denied()));
    await expect(through(call, () => Promise.reject(new Invalid('no')), control)).rejects.toBeInstanceOf(Denied);
    expect(call.facts).toMatchObject([{ control: 'c0', decision: 'denied' }]);
  });
});

describe('a layer', () => {
  const mapping: Control = async (call, next) => (await next(call)).mapMessages((message) => message);
  const one = (layer: Omit<Layer, 'name'>, call: Call, inner: Next = answering): Promise<Reply> =>
    compose([{ name: 'tested', ...layer }], inner)(call);

  test('that maps replies without declaring it is a fault of the control', async () => {
    for (const replies of ['ignores', 'observes'] as const)
      await expect(one({ control: mapping, replies }, toolCall())).rejects.toMatchObject({
        control: 'tested',
        message: `control tested maps replies, but is declared to do otherwise: expected replies: 'transforms', got '${replies}'`,
      });
    for (const replies of ['ignores', 'observes', 'transforms'] as const)
      await expect(one({ control: (call, next) => next(call), replies }, toolCall())).resolves.toBeDefined();
  });

  test('that maps a reply to a method which it does not declare is a fault of the control', async () => {
    await expect(one({ control: mapping, maps: ['tools/list', 'prompts/list'] }, toolCall())).rejects.toThrow(
      'maps a reply that it does not declare: expected the reply to tools/list or prompts/list, got one to another method',
    );
    for (const maps of [['tools/list', 'tools/call'], 'all'] as const)
      await expect(one({ control: mapping, maps }, toolCall())).resolves.toBeDefined();
  });

  test('has its name on what it attached, and on nothing else', async () => {
    const reply = replyOf();
    reply.mapMessages((message) => message);
    await compose(
      layers(mapping, (call, next) => next(call), mapping),
      () => Promise.resolve(reply),
    )(toolCall());
    expect(reply.transforms.map(({ control }) => control)).toEqual([undefined, 'c2', 'c0']);
  });

  test('hands on the call itself, even if the control was given one that notes what is read', async () => {
    for (const seen of [true, false, undefined]) {
      const call = toolCall({ a: 1 });
      const passed: Call[] = [];
      const reading: Control = (got, next) => {
        expect(got.params).toMatchObject({ arguments: { a: 1 } });
        return next(got);
      };
      await one(seen === undefined ? { control: reading } : { control: reading, seen }, call, (got) => {
        passed.push(got);
        return answering(got);
      });
      expect(passed[0] === call, String(seen)).toBe(true);
      expect(call.exchange.channels.argumentsRead, String(seen)).toBe(seen === true);
    }
  });

  test('runs at once for a short message, and for a long one after the message is parsed', async () => {
    // Each look at the clock ends a turn.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
    const long = toolCall({ list: Array.from({ length: SHORT / 8 }, () => ({ a: [1] })) });
    for (const [call, reads, atOnce] of [
      [toolCall(), undefined, true],
      [long, undefined, false],
      [long, false, true],
    ] as const) {
      let ran = false;
      const control: Control = (got, next) => ((ran = true), next(got));
      const reply = one(reads === undefined ? { control } : { control, reads }, call);
      expect(ran).toBe(atOnce);
      await reply;
      expect(ran).toBe(true);
    }
    vi.restoreAllMocks();
  });

  describe('records', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
    afterEach(() => void vi.useRealTimers());

    test('how long it took until it passed the call on', async () => {
      const call = toolCall();
      vi.advanceTimersByTime(1_000);
      const control: Control = async (got, next) => {
        vi.advanceTimersByTime(7);
        const reply = await next(got);
        vi.advanceTimersByTime(100);
        return reply;
      };
      await one({ control }, call);
      expect(call.facts).toEqual([{ control: 'tested', decision: 'pass', ms: 7 }]);
    });

    test('how long it took to refuse, and a fault as internal', async () => {
      const call = toolCall();
      vi.advanceTimersByTime(1_000);
      await expect(
        one({ control: () => (vi.advanceTimersByTime(7), Promise.reject(new Denied())) }, call),
      ).rejects.toBeInstanceOf(Denied);
      await expect(one({ control: () => Promise.reject(new TypeError('x')) }, call)).rejects.toMatchObject({
        control: 'tested',
      });
      expect(call.facts).toEqual([
        { control: 'tested', decision: 'denied', ms: 7 },
        { control: 'tested', decision: 'internal', ms: 0 },
      ]);
    });

    test('a control that throws undefined', async () => {
      const call = toolCall();
      await expect(one({ control: () => Promise.reject(undefined) }, call)).rejects.toMatchObject({
        control: 'tested',
      });
      expect(call.facts).toEqual([{ control: 'tested', decision: 'internal', ms: 0 }]);
    });
  });
});

describe('a control by method', () => {
  const handled: string[] = [];
  const table = (otherwise: 'pass' | 'deny'): Control =>
    asControl(
      {
        otherwise,
        'tools/call': (call, next) => {
          handled.push(call.params.name);
          return next(call);
        },
      },
      'tested',
    );
  const others = [
    ['another request', callOf({ jsonrpc: '2.0', id: 1, method: 'tools/list' })],
    ['an unknown method', callOf({ jsonrpc: '2.0', id: 1, method: 'acme/do' })],
    ['a notification', callOf({ jsonrpc: '2.0', method: 'notifications/initialized' })],
    ['a response', callOf({ jsonrpc: '2.0', id: 1, result: {} })],
    ['a method called otherwise', callOf({ jsonrpc: '2.0', id: 1, method: 'otherwise' })],
    ['a method called constructor', callOf({ jsonrpc: '2.0', id: 1, method: 'constructor' })],
  ] as const;

  test('handles the method that it names', async () => {
    await through(toolCall({}, 'named'), answering, table('deny'));
    expect(handled).toContain('named');
  });

  test.each(others)('passes %s if it declares that', async (_what, call) => {
    await expect(through(call, answering, table('pass'))).resolves.toBeDefined();
  });

  test.each(others)('denies %s if it declares that', async (_what, call) => {
    await expect(through(call, answering, table('deny'))).rejects.toBeInstanceOf(Denied);
  });

  test.each([{}, { name: 7 }, { name: 'x', arguments: [] }])(
    'never sees a tools/call with params %j',
    async (params) => {
      await expect(
        through(callOf({ jsonrpc: '2.0', id: 1, method: 'tools/list', params }), answering, table('pass')),
      ).resolves.toBeDefined();
      const call = (): Call => callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      await expect((async () => through(call(), answering, table('pass')))()).rejects.toMatchObject({
        code: 'invalid-params',
      });
    },
  );

  test.each(['tools/call', 'prompts/get'])(
    'sees no arguments in a %s with arguments of null, and does not remove them from the sent message',
    (method) => {
      const text = `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{ "arguments" : null, "name":"x" }}`;
      for (const call of [callOf(text), callOf(text).seen()]) {
        expect(call.is(method as 'tools/call')).toBe(true);
        expect([call.params, Object.isFrozen(call.params)]).toEqual([{ name: 'x' }, true]);
        expect(call.with(call.params ?? {})).toBe(call);
        expect(call.with({ ...call.params }).message?.text).toBe(text);
        expect(call.with({ ...call.params, name: 'y' }).message?.text).toBe(text.replace('"x"', '"y"'));
        expect(call.with({ ...call.params, arguments: { a: 1 } }).message?.text).toBe(text.replace('null', '{"a":1}'));
        expect(call.exchange.channels.argumentsRead).toBe(false);
      }
    },
  );

  test('sees arguments of null unchanged in any other method', () => {
    expect(callOf({ jsonrpc: '2.0', id: 1, method: 'acme/do', params: { arguments: null } }).params).toEqual({
      arguments: null,
    });
  });

  test('must say what happens to the other methods', () => {
    expect(() => asControl({ 'tools/call': answering } as never, 'tested')).toThrow(
      "control tested: expected the table to say what happens to the methods that it doesn't name, otherwise: 'pass' | 'deny', got undefined",
    );
  });

  const pass: Control = (call, next) => next(call);
  test.each([
    [
      'a misspelt method',
      { 'tools/cal': pass },
      'expected methods that MCP\'s clients send, such as tools/call, got "tools/cal"',
    ],
    ['a method in another case', { 'Tools/Call': pass }, 'got "Tools/Call"'],
    ['a method that only an upstream sends', { 'elicitation/create': pass }, 'got "elicitation/create"'],
    ['GET', { GET: pass }, 'got "GET"'],
    ['__proto__', JSON.parse('{"__proto__":1}') as object, 'got "__proto__"'],
    ['no handler', { 'tools/call': undefined }, 'tools/call: expected a function (call, next) => …, got undefined'],
    ['a handler that is not a function', { ping: {} }, 'ping: expected a function (call, next) => …, got an object'],
  ])('is refused with %s, whatever happens to the others', (_what, members, words) => {
    for (const otherwise of ['pass', 'deny'] as const)
      expect(() =>
        asControl(
          Object.fromEntries<unknown>([['otherwise', otherwise], ...Object.entries(members)]) as never,
          'tested',
        ),
      ).toThrow(words);
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['deny', 'a string'],
    [[], 'a list'],
    [7, 'a number'],
  ])('is refused if setup returned %j', (value, words) => {
    expect(() => asControl(value as never, 'tested')).toThrow(
      `control tested: expected setup to return a function (call, next) => … or a table by method, got ${words}`,
    );
  });
});

describe('an observing control', () => {
  const observed = async (control: Control, call: Call, inner: Next = answering): Promise<Reply> => {
    const defined = auditOnly(defineControl({ name: 'watcher', setup: () => control }));
    return compose(
      [{ name: defined.name, control: asControl(await defined.setup({ bindings: {} }), defined.name) }],
      inner,
    )(call);
  };

  test.each([
    ['denies', () => Promise.reject(new Denied()), { wouldDeny: 'denied' }],
    ['breaks', () => Promise.reject(new TypeError()), { wouldDeny: 'internal' }],
    ['never calls next()', async () => replyOf(), { wouldDeny: 'internal' }],
    ['calls next() twice', async (call: Call, next: Next) => (await next(call), next(call)), { wouldDeny: 'internal' }],
    [
      'denies after the reply',
      async (call: Call, next: Next) => (await next(call), Promise.reject(new Denied())),
      { wouldDeny: 'denied' },
    ],
    ['changes the call', (call: Call, next: Next) => next(call.with({ name: 'y' })), { wouldChange: 'call' }],
  ] satisfies readonly (readonly [string, Control, object])[])(
    'that %s leaves only a note',
    async (_what, control, note) => {
      const call = toolCall();
      const asked: Call[] = [];
      await expect(observed(control, call, (passed) => (asked.push(passed), answering(passed)))).resolves.toBeDefined();
      expect(asked).toEqual([call]);
      expect(call.facts).toContainEqual({ control: 'watcher', ...note });
    },
  );

  test('does not claim that it would have denied what the upstream refused', async () => {
    const call = toolCall();
    await expect(
      observed(
        (passed, next) => next(passed),
        call,
        () => Promise.reject(new Invalid('no')),
      ),
    ).rejects.toThrow('no');
    expect(call.facts).toEqual([]);
  });

  test('attaches nothing, and sees the same headers and the same end', async () => {
    const reply = replyOf();
    let seen: Reply | undefined;
    const control: Control = async (call, next) =>
      (seen = (await next(call)).mapMessages(() => ({ changed: true })).mapResult(() => ({})));
    await observed(control, toolCall(), () => Promise.resolve(reply));
    expect(reply.transforms).toEqual([]);
    expect([seen?.kind, seen?.status, seen?.headAt]).toEqual(['json', 200, reply.headAt]);
    reply.finish(3, 'ok');
    await expect(seen?.finished).resolves.toMatchObject({ bytes: 3, outcome: 'ok' });
  });
});

describe('a definition', () => {
  test.each([
    [
      'an unknown member',
      { replys: 'ignores' },
      'expected name, replies, bindings, perCaller, arguments, check, setup, got "replys"',
    ],
    [
      'replies that are not one of the three',
      { replies: 'ignore' },
      "replies: expected 'ignores', 'observes', 'transforms' or { transforms: ['tools/call'] }, got \"ignore\"",
    ],
    [
      'replies with another member',
      { replies: { transforms: ['tools/call'], observes: ['tools/list'] } },
      `replies: expected 'ignores', 'observes', 'transforms' or { transforms: ['tools/call'] }, got {"transforms":["tools/call"],"observes":["tools/list"]}`,
    ],
    [
      'replies to no method',
      { replies: { transforms: [] } },
      "replies.transforms: expected a method, got none: 'ignores' maps no reply",
    ],
    [
      'replies to a method that clients do not have',
      { replies: { transforms: ['tool/call'] } },
      'replies.transforms: expected methods of MCP\'s clients, such as tools/call, got "tool/call"',
    ],
    ['no setup', { setup: undefined }, 'setup: expected a function that returns the control, got undefined'],
    [
      'a control instead of its setup',
      { setup: { otherwise: 'pass' } },
      'setup: expected a function that returns the control, got an object',
    ],
    [
      'bindings in a list',
      { bindings: ['A'] },
      'bindings: expected an object, by the name of the environment variable, got a list',
    ],
    ['a check that is not a function', { check: true }, 'check: expected a function, got a boolean'],
    ['a word for perCaller', { perCaller: 'yes' }, 'perCaller: expected true or false, got a string'],
  ])('refuses a definition with %s, naming the control', (_what, members, words) => {
    expect(() => defineControl({ name: 'tested', setup: () => answering, ...members } as never)).toThrow(
      `control tested: ${words}`,
    );
  });

  test('reports all faults of a definition together', () => {
    expect(() => defineControl({ name: 'tested', replys: 'ignores', perCaller: 1 } as never)).toThrow(
      /"replys".*perCaller.*setup/,
    );
  });

  test.each(['', 'Upper', 'a b', '1st', 'x'.repeat(49)])('refuses the name %j for a control', (name) => {
    expect(() => defineControl({ name, setup: () => (call, next) => next(call) })).toThrow(TypeError);
  });
});
