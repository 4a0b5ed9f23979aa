/** What the build says of policies: faults where something can't be meant, warnings where it can never match. */
import { describe, expect, it } from 'vitest';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';

const check = (policies: readonly (string | ReturnType<typeof allow>)[], claims = {}) =>
  accessPolicy({ policies, claims }).check();

describe('policies that are in order', () => {
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
    ['everything for everybody', ['permit (principal, action, resource);']],
    [
      'arguments of any shape',
      [
        'permit (principal, action == Action::"tools/call", resource) when { context.arguments.a.b > 3 && (context.arguments has c || context.arguments.list.contains("x")) };',
      ],
    ],
    [
      'claims that are asked for before they are read',
      ['permit (principal, action, resource) when { principal has dept && principal.dept like "x*" };'],
    ],
    [
      'the field of a token',
      [
        'permit (principal, action == Action::"detokenize", resource) when { context.field == "$.to" && context.to == "client" };',
      ],
    ],
  ] as const)('are without faults and warnings: %s', async (_what, policies) => {
    expect(await check(policies, { dept: 'string' })).toEqual({ faults: [], warnings: [] });
  });
});

describe('a fault is', () => {
  it.each([
    [
      'a claim that nobody declared',
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
    ['a type that there is not', 'permit (principal in Role::"x", action, resource);', /policies\[0\]#1: .*Role/],
    [
      'the name of something that has none',
      'permit (principal, action, resource) when { resource.name like "a*" };',
      /policies\[0\]#1: .*attribute `name`/,
    ],
    [
      'a method that always passes',
      '@id("p") permit (principal, action == Action::"initialize", resource);',
      /p: initialize is not decided: it always passes/,
    ],
    [
      'a method that shares a decision',
      '@id("p") permit (principal, action == Action::"tools/list", resource);',
      /p: tools\/list is not decided by itself: name tools\/call, whose decision it shares/,
    ],
    ['a syntax error', 'permit principal;', /policies\[0\]: unexpected token/],
  ])('%s', async (_what, text, message) => {
    const { faults } = await check([text], { dept: 'string' });
    expect(faults.join('\n')).toMatch(message);
  });
});

describe('a warning is for', () => {
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
      'a method of nobody knows what',
      '@id("p") permit (principal, action == Action::"tool/call", resource);',
      /p: tool\/call is a method that MCP doesn't have/,
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
    ['nothing but what they are', ['elicitation/create', 'x/own', 'skills/get']],
    ['all, or a pattern that some of them fit', ['*', 'tasks/*', '*/create*']],
  ])('may be %s', async (_what, methods) => {
    expect(made(...methods)).not.toThrow();
    expect((await made(...methods)().check()).faults).toEqual([]);
  });

  it.each([
    ['elicitation/crate', 'is elicitation/create meant?'],
    ['elicitaiton/create', 'is elicitation/create meant?'],
    ['Roots/List', 'is roots/list meant?'],
    [' roots/list', 'is roots/list meant?'],
    ['tool/call', 'is tools/call meant?'],
    ['tools/call', "tools/call is about tools: expected them by name, as in tools: ['*']"],
    ['resources/subscribe', 'is not decided by itself: name what it shares its decision with, resources/read'],
    ['ping', 'ping is not decided: it always passes'],
    ['notifications/*', 'nothing fits "notifications/*"'],
    ['x/*', 'nothing fits "x/*"'],
  ])('that decide nothing are told when the control is made: %s', (method, message) => {
    expect(made(method)).toThrow(message);
  });

  it('stars are told where they are no pattern', async () => {
    const { warnings } = await accessPolicy({
      policies: [allow({ group: ['a', 'admin*'], tools: ['x'] }), allow({ caller: '*', tools: ['*'] })],
    }).check();
    expect(warnings).toEqual([
      'access-policy: policies[0].group: "admin*" is one of that very name: * is no pattern there',
      'access-policy: policies[1].caller: "*" is one of that very name: * is no pattern there',
    ]);
  });
});
