/** What each rule means in Cedar, with Cedar's own parser as the oracle, and the faults of rules. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cedar, loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import type { PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';
import { FREE, SHARED, UNATTACHED } from '../../../proxy/controls/access-policy/methods.ts';
import { allow, deny, faultsOf, policiesOf, type Rule } from '../../../proxy/controls/access-policy/rule.ts';

let cedar: Cedar;
beforeAll(async () => {
  cedar = await loadCedar();
});

/** A policy as Cedar reads its text: spellings of the same policy become one. */
function normal(text: string): PolicyJson {
  const read = cedar.policyToJson(text);
  if (read.type === 'failure') throw new Error(JSON.stringify(read.errors));
  return read.json;
}

function textOf(policy: PolicyJson): string {
  const written = cedar.policyToText(policy);
  if (written.type === 'failure') throw new Error(JSON.stringify(written.errors));
  return written.text;
}

function expectCedar(rule: Rule, expected: Readonly<Record<string, string>>): void {
  const made = policiesOf(rule);
  expect(made.map(({ ending }) => ending)).toEqual(Object.keys(expected));
  for (const { ending, policy } of made) expect(normal(textOf(policy)), ending).toEqual(normal(expected[ending] ?? ''));
}

const tools = (condition: string): Record<string, string> => ({
  '.tools': `permit (principal, action == Action::"tools/call", resource is Tool) when { ${condition} };`,
});

describe('a rule is in Cedar', () => {
  it.each([
    [
      'of a name of each kind, a policy each',
      allow({ tools: ['t'], prompts: ['p'], resources: ['file:///r'], detokenize: ['d'], methods: ['roots/list'] }),
      {
        '.tools': 'permit (principal, action == Action::"tools/call", resource is Tool) when { resource.name == "t" };',
        '.prompts':
          'permit (principal, action == Action::"prompts/get", resource is Prompt) when { resource.name == "p" };',
        '.resources':
          'permit (principal, action == Action::"resources/read", resource is Resource) when { resource.uri == "file:///r" };',
        '.detokenize':
          'permit (principal, action == Action::"detokenize", resource is Tool) when { resource.name == "d" };',
        '.methods': 'permit (principal, action == Action::"roots/list", resource);',
      },
    ],
    ['of several names', allow({ tools: ['a', 'b'] }), tools('resource.name == "a" || resource.name == "b"')],
    [
      'of patterns',
      allow({ tools: ['a*', '*b', 'c*d**e'] }),
      tools('resource.name like "a*" || resource.name like "*b" || resource.name like "c*d**e"'),
    ],
    [
      'of everything of a kind, without a condition',
      allow({ tools: ['a', '*'] }),
      { '.tools': 'permit (principal, action == Action::"tools/call", resource is Tool);' },
    ],
    [
      'of a group, a scope and a caller, all of which must be right',
      allow({ group: ['g', 'h'], scope: 's', caller: 'ann', tools: ['*'] }),
      tools('principal in [Group::"g", Group::"h"] && principal in [Scope::"s"] && principal in [Caller::"ann"]'),
    ],
    [
      'of claims with exact values',
      allow({ claims: { dept: 'x', level: 1, staff: false }, tools: ['t'] }),
      tools(
        'principal has dept && principal.dept == "x" && (principal has level && principal.level == 1) && (principal has staff && principal.staff == false) && resource.name == "t"',
      ),
    ],
    [
      'that denies',
      deny({ group: 'g', tools: ['t'] }),
      {
        '.tools':
          'forbid (principal, action == Action::"tools/call", resource is Tool) when { principal in [Group::"g"] && resource.name == "t" };',
      },
    ],
    [
      'of required scopes, which are an annotation of each of its policies',
      allow({ requiresScopes: ['a', 'b'], tools: ['*'], methods: ['x/own'] }),
      {
        '.tools': '@requiresScopes("a b") permit (principal, action == Action::"tools/call", resource is Tool);',
        '.methods': '@requiresScopes("a b") permit (principal, action == Action::"x/own", resource);',
      },
    ],
    [
      'of all methods, which have no resource but the upstream',
      allow({ caller: 'ann', methods: ['roots/list', '*'] }),
      { '.methods': 'permit (principal, action, resource is Upstream) when { principal in [Caller::"ann"] };' },
    ],
    [
      'of several methods',
      allow({ methods: ['roots/list', 'x/own'] }),
      { '.methods': 'permit (principal, action in [Action::"roots/list", Action::"x/own"], resource);' },
    ],
    [
      "of a pattern of methods, which means MCP's own",
      allow({ methods: ['*/create*'] }),
      {
        '.methods':
          'permit (principal, action in [Action::"elicitation/create", Action::"sampling/createMessage"], resource);',
      },
    ],
  ])('%s', (_what, rule, expected) => {
    expectCedar(rule, expected);
  });

  const uris = (rule: Rule, ...conditions: string[]) =>
    expectCedar(rule, {
      '.resources': `${rule.effect} (principal, action == Action::"resources/read", resource is Resource) when { ${conditions.map((condition) => `resource.uri ${condition}`).join(' || ')} };`,
    });

  it('of a URI as written, and as a URL parser writes it', () => {
    uris(allow({ resources: ['HTTP://X/a b'] }), '== "HTTP://X/a b"', '== "http://x/a%20b"');
    uris(allow({ resources: ['https://X*'] }), 'like "https://X*"', 'like "https://x*/"');
  });

  it('of everything that may be read as a URI, if it denies', () => {
    uris(
      deny({ resources: ['HTTP://X/a b'] }),
      '== "HTTP://X/a b"',
      '== "http://x/a b"',
      '== "http://X/a b"',
      '== "http://x/a%20b"',
    );
  });

  it.each([
    ['the parser would remove a star', 'https://example.com/*/../x', 'like "https://example.com/*/../x"'],
    ['readers disagree about it', 'a:b\u{1}', '== "a:b\\u{1}"'],
  ])('of a URI only as written, if %s', (_why, uri, condition) => {
    for (const effect of [allow, deny]) uris(effect({ resources: [uri] }), condition);
  });

  it('of a name that looks like a URI, as written', () => {
    expectCedar(allow({ tools: ['HTTP://X'] }), tools('resource.name == "HTTP://X"'));
  });
});

describe('a rule is refused', () => {
  const NAMES = ['tools', 'prompts', 'resources', 'detokenize', 'methods'] as const;
  const faults = (spec: unknown, effect: (spec: never) => Rule = allow) => faultsOf(effect(spec as never), 'p');

  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['tools', '"tools"'],
    [[], 'an empty list'],
    [['tools'], '["tools"]'],
    [5, '5'],
  ])('unless it is an object: %j', (spec, got) => {
    expect(faults(spec)).toEqual([
      `p: expected an object such as { group: 'analysts', tools: ['search'] }, got ${got}`,
    ]);
  });

  it('with an unknown member, before anything else is looked at', () => {
    expect(faults({ tool: [], group: '' })).toEqual([
      'p: expected group, scope, caller, requiresScopes, claims, tools, prompts, resources, detokenize, methods, got "tool"',
    ]);
  });

  it.each(['group', 'scope', 'caller'])('if its %s is no name, and no list of names', (who) => {
    for (const [given, got] of [
      [[], 'an empty list'],
      ['', '""'],
      [['a', ''], '["a",""]'],
      [['a', 5], '["a",5]'],
    ] as const)
      expect(faults({ [who]: given, tools: ['*'] })).toEqual([
        `p.${who}: expected a name, or a list of names; got ${got}`,
      ]);
    expect(faults({ [who]: 'a', tools: ['*'] })).toEqual([]);
    expect(faults({ [who]: ['a', 'b'], tools: ['*'] })).toEqual([]);
  });

  it.each(NAMES)('if its %s are no list of names', (kind) => {
    for (const [given, got] of [
      [[], 'an empty list'],
      ['*', '"*"'],
      [[''], '[""]'],
      [['*', 5], '["*",5]'],
      [{ 0: '*' }, '{"0":"*"}'],
    ] as const)
      expect(faults({ [kind]: given })).toEqual([`p.${kind}: expected a list of names, got ${got}`]);
    expect(faults({ [kind]: ['*'] })).toEqual([]);
  });

  it('if it names only callers', () => {
    expect(faults({ group: 'a' })).toEqual([
      'p: expected tools, prompts, resources, detokenize or methods, got only callers: name what they may use',
    ]);
    expect(faults({})).toHaveLength(1);
  });

  it('if it requires no scopes, others than RFC 6749 allows, or denies', () => {
    for (const [given, got] of [
      [[], 'an empty list'],
      ['', '""'],
      ['a b', '"a b"'],
      [['a', 'é'], '["a","é"]'],
    ] as const)
      expect(faults({ requiresScopes: given, tools: ['*'] })).toEqual([
        `p.requiresScopes: expected a scope, or a list of scopes; got ${got}`,
      ]);
    expect(faults({ requiresScopes: 'a', tools: ['*'] }, deny)).toEqual([
      'p.requiresScopes: expected it in allow(…), which it restricts, got it in deny(…): use scope',
    ]);
    expect(faults({ requiresScopes: ['a', 'b'], tools: ['*'] })).toEqual([]);
    expect(faults({ tools: ['*'] }, deny)).toEqual([]);
  });

  it('if its claims are none, or have values that are not exact', () => {
    const claims = (given: unknown) => faults({ claims: given, tools: ['*'] });
    expect(claims({})).toEqual(['p.claims: expected claims by name, got none']);
    expect(claims('admin')).toEqual(['p.claims: expected claims by name, got "admin"']);
    expect(claims([])).toEqual(['p.claims: expected claims by name, got an empty list']);
    for (const [value, got] of [
      [1.5, '1.5'],
      [2 ** 53, '9007199254740992'],
      [null, 'null'],
      [['a'], '["a"]'],
    ] as const)
      expect(claims({ good: 'x', bad: value })).toEqual([
        `p.claims.bad: expected a string, a whole number or a boolean, got ${got}`,
      ]);
    expect(claims({ a: '', b: -1, c: false })).toEqual([]);
  });

  it('with all its faults at once', () => {
    expect(faults({ group: '', claims: 5 })).toEqual([
      'p.group: expected a name, or a list of names; got ""',
      'p: expected tools, prompts, resources, detokenize or methods, got only callers: name what they may use',
      'p.claims: expected claims by name, got 5',
    ]);
  });

  it.each(UNATTACHED)('not for the method %s', (method) => {
    expect(faults({ methods: [method] })).toEqual([]);
  });

  it.each([
    ...Object.entries(SHARED).map(([method, as]) => [method, `which is decided as ${as}: name that`]),
    ...[...FREE].map((method) => [method, 'which always passes: leave it out']),
  ])('for the method %s, which has no decision of its own', (method, why) => {
    expect(faults({ methods: ['roots/list', method] })).toEqual([
      `p.methods[1]: expected a method that policies decide, got ${method}, ${why}`,
    ]);
  });

  it.each([
    ['tools/call', 'tools'],
    ['prompts/get', 'prompts'],
    ['resources/read', 'resources'],
    ['detokenize', 'detokenize'],
  ])('for the method %s, which has a resource', (method, kind) => {
    expect(faults({ methods: [method] })).toEqual([
      `p.methods[0]: expected a method without a tool, prompt or resource, got ${method}: use ${kind}, as in ${kind}: ['*']`,
    ]);
  });

  it('for a pattern that matches no method', () => {
    expect(faults({ methods: ['x/*'] })).toEqual([
      `p.methods[0]: expected a method, or a pattern that matches one of ${UNATTACHED.join(', ')}, got "x/*"`,
    ]);
  });

  it.each(['*', 'tasks/*', '*/list', 'r*'])('not for the pattern %s, which matches a method', (pattern) => {
    expect(faults({ methods: [pattern] })).toEqual([]);
  });

  it("for what is almost one of MCP's methods, but not for one of an extension", () => {
    expect(faults({ methods: ['roots/lst'] })[0]).toMatch(/^p\.methods\[0\]: .*did you mean roots\/list\?$/);
    expect(faults({ methods: ['acme/get'] })).toEqual([]);
  });
});
