/** What the file must hold, one fault at a time. `lock.test.ts` builds configs with it. */
import { describe, expect, test } from 'vitest';
import { canonical } from '../../../proxy/controls/tool-lock/canonical.ts';
import { headersOf, lockOf, sha256Of, WRITE_AGAIN } from '../../../proxy/controls/tool-lock/lock.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

const sealed = (entry: JsonObject): { readonly entry: JsonObject; readonly sha256: string } => ({
  entry,
  sha256: sha256Of(canonical(entry)),
});
const AT = { upstream: 'crm', upstreamName: 'add' };
const tool = (name: string, more: object = {}): object => ({
  name,
  ...AT,
  ...sealed({ name, inputSchema: { type: 'object' } }),
  ...more,
});
const ADD = tool('crm___add');
const prompt = (name: string, more: object = {}): object => ({ name, ...AT, ...sealed({ name }), ...more });
const template = (name: string, more: object = {}): object => ({
  name,
  upstream: 'crm',
  upstreamName: 'a://{x}',
  ...sealed({ uriTemplate: name }),
  ...more,
});
const skill = (name: string, more: object = {}): object => ({
  name,
  upstream: 'crm',
  upstreamName: 'skill://a/SKILL.md',
  ...sealed({ uri: name }),
  ...more,
});
const LOCK = {
  version: 1,
  server: 'u',
  serverInfo: { title: 'U' },
  upstreams: { crm: 'crm___', bare: '' },
  instructions: [{ text: 'Be kind.', sha256: sha256Of('Be kind.') }],
  tools: [ADD],
  prompts: [prompt('crm___add')],
  resourceTemplates: [template('a://{x}')],
  skills: [skill('skill://a/SKILL.md')],
};

/** The faults of the lock with these members in place of its own. */
function faultsOf(change: object): readonly string[] {
  const faults = ['earlier'];
  const given = { ...LOCK, ...change };
  const lock = lockOf(given, faults);
  expect(lock).toBe(faults.length === 1 ? given : undefined);
  return faults.slice(1);
}

test('a lock without faults is used as it is', () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ serverInfo: undefined })).toEqual([]);
  expect(
    faultsOf({ upstreams: {}, instructions: [], tools: [], prompts: [], resourceTemplates: [], skills: [] }),
  ).toEqual([]);
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['x', 'a string'],
  [[LOCK], 'a list'],
])('a lock is an object, not %j', (given, got) => {
  const faults: string[] = [];
  expect(lockOf(given, faults)).toBeUndefined();
  expect(faults).toEqual([
    `lock: expected the content of tools.lock.json, imported with { type: 'json' }, got ${got}: ${WRITE_AGAIN}`,
  ]);
});

test.each([
  [undefined, 'nothing'],
  [2, '2'],
  ['1', '"1"'],
])('a version is 1, not %j', (version, got) => {
  expect(faultsOf({ version, tools: {} })).toEqual([`lock.version: expected 1, got ${got}: ${WRITE_AGAIN}`]);
});

const ENTRY = 'lock.tools[1]: expected a name, an upstreamName and an entry, got something else';
const TEXTS = `lock.instructions: expected texts, each with its sha256, got something else: ${WRITE_AGAIN}`;
const PREFIXES = 'lock.upstreams: expected a prefix for each upstream, got ';

test.each([
  [
    { more: 1 },
    'lock: expected version, server, serverInfo, upstreams, instructions, tools, prompts, resourceTemplates, skills, got "more"',
  ],
  [{ serverInfo: 'x' }, `lock.serverInfo: expected an object, got a string: ${WRITE_AGAIN}`],
  [{ serverInfo: null }, `lock.serverInfo: expected an object, got null: ${WRITE_AGAIN}`],
  [{ server: undefined }, 'lock.server: expected a name, got undefined'],
  [{ server: 1 }, 'lock.server: expected a name, got a number'],
  [{ upstreams: { crm: 'crm___', other: 1 } }, `${PREFIXES}an object`],
  [{ instructions: undefined }, TEXTS],
  [{ instructions: {} }, TEXTS],
  [{ instructions: ['x'] }, TEXTS],
  [{ instructions: [...LOCK.instructions, { text: 'x', sha256: 'y' }] }, TEXTS],
  [{ instructions: [{ text: 1, sha256: sha256Of('1') }] }, TEXTS],
  [{ tools: undefined }, `lock.tools: expected a list, got undefined: ${WRITE_AGAIN}`],
  [{ prompts: {} }, `lock.prompts: expected a list, got an object: ${WRITE_AGAIN}`],
  [{ resourceTemplates: 'x' }, `lock.resourceTemplates: expected a list, got a string: ${WRITE_AGAIN}`],
  [{ skills: null }, `lock.skills: expected a list, got null: ${WRITE_AGAIN}`],
  [{ tools: [ADD, 'x'] }, 'lock.tools[1]: expected an object, got a string'],
  [{ tools: [ADD, tool('crm___add', { name: 1 })] }, ENTRY],
  [{ tools: [ADD, tool('crm___add', { upstreamName: 1 })] }, ENTRY],
  [{ tools: [ADD, tool('crm___add', { entry: 'x' })] }, ENTRY],
  [{ tools: [ADD, tool('crm___add', { headers: 'x' })] }, ENTRY],
  [{ tools: [ADD, tool('crm___add', { headers: ['x', 1] })] }, ENTRY],
  [{ tools: [ADD, ADD] }, 'lock.tools[1]: expected each name once, got "crm___add" twice'],
  [
    { tools: [tool('crm___add', { more: 1 })] },
    'lock.tools[0]: expected name, upstream, upstreamName, sha256, headers, entry, got "more"',
  ],
  [
    { tools: [{ ...ADD, ...sealed({ name: 'add', inputSchema: {} }) }] },
    'lock.tools[0].entry.name: expected the name of the entry, got another',
  ],
  [
    { prompts: [prompt('crm___add', sealed({ name: 'add' }))] },
    'lock.prompts[0].entry.name: expected the name of the entry, got another',
  ],
  [
    { resourceTemplates: [template('a://{x}', sealed({ name: 'a://{x}' }))] },
    'lock.resourceTemplates[0].entry.uriTemplate: expected the name of the entry, got another',
  ],
  [
    { skills: [skill('skill://a/SKILL.md', sealed({ name: 'skill://a/SKILL.md' }))] },
    'lock.skills[0].entry.uri: expected the name of the entry, got another',
  ],
  [
    { tools: [{ ...ADD, ...sealed({ name: 'crm___add' }) }] },
    'lock.tools[0].entry: expected a tool as MCP defines it, got members of other types',
  ],
  [
    { tools: [tool('crm___add', { sha256: sha256Of('x') })] },
    `lock.tools[0].sha256: expected the hash of the entry "crm___add", got another: the file was changed by hand or by a merge; ${WRITE_AGAIN}`,
  ],
  [
    { tools: [tool('crm___add', { headers: ['Mcp-Param-A'] })] },
    `lock.tools[0].headers: expected those that the entry's schema declares (none), got others: ${WRITE_AGAIN}`,
  ],
])('a lock with a fault is refused in words (%#)', (change, fault) => {
  expect(faultsOf(change)).toEqual([fault]);
});

test.each([
  [undefined, 'undefined'],
  [['crm___'], 'a list'],
])('upstreams are an object, not %j', (upstreams, got) => {
  const lists = { tools: [], prompts: [], resourceTemplates: [], skills: [] };
  expect(faultsOf({ upstreams, ...lists })).toEqual([`${PREFIXES}${got}`]);
});

test.each([
  ['other', '"other"'],
  ['toString', '"toString"'],
  [1, '1'],
])('an entry is of an upstream of the lock, not of %j', (upstream, got) => {
  expect(faultsOf({ skills: [skill('skill://a/SKILL.md', { upstream })] })).toContain(
    `lock.skills[0].upstream: expected one of lock.upstreams, got ${got}`,
  );
});

test('an upstream is named by a text', () => {
  const upstreams = { crm: 'crm___', 1: '' };
  expect(faultsOf({ upstreams, skills: [skill('skill://a/SKILL.md', { upstream: '1' })] })).toEqual([]);
  expect(faultsOf({ upstreams, skills: [skill('skill://a/SKILL.md', { upstream: 1 })] })).toContain(
    'lock.skills[0].upstream: expected one of lock.upstreams, got 1',
  );
});

test('a lock with a fault is written again', () => {
  expect(WRITE_AGAIN).toBe('write it with npm run tools -- lock');
});

test('an entry that has more than one fault is refused with all of them', () => {
  expect(faultsOf({ tools: [{ more: 1, name: 1 }] })).toEqual([
    'lock.tools[0]: expected name, upstream, upstreamName, sha256, headers, entry, got "more"',
    'lock.tools[0]: expected a name, an upstreamName and an entry, got something else',
  ]);
});

test('of many faults, the first five are shown, and how many there are', () => {
  const faults = (count: number): readonly string[] => faultsOf({ tools: Array.from({ length: count }, () => 1) });
  const shown = [0, 1, 2, 3, 4].map((i) => `lock.tools[${i}]: expected an object, got a number`);
  expect(faults(5)).toEqual(shown);
  expect(faults(6)).toEqual([...shown, 'lock: and 1 more']);
  expect(faults(8)).toEqual([...shown, 'lock: and 3 more']);
});

describe('a name', () => {
  const named = (
    kind: 'tools' | 'prompts' | 'resourceTemplates' | 'skills',
    name: string,
    upstreamName: string,
    upstream: unknown = 'crm',
  ): readonly string[] => {
    const make = { tools: tool, prompts: prompt, resourceTemplates: template, skills: skill }[kind];
    return faultsOf({ [kind]: [make(name, { upstreamName, upstream })] });
  };
  const other = (kind: string): string =>
    `lock.${kind}[0].upstreamName: expected the name behind the upstream's prefix, got another: ${WRITE_AGAIN}`;
  const LONG = 'long_'.repeat(20);
  const digest = sha256Of(`crm___${LONG}`).slice(0, 8);

  test.each(['tools', 'prompts'] as const)('of %s is that of the upstream behind its prefix', (kind) => {
    expect(named(kind, 'crm___add', 'add')).toEqual([]);
    expect(named(kind, 'add', 'add', 'bare')).toEqual([]);
    for (const [name, own, upstream] of [
      ['crm___add', 'pay', 'crm'],
      ['add', 'add', 'crm'],
      ['crm+add', 'add', 'crm'],
      ['crm___add', 'crm___add', 'crm'],
      ['crm___add', 'add', 'bare'],
      ['crm___add2', 'add', 'crm'],
    ] as const)
      expect(named(kind, name, own, upstream), name).toEqual([other(kind)]);
  });

  test('of a tool may be shortened, and then ends with a digest', () => {
    expect(named('tools', `crm___long_long_${digest}`, LONG)).toEqual([]);
    for (const name of [
      `crm___long_long${digest}`,
      `crm___other_${digest}`,
      `crm___long_other_${digest}`,
      `crm___long_long_${digest}x`,
      `crm___long_long_${digest.toUpperCase()}!`,
      `crm___long_long_00000000`,
      'crm___long_long',
    ])
      expect(named('tools', name, LONG), name).toEqual([other('tools')]);
  });

  test.each(['resourceTemplates', 'skills'] as const)('of %s is that of the upstream, or has its name', (kind) => {
    expect(named(kind, 'a://b', 'a://b')).toEqual([]);
    expect(named(kind, 'crm+a://b', 'a://b')).toEqual([]);
    for (const name of ['bare+a://b', 'crm___a://b', 'a://c', 'crm+', 'crm+crm+a://b'])
      expect(named(kind, name, 'a://b'), name).toEqual([other(kind)]);
  });

  test('of an upstream that the lock does not have is no name', () => {
    expect(named('tools', 'add', 'add', 1)).toContain(other('tools'));
    expect(named('skills', '1+a://b', 'a://b', 1)).toContain(other('skills'));
    expect(named('tools', 'crm___add', 'add', 'none')).toContain(other('tools'));
    expect(named('tools', 'add', 'add', 'none')).toEqual([
      'lock.tools[0].upstream: expected one of lock.upstreams, got "none"',
    ]);
  });
});

describe('the headers of a tool', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      z: { type: 'string', 'x-mcp-header': 'Zone' },
      a: { type: 'string', 'x-mcp-header': 'Account' },
      b: { type: 'string' },
    },
  };
  const entry = { name: 'crm___add', inputSchema };

  test('are those that its schema declares, sorted', () => {
    expect(headersOf(entry)).toEqual(['Mcp-Param-Account', 'Mcp-Param-Zone']);
    expect(headersOf({ name: 'a' })).toEqual([]);
    expect(headersOf({ inputSchema })).toEqual([]);
  });

  test('are as the lock has them', () => {
    const faults = (headers: readonly string[] | undefined): readonly string[] =>
      faultsOf({ tools: [{ ...ADD, ...sealed(entry), headers }] });
    expect(faults(['Mcp-Param-Account', 'Mcp-Param-Zone'])).toEqual([]);
    for (const headers of [undefined, [], ['Mcp-Param-Zone'], ['Mcp-Param-Zone', 'Mcp-Param-Account']])
      expect(faults(headers)).toEqual([
        `lock.tools[0].headers: expected those that the entry's schema declares (Mcp-Param-Account, Mcp-Param-Zone), got others: ${WRITE_AGAIN}`,
      ]);
  });

  test('are not those of a prompt', () => {
    const given = prompt('crm___add', sealed(entry));
    expect(faultsOf({ prompts: [given] })).toEqual([]);
    expect(faultsOf({ prompts: [{ ...given, headers: ['Mcp-Param-Account', 'Mcp-Param-Zone'] }] })).toEqual([
      `lock.prompts[0].headers: expected those that the entry's schema declares (none), got others: ${WRITE_AGAIN}`,
    ]);
  });
});
