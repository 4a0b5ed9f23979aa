/** What the build reports about policies: faults for invalid ones, warnings for those that can never match. */
import { describe, expect, it } from 'vitest';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';

const check = (policies: readonly (string | ReturnType<typeof allow>)[], claims = {}) =>
  accessPolicy({ policies, claims }).check();

describe('valid policies', () => {
  it.each([
    [
      'rules',
      [
        allow({
          group: 'a',
          caller: 'ann',
          scope: 's',
          claims: { dept: 'x', level: 1, staff: true },
          tools: ['a*'],
          prompts: ['*'],
          resources: ['b'],
          methods: ['elicitation/create', 'tasks/list'],
          detokenize: ['*'],
        }),
      ],
    ],
    ['everything for all callers', ['permit (principal, action, resource);']],
    [
      'arguments of any shape',
      [
        'permit (principal, action == Action::"tools/call", resource) when { context.arguments.a.b > 3 && (context.arguments has c || context.arguments.list.contains("x")) };',
      ],
    ],
    [
      'claims that are checked with has before they are read',
      ['permit (principal, action, resource) when { principal has dept && principal.dept like "x*" };'],
    ],
    [
      'the field of a token',
      [
        'permit (principal, action == Action::"detokenize", resource) when { context.field == "$.to" && context.to == "client" };',
      ],
    ],
  ] as const)('have no faults and no warnings: %s', async (_what, policies) => {
    expect(await check(policies, { dept: 'string' })).toEqual({ faults: [], warnings: [] });
  });
});

describe('reports as a fault', () => {
  it.each([
    [
      'a claim that is not declared',
      'permit (principal, action, resource) when { principal.role == "x" };',
      /policies\[0\]#1: .*attribute `role`/,
    ],
    [
      'a claim that may be missing',
      'permit (principal, action, resource) when { principal.dept == "x" };',
      /policies\[0\]#1: .*optional attribute `dept`/,
    ],
    [
      'a claim compared with another type',
      'permit (principal, action, resource) when { principal has dept && principal.dept > 3 };',
      /policies\[0\]#1: /,
    ],
    ['a type that does not exist', 'permit (principal in Role::"x", action, resource);', /policies\[0\]#1: .*Role/],
    [
      'the name of a resource that has none',
      'permit (principal, action, resource) when { resource.name like "a*" };',
      /policies\[0\]#1: .*attribute `name`/,
    ],
    [
      'a method that always passes',
      '@id("p") permit (principal, action == Action::"initialize", resource);',
      /p: expected a method that policies decide, got initialize, which always passes: leave it out/,
    ],
    [
      'a method that shares a decision',
      '@id("p") permit (principal, action == Action::"tools/list", resource);',
      /p: expected a method that policies decide, got tools\/list, which is decided as tools\/call: name that/,
    ],
    ['a syntax error', 'permit principal;', /policies\[0\]: unexpected token/],
  ])('%s', async (_what, text, message) => {
    const { faults } = await check([text], { dept: 'string' });
    expect(faults.join('\n')).toMatch(message);
  });

  it.each([
    '!(context.arguments has x || principal.role == "x")',
    'context.arguments has x && principal.role == "x"',
    'context.arguments has x || principal.role == "x"',
    'if context.arguments has x then principal.role == "x" else false',
    'if context.arguments has x then false else principal.role == "x"',
  ])('a claim that is not declared, beside a condition on arguments: %s', async (condition) => {
    const { faults } = await check([
      `permit (principal, action == Action::"tools/call", resource) when { ${condition} };`,
    ]);
    expect(faults.join('\n')).toMatch(/policies\[0\]#1: .*attribute `role`/);
  });

  it('policies that cannot be read, and warns about nothing else', async () => {
    const { faults, warnings } = await check(['permit principal;', allow({ group: 'a*', tools: ['*'] })]);
    expect([faults.length, warnings]).toEqual([1, []]);
  });
});

describe('warns about', () => {
  it.each([
    [
      'a rule that can never match',
      'permit (principal, action == Action::"tools/call", resource is Prompt);',
      /policies\[0\]#1: /,
    ],
    [
      'a condition that is never true',
      'permit (principal, action, resource) when { principal in Group::"a" && false };',
      /policies\[0\]#1: .*impossible/,
    ],
    [
      'an unknown method',
      '@id("p") permit (principal, action == Action::"tool/call", resource);',
      /p: expected a method of MCP, got tool\/call: correct only if an extension defines it/,
    ],
  ])('%s', async (_what, text, message) => {
    const { faults, warnings } = await check([text]);
    expect([...faults, ...warnings].join('\n')).toMatch(message);
    expect(warnings.length + faults.length).toBeGreaterThan(0);
  });
});

describe('methods of a rule', () => {
  const made =
    (...methods: string[]) =>
    () =>
      accessPolicy({ policies: [allow({ methods })] });

  it.each([
    ["a method's exact name", ['elicitation/create', 'x/own', 'acme/get']],
    ['all, or a pattern that matches some', ['*', 'tasks/*', '*/create*']],
  ])('may be %s', async (_what, methods) => {
    expect(made(...methods)).not.toThrow();
    expect((await made(...methods)().check()).faults).toEqual([]);
  });

  it.each([
    ['elicitation/crate', 'did you mean elicitation/create?'],
    ['elicitaiton/create', 'did you mean elicitation/create?'],
    ['Roots/List', 'did you mean roots/list?'],
    [' roots/list', 'did you mean roots/list?'],
    ['tool/call', 'did you mean tools/call?'],
    [
      'tools/call',
      "expected a method without a tool, prompt or resource, got tools/call: use tools, as in tools: ['*']",
    ],
    [
      'resources/subscribe',
      'expected a method that policies decide, got resources/subscribe, which is decided as resources/read: name that',
    ],
    ['ping', 'expected a method that policies decide, got ping, which always passes: leave it out'],
    ['notifications/*', ', got "notifications/*"'],
    ['x/*', ', got "x/*"'],
  ])('that have no decision of their own are refused when the control is made: %s', (method, message) => {
    expect(made(method)).toThrow(message);
  });

  it('warns about a star where patterns are not supported', async () => {
    const { warnings } = await accessPolicy({
      policies: [allow({ group: ['a', 'admin*'], tools: ['x'] }), allow({ caller: '*', tools: ['*'] })],
    }).check();
    expect(warnings).toEqual([
      'access-policy: policies[0].group: expected a whole name, got "admin*": * is not a pattern here',
      'access-policy: policies[1].caller: expected a whole name, got "*": * is not a pattern here',
    ]);
  });
});

describe('an upstream that a policy names', () => {
  const check = async (policy: string, upstreams?: string[]): Promise<readonly string[]> =>
    (await accessPolicy({ policies: [policy, allow({ tools: ['*'] })] }).check({ upstreams })).warnings;
  const forbid = 'forbid (principal, action, resource in Upstream::"cmr");';

  it('is compared with those of the config, if they are known', async () => {
    expect(await check(forbid, ['crm', 'math'])).toEqual([
      'access-policy: policies[0]#1: expected an upstream of the config (crm, math), got "cmr": the rule never applies to it',
    ]);
    expect(await check(forbid, ['cmr', 'math'])).toEqual([]);
    expect(await check(forbid)).toEqual([]);
  });

  it('is found in a condition, too', async () => {
    expect(
      await check('forbid (principal, action, resource) when { resource in Upstream::"cmr" };', ['crm']),
    ).toHaveLength(1);
  });
});
