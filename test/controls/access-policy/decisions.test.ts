/** What policies decide, without a proxy: for which caller, resource and arguments. */
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { asking, NONE, upstream } from './asking.ts';

const ann = { sub: 'ann', groups: ['analysts'] };
const bob = { sub: 'bob', groups: ['sales'] };

describe('a one-line rule', () => {
  it('permits its group the tools that it names by pattern, and nothing else', async () => {
    const { tool } = await asking([allow({ group: 'analysts', tools: ['search___*', 'add'] })]);
    expect([tool(ann, 'search___docs', NONE), tool(ann, 'add', NONE)]).toEqual(['allow', 'allow']);
    expect([
      tool(ann, 'delete', NONE),
      tool(ann, 'research___docs', NONE),
      tool(ann, 'adder', NONE),
      tool(bob, 'add', NONE),
      tool({}, 'add', NONE),
    ]).toEqual(Array(5).fill('deny'));
  });

  it('takes the characters of a name literally, even those with a meaning in Cedar', async () => {
    const odd = 'a"b\\c\u{1f600}\n?_%';
    const { tool } = await asking([allow({ tools: [odd, `x${odd}*`] })]);
    expect([tool(ann, odd, NONE), tool(ann, `x${odd}y`, NONE)]).toEqual(['allow', 'allow']);
    expect([tool(ann, 'a"b', NONE), tool(ann, 'x', NONE)]).toEqual(['deny', 'deny']);
  });

  it.each([
    [
      'a scope in a string',
      { scope: 'openid orders/read' },
      { scope: 'openid orders/write' },
      allow({ scope: 'orders/read', tools: ['*'] }),
    ],
    ['a scope in a list', { scp: ['orders/read'] }, { scp: ['orders'] }, allow({ scope: 'orders/read', tools: ['*'] })],
    [
      'a group of Cognito',
      { 'cognito:groups': ['a'] },
      { 'custom:groups': ['a'] },
      allow({ group: 'a', tools: ['*'] }),
    ],
    ['a group that is a single string', { groups: 'a' }, { groups: 'a b' }, allow({ group: 'a', tools: ['*'] })],
    ['any of several groups', { groups: ['x', 'b'] }, { groups: ['x'] }, allow({ group: ['a', 'b'], tools: ['*'] })],
    ['a caller', { sub: 'ann' }, { sub: 'Ann' }, allow({ caller: 'ann', tools: ['*'] })],
    [
      'a group, but not a caller of the same name',
      { groups: ['ann'] },
      { sub: 'ann', scope: 'ann' },
      allow({ group: 'ann', tools: ['*'] }),
    ],
  ])('decides by %s', async (_what, who, other, rule) => {
    const { tool } = await asking([rule]);
    expect([tool({ sub: 'x', ...who }, 't', NONE), tool({ sub: 'x', ...other }, 't', NONE)]).toEqual(['allow', 'deny']);
  });

  it('requires all conditions about a caller together', async () => {
    const { tool } = await asking([allow({ group: 'a', scope: ['s', 't'], caller: 'ann', tools: ['*'] })]);
    expect(tool({ sub: 'ann', groups: ['a'], scope: 't' }, 'x', NONE)).toBe('allow');
    expect([
      tool({ sub: 'ann', groups: ['a'] }, 'x', NONE),
      tool({ sub: 'ann', scope: 's' }, 'x', NONE),
      tool({ sub: 'bob', groups: ['a'], scope: 's' }, 'x', NONE),
    ]).toEqual(['deny', 'deny', 'deny']);
  });

  it('requires all claims, each with its type', async () => {
    const { tool } = await asking([allow({ claims: { department: 'finance', level: 3, staff: true }, tools: ['*'] })], {
      claims: { department: 'string', level: 'number', staff: 'boolean' },
    });
    const full = { department: 'finance', level: 3, staff: true };
    expect(tool(full, 't', NONE)).toBe('allow');
    expect([
      tool({ ...full, level: 4 }, 't', NONE),
      tool({ ...full, staff: false }, 't', NONE),
      tool({ department: 'finance' }, 't', NONE),
    ]).toEqual(['deny', 'deny', 'deny']);
  });

  it('permits prompts, resources, methods and restoring separately', async () => {
    const { decide } = await asking([
      allow({ prompts: ['p'], resources: ['file:///open/*'], methods: ['elicitation/create'], detokenize: ['t'] }),
    ]);
    const verdicts = [
      decide(ann, 'prompts/get', { type: 'Prompt', name: 'p' }),
      decide(ann, 'resources/read', { type: 'Resource', uri: 'file:///open/a' }),
      decide(ann, 'elicitation/create', { type: 'Upstream' }),
      decide(ann, 'detokenize', { type: 'Tool', name: 't' }, { field: 'to', to: 'upstream', kind: 'email' }),
      decide(ann, 'tools/call', { type: 'Tool', name: 't' }),
      decide(ann, 'tools/call', { type: 'Tool', name: 'p' }),
      decide(ann, 'resources/read', { type: 'Resource', uri: 'file:///closed' }),
      decide(ann, 'sampling/createMessage', { type: 'Upstream' }),
      decide(ann, 'detokenize', { type: 'Prompt', name: 't' }),
    ].map(({ verdict }) => verdict);
    expect(verdicts).toEqual([...Array<string>(4).fill('allow'), ...Array<string>(5).fill('deny')]);
  });

  it('with deny overrides every rule with allow, in any order', async () => {
    for (const order of [0, 1]) {
      const rules = [deny({ tools: ['a*'] }), allow({ tools: ['*'] })];
      const { tool } = await asking(order === 0 ? rules : rules.toReversed());
      expect([tool(ann, 'about', NONE), tool(ann, 'b', NONE)]).toEqual(['deny', 'allow']);
    }
  });

  it.each([
    [
      allow({ group: 'a' }),
      'policies[0]: expected tools, prompts, resources, detokenize or methods, got only callers: name what they may use',
    ],
    [allow({ tools: [] }), 'policies[0].tools: expected a list of names, got an empty list'],
    [allow({ tools: 'add' as unknown as string[] }), 'policies[0].tools: expected a list of names, got "add"'],
    [allow({ group: [''], tools: ['*'] }), 'policies[0].group: expected a name, or a list of names; got [""]'],
    [
      allow({ tool: ['add'] } as object),
      'policies[0]: expected group, scope, caller, requiresScopes, claims, tools, prompts, resources, detokenize, methods, got "tool"',
    ],
    [
      allow({ claims: { level: 1.5 }, tools: ['*'] }),
      'policies[0].claims.level: expected a string, a whole number or a boolean, got 1.5',
    ],
    [allow({ claims: {}, tools: ['*'] }), 'policies[0].claims: expected claims by name, got none'],
    [
      allow({ claims: 'admin' as unknown as Record<string, string>, tools: ['*'] }),
      'policies[0].claims: expected claims by name, got "admin"',
    ],
    [
      allow(undefined as unknown as object),
      "policies[0]: expected an object such as { group: 'analysts', tools: ['search'] }, got nothing",
    ],
    [
      { ...allow({ tools: ['*'] }), effect: 'Permit' as 'permit' },
      'policies[0]: expected allow(…), deny(…) or a string in Cedar, got object',
    ],
    [{} as ReturnType<typeof allow>, 'policies[0]: expected allow(…), deny(…) or a string in Cedar, got object'],
  ])('with a fault is refused, and the error names its place: %#', (rule, message) => {
    expect(() => accessPolicy({ policies: [rule] })).toThrow(message);
  });

  it.each(['group', 'scope', 'caller', 'claims', 'tools', 'prompts', 'resources', 'methods', 'detokenize'])(
    'with an undefined %s is refused, because it would apply to everybody or to nothing',
    (key) => {
      for (const none of [undefined, null]) {
        for (const rule of [allow, deny])
          expect(() => accessPolicy({ policies: [rule({ tools: ['*'], [key]: none })] })).toThrow(
            `policies[0].${key}: expected a value, got ${none}: is it from a variable that is not set?`,
          );
      }
    },
  );

  it('that names groups needs a claim that contains them', () => {
    for (const policy of [
      deny({ group: 'out', tools: ['*'] }),
      'forbid (principal in Group::"out", action, resource);',
    ]) {
      expect(() => accessPolicy({ policies: [policy], groups: [] })).toThrow(
        'groups: expected names of claims, since policies name groups, got an empty list',
      );
    }
    expect(() => accessPolicy({ policies: [allow({ tools: ['*'] })], groups: [] })).not.toThrow();
  });

  it.each([
    [undefined, 'access-policy: expected options, { policies: [allow({ … })] }; got undefined'],
    [null, 'access-policy: expected options, { policies: [allow({ … })] }; got null'],
    [[allow({ tools: ['*'] })], 'access-policy: expected options, { policies: [allow({ … })] }; got a list'],
    [{ policies: [allow({ tools: ['*'] })], group: ['roles'] }, 'expected policies, groups, claims, got "group"'],
    [{ policies: [allow({ tools: ['*'] })], groups: undefined }, 'groups: expected a value, got undefined'],
    [
      { policies: [allow({ tools: ['*'] })], groups: [''] },
      'groups: expected a list of names of claims, got a list with something else in it',
    ],
    [{ policies: [allow({ tools: ['*'] })], claims: undefined }, 'claims: expected a value, got undefined'],
    [
      { policies: [allow({ tools: ['*'] })], claims: ['region'] },
      "claims: expected an object of claims and their types, such as { region: 'string' }, got a list",
    ],
  ])('is refused with invalid options: %#', (options, message) => {
    expect(() => accessPolicy(options as unknown as Parameters<typeof accessPolicy>[0])).toThrow(message);
  });

  it('is not possible without any policy', () => {
    expect(() => accessPolicy({ policies: [] })).toThrow(
      'policies: expected a list of allow(…), deny(…) and strings in Cedar, got none',
    );
  });
});

describe('a policy in Cedar', () => {
  it('reports which policy decided, by @id or position', async () => {
    const texts = Array.from(
      { length: 12 },
      (_, i) => `permit (principal, action == Action::"tools/call", resource == Tool::"t${i}");`,
    );
    const { decide } = await asking([
      allow({ tools: ['x'] }),
      texts.join('\n'),
      '@id("no-deletes") forbid (principal, action, resource == Tool::"t3");',
    ]);
    const by = (name: string): readonly string[] =>
      decide(ann, 'tools/call', { type: 'Tool', name }, { arguments: NONE }).policies;
    expect([by('x'), by('t0'), by('t2'), by('t11'), by('t3'), by('y')]).toEqual([
      ['policies[0].tools'],
      ['policies[1]#1'],
      ['policies[1]#3'],
      ['policies[1]#12'],
      ['no-deletes'],
      [],
    ]);
  });

  it('reads arguments', async () => {
    const { tool } = await asking([
      `permit (principal, action == Action::"tools/call", resource == Tool::"pay") when { context.arguments.amount < 100 && context.arguments.to.country == "NL" };`,
    ]);
    expect(tool(ann, 'pay', { amount: 99, to: { country: 'NL' } })).toBe('allow');
    expect([
      tool(ann, 'pay', { amount: 100, to: { country: 'NL' } }),
      tool(ann, 'pay', { amount: 9, to: { country: 'BE' } }),
      tool(ann, 'pay', { amount: 9 }),
      tool(ann, 'pay', NONE),
    ]).toEqual(Array(4).fill('deny'));
    expect(tool(ann, 'pay')).toBe('undecidable');
    expect(tool(ann, 'other')).toBe('deny');
  });

  it("that forbids still forbids if it can't be evaluated", async () => {
    const { decide } = await asking([
      'permit (principal, action, resource);',
      '@id("limit") forbid (principal, action, resource == Tool::"pay") when { context.arguments.amount > 100 };',
    ]);
    const pay = (given: object) =>
      decide(ann, 'tools/call', { type: 'Tool', name: 'pay' }, { arguments: given as typeof NONE });
    expect(pay({ amount: 100 }).verdict).toBe('allow');
    for (const given of [
      {},
      { amount: '1' },
      { amount: null },
      { amount: 1.5 },
      { amount: 1e300 },
      { amount: 2 ** 53 },
      { amount: [1] },
      { amount: { __entity: { type: 'Long', id: '1' } } },
      { amount: { __extn: { fn: 'ip', arg: 'x' } } },
    ]) {
      expect(pay(given).verdict, JSON.stringify(given)).toBe('deny');
    }
    expect(pay({}).policies).toEqual(['limit']);
  });

  it("sees that an argument exists, even if Cedar can't represent its value", async () => {
    const { tool } = await asking([
      'permit (principal, action, resource);',
      'forbid (principal, action, resource == Tool::"pay") when { context.arguments has amount };',
    ]);
    expect(tool(ann, 'pay', { other: 1 })).toBe('allow');
    for (const amount of [null, 1.5, 1e300, 0, '', [], {}, false])
      expect(tool(ann, 'pay', { amount }), JSON.stringify(amount)).toBe('deny');
    expect(tool(ann, 'pay', { other: 1, ...(JSON.parse('{"__proto__":1}') as object) })).toBe('allow');
  });

  it('reads fractions of up to four digits as decimals', async () => {
    const { tool } = await asking([
      'permit (principal, action, resource == Tool::"pay") when { context.arguments.amount.lessThan(decimal("10.5")) };',
    ]);
    expect([
      tool(ann, 'pay', { amount: 10.25 }),
      tool(ann, 'pay', { amount: 10.75 }),
      tool(ann, 'pay', { amount: 1 }),
    ]).toEqual(['allow', 'deny', 'deny']);
  });

  it('denies arguments that are nested too deeply or contain half a character, and still decides later calls', async () => {
    const { tool } = await asking([
      'permit (principal, action, resource) unless { context.arguments has a && context.arguments.a == "x" };',
    ]);
    let deep: object = {};
    for (let i = 0; i < 900; i++) deep = { a: deep };
    expect([
      tool(ann, 't', deep as typeof NONE),
      tool(ann, 't', { a: 'x\ud800' }),
      tool(ann, 't', { b: deep as typeof NONE }),
    ]).toEqual(['deny', 'deny', 'allow']);
    expect(tool(ann, 't\ud800', NONE)).toBe('deny');
    expect([tool(ann, 't', { a: 'y' }), tool(ann, 't', { a: 'x' })]).toEqual(['allow', 'deny']);
  });

  it.each([
    ['permit (principal, action resource);', /^policies\[0\]: unexpected token `resource`; .* \(line 1, column 27\)$/],
    ['\n\npermit (principal == ?principal, action, resource);', /^policies\[0\]: expected policies, got a template/],
    [
      '@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);',
      /expected unique ids, got a second @id\("a"\)/,
    ],
  ])('with a fault is refused, and the error names its place: %#', async (text, message) => {
    await expect(asking([text])).rejects.toThrow(message);
  });
});

describe('a claim', () => {
  it('of another type than declared deny everything, and so does a group that is not a string', async () => {
    const { tool } = await asking(
      [
        allow({ tools: ['*'] }),
        'forbid (principal, action, resource) when { principal has level && principal.level > 5 };',
        deny({ group: 'out', tools: ['*'] }),
      ],
      { claims: { level: 'number' } },
    );
    expect([
      tool({ level: 5 }, 't', NONE),
      tool({}, 't', NONE),
      tool({ level: null }, 't', NONE),
      tool({ groups: null }, 't', NONE),
    ]).toEqual(Array(4).fill('allow'));
    expect([
      tool({ level: 6 }, 't', NONE),
      tool({ level: '6' }, 't', NONE),
      tool({ groups: [{ name: 'out' }] }, 't', NONE),
      tool({ groups: ['out'] }, 't', NONE),
    ]).toEqual(Array(4).fill('deny'));
  });

  it('that are a list of strings may be a single string', async () => {
    const { tool } = await asking(
      ['permit (principal, action, resource) when { principal has regions && principal.regions.contains("eu") };'],
      { claims: { regions: 'strings' } },
    );
    expect([
      tool({ regions: ['us', 'eu'] }, 't', NONE),
      tool({ regions: 'eu' }, 't', NONE),
      tool({ regions: ['us'] }, 't', NONE),
    ]).toEqual(['allow', 'allow', 'deny']);
  });

  it('of a new token apply at once', async () => {
    const { engine } = await asking([allow({ group: 'a', tools: ['*'] })]);
    const verdict = (groups: string[]) =>
      engine.decide({ caller: callerOf({ sub: 'ann', groups }), upstream }, 'tools/call', { type: 'Tool', name: 't' })
        .verdict;
    expect([verdict(['a']), verdict([]), verdict(['b', 'a'])]).toEqual(['allow', 'deny', 'allow']);
  });
});

describe('decisions', () => {
  it('are cached once for all callers that no rule distinguishes, and separately for each other caller', async () => {
    const { engine, tool } = await asking([allow({ group: 'a', tools: ['*'] }), deny({ caller: 'eve', tools: ['*'] })]);
    for (let i = 0; i < 50; i++) tool({ sub: `user-${i}`, groups: ['a', `team-${i}`] }, 't', NONE);
    expect(engine.remembered).toBe(1);
    expect([
      tool({ sub: 'eve', groups: ['a'] }, 't', NONE),
      tool({ sub: 'x', groups: ['b'] }, 't', NONE),
      tool({ sub: 'x', groups: ['a'] }, 't', NONE),
    ]).toEqual(['deny', 'deny', 'allow']);
    expect(engine.remembered).toBe(3);
  });

  it('are cached if arguments make no difference, and never if they do', async () => {
    const { tool } = await asking([
      'permit (principal, action, resource == Tool::"free"); permit (principal, action, resource == Tool::"pay") when { context.arguments.amount < 10 };',
    ]);
    for (let i = 0; i < 20; i++) expect(tool(ann, 'pay', { amount: i })).toBe(i < 10 ? 'allow' : 'deny');
    expect([tool(ann, 'free', { amount: 1000 }), tool(ann, 'free'), tool(ann, 'pay')]).toEqual([
      'allow',
      'allow',
      'undecidable',
    ]);
  });

  it('are cached in bounded memory, however many names a client invents', async () => {
    const { engine, tool } = await asking([allow({ tools: ['a'] })]);
    for (let i = 0; i < 17_000; i++) tool({}, `name-${i}`, NONE);
    expect(engine.remembered).toBeLessThanOrEqual(16_384);
    const before = engine.remembered;
    tool({}, 'x'.repeat(10_000), NONE);
    expect(engine.remembered).toBe(before);
    expect(tool({}, 'a', NONE)).toBe('allow');
  });
});

describe('restoring a token', () => {
  it('is decided by caller, tool and field, as the asking control gives them', async () => {
    const policy = accessPolicy({
      policies: [
        `permit (principal in Group::"support", action == Action::"detokenize", resource == Tool::"send_email") when { context.field == "$.to" && context.to == "upstream" && context.kind == "email" };`,
      ],
    });
    const asker = (groups: string[]) => ({ caller: callerOf({ sub: 'x', groups }), upstream });
    const decide = async (groups: string[], name: string, field: string) =>
      (
        await policy.decide(
          asker(groups),
          'detokenize',
          { type: 'Tool', name },
          { field, to: 'upstream', kind: 'email' },
        )
      ).verdict;
    expect(await decide(['support'], 'send_email', '$.to')).toBe('allow');
    expect(
      await Promise.all([
        decide(['support'], 'send_email', '$.body'),
        decide(['support'], 'other', '$.to'),
        decide(['sales'], 'send_email', '$.to'),
      ]),
    ).toEqual(['deny', 'deny', 'deny']);
  });
});

describe.each([
  ['without Cedar', []],
  ['by Cedar', ['forbid (principal, action, resource == Tool::"never");']],
])('a rule for all methods (%s)', (_how, more) => {
  const all = { type: 'Upstream' } as const;

  it('applies to every method without a resource, whatever its name, and to no other', async () => {
    const { engine, decide } = await asking([allow({ methods: ['*'] }), ...more]);
    for (const method of ['elicitation/create', 'sampling/createMessage', 'roots/list', 'tasks/list', 'x/own'])
      expect(decide({}, method, all).verdict, method).toBe('allow');
    expect(decide({}, 'tools/call', { type: 'Tool', name: 'a' }).verdict).toBe('deny');
    expect(decide({}, 'detokenize', { type: 'Tool', name: 'a' }).verdict).toBe('deny');
    expect(decide({}, 'prompts/get', { type: 'Prompt', name: 'a' }).verdict).toBe('deny');
    expect(decide({}, 'resources/read', { type: 'Resource', uri: 'a:b' }).verdict).toBe('deny');
    expect(engine.permittedToNobody()).toEqual(['tools/call', 'prompts/get', 'resources/read', 'detokenize']);
  });

  it('applies with deny, too, and a pattern applies to the methods that match it', async () => {
    const { decide } = await asking(['permit (principal, action, resource);', deny({ methods: ['*'] })]);
    expect([decide({}, 'x/own', all).verdict, decide({}, 'tools/call', { type: 'Tool', name: 'a' }).verdict]).toEqual([
      'deny',
      'allow',
    ]);
    const some = await asking([allow({ methods: ['tasks/*'] }), ...more]);
    expect([some.decide({}, 'tasks/list', all).verdict, some.decide({}, 'roots/list', all).verdict]).toEqual([
      'allow',
      'deny',
    ]);
  });
});
