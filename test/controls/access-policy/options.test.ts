/** The options of `accessPolicy`: what is refused when the control is made, and what the claims' types mean. */
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { type AccessPolicyOptions, accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { upstream } from './asking.ts';

const made = (options: object) => () => accessPolicy(options as AccessPolicyOptions);
const RULE = allow({ tools: ['a'] });
const LIST = 'policies: expected a list of allow(…), deny(…) and strings in Cedar, got none';

it.each([undefined, null, 'permit (principal, action, resource);', [RULE]])('must be an object: not %j', (options) => {
  expect(() => accessPolicy(options as never)).toThrow(
    /^access-policy: expected options, \{ policies: \[allow\(\{ … \}\)\] \}; got /,
  );
});

describe('policies', () => {
  it.each([[[]], [RULE], ['permit (principal, action, resource);']])(
    'must be a list that is not empty: not %j',
    (policies) => {
      expect(made({ policies })).toThrow(`access-policy: ${LIST}`);
    },
  );

  it.each([
    { effect: 'allow', spec: { tools: ['a'] } },
    { effect: 'permit', tools: ['a'] },
    { spec: { tools: ['a'] } },
    { tools: ['a'] },
  ])('must be made by allow and deny: not %j', (policy) => {
    expect(made({ policies: [RULE, policy] })).toThrow(
      'access-policy: policies[1]: expected allow(…), deny(…) or a string in Cedar, got object',
    );
  });

  it('may allow and deny, and their faults name their position', () => {
    expect(made({ policies: [deny({ tools: ['b'] }), RULE] })).not.toThrow();
    expect(made({ policies: [RULE, allow({ tools: [] }), deny({ tools: [''] })] })).toThrow(
      'access-policy: policies[1].tools: expected a list of names, got an empty list; policies[2].tools: ',
    );
  });
});

describe('are refused with all faults of one kind', () => {
  it('members', () => {
    expect(made({ policies: undefined, group: 'a' })).toThrow(
      /^access-policy: policies: expected a value, got undefined[^;]*; expected policies, groups, claims, got "group"$/,
    );
  });

  it('values', () => {
    expect(made({ policies: [5, {}, RULE], groups: [''] })).toThrow(
      'access-policy: policies[0]: expected allow(…), deny(…) or a string in Cedar, got number; ' +
        'policies[1]: expected allow(…), deny(…) or a string in Cedar, got object; ' +
        'groups: expected a list of names of claims, got a list with something else in it',
    );
  });

  // Reading the policies of options that have none would end in another error.
  it('members before values', () => {
    expect(made({ policies: [5], mode: 'log' })).toThrow(/^access-policy: expected [^;]*, got "mode"$/);
    expect(made({})).toThrow(/^access-policy: policies: expected a list of [^;]*, got none$/);
    expect(made({ policies: [5], claims: [] })).toThrow(/^access-policy: policies\[0\]: [^;]*$/);
  });
});

it.each([
  ['a name without a list', 'groups', 'a string'],
  ['none', {}, 'an object'],
  ['an empty name', ['a', ''], 'a list with something else in it'],
  ['a number', ['a', 5], 'a list with something else in it'],
])('groups: %s is refused', (_what, groups, got) => {
  expect(made({ policies: [RULE], groups })).toThrow(
    `access-policy: groups: expected a list of names of claims, got ${got}`,
  );
});

describe('without claims that hold groups', () => {
  const FAULT = 'groups: expected names of claims, since policies name groups, got an empty list';

  it.each([
    ['a rule', [RULE, allow({ group: 'g', tools: ['a'] })]],
    ['Cedar', ['permit (principal in Group::"g", action, resource);']],
    ['Cedar with spaces', [RULE, 'permit (principal in Group ::"g", action, resource);']],
    ['Cedar over two lines', ['permit (principal in Group\n  ::"g", action, resource);', RULE]],
  ])('policies that name a group are refused: %s', (_where, policies) => {
    expect(made({ policies, groups: [] })).toThrow(FAULT);
    expect(made({ policies, groups: ['roles'] })).not.toThrow();
  });

  it.each([
    ['a rule', [RULE]],
    ['Cedar', ['permit (principal, action, resource) when { resource.name == "Group" };']],
    ['another type', ['permit (principal in MyGroup::"g", action, resource);']],
  ])('policies that name none are accepted: %s', (_where, policies) => {
    expect(made({ policies, groups: [] })).not.toThrow();
  });
});

it('groups are read from the claims of AgentCore and of Cognito, unless others are named', async () => {
  const policies = [allow({ group: 'g', tools: ['a'] })];
  const verdict = async (options: Partial<AccessPolicyOptions>, claims: Record<string, string[]>) =>
    (
      await accessPolicy({ policies, ...options }).decide({ caller: callerOf(claims), upstream }, 'tools/call', {
        type: 'Tool',
        name: 'a',
      })
    ).verdict;
  expect(await verdict({}, { groups: ['g'] })).toBe('allow');
  expect(await verdict({}, { 'cognito:groups': ['g'] })).toBe('allow');
  expect(await verdict({}, { roles: ['g'] })).toBe('deny');
  expect(await verdict({ groups: ['roles'] }, { roles: ['g'] })).toBe('allow');
  expect(await verdict({ groups: ['roles'] }, { groups: ['g'] })).toBe('deny');
});

describe('claims', () => {
  it.each(['string', 'number', 'boolean', 'strings'])('may be of type %s', (type) => {
    expect(made({ policies: [RULE], claims: { level: type } })).not.toThrow();
  });

  it.each([
    ['text', '"text"'],
    ['', '""'],
    [5, '5'],
    [['string'], '["string"]'],
  ])('of another type are refused: %j', (type, got) => {
    expect(made({ policies: [RULE], claims: { level: type } })).toThrow(
      `access-policy: claims.level: expected string, number, boolean, strings, got ${got}`,
    );
  });

  it.each([
    [[], 'a list'],
    ['string', 'a string'],
  ])('are refused unless they are an object: %j', (claims, got) => {
    expect(made({ policies: [RULE], claims })).toThrow(
      `access-policy: claims: expected an object of claims and their types, such as { region: 'string' }, got ${got}`,
    );
  });

  const level = (value: number | string | boolean) => allow({ claims: { level: value }, tools: ['a'] });

  it.each([
    ['two rules', { policies: [level(1), level('1')] }, 'number and string'],
    ['a rule and the declaration', { policies: [level(true)], claims: { level: 'strings' } }, 'strings and boolean'],
  ])('compared with values of different types are refused: %s', (_what, options, types) => {
    expect(made(options)).toThrow(
      `access-policy: claims.level: expected one type, got ${types}: compare the claim with values of one type`,
    );
  });

  it('compared with values of one type are accepted', () => {
    expect(made({ policies: [level(1), level(2)], claims: { level: 'number' } })).not.toThrow();
  });
});
