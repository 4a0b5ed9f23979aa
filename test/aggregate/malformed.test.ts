/** What one upstream sends in a wrong form must not keep clients from what another offers: they refuse whole results. */
import * as schemas from '@modelcontextprotocol/core';
import * as skills from '@modelcontextprotocol/core/ext/skills';
import * as older from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { respondJson } from '../support/upstream.ts';
import { type Handle, legacy, LegacyClient } from './legacy.ts';
import { keysIn, type Message, post, scripted } from './scripted.ts';
import { connect, startSeveral } from './servers.ts';

type Json = Readonly<Record<string, unknown>>;
const JUNK: readonly unknown[] = [5, -1.5, 'x', '', null, true, [], [5], {}, { a: 5 }, [{}], [null]];

/** The value with each of its parts in turn replaced by each kind of junk, or left out. */
function* spoilt(value: unknown): Generator {
  for (const junk of JUNK) yield junk;
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly unknown[]).entries())
      for (const other of spoilt(item)) yield value.map((each: unknown, at) => (at === i ? other : each));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const { [key]: _, ...others } = value as Json;
      yield others;
      for (const other of spoilt(member)) yield { ...value, [key]: other };
    }
  }
}

const icons = [{ src: 'https://example.com/a.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'light' }];
const shown = { title: 't', description: 'd', icons, _meta: { a: 1 } };
const annotations = { audience: ['user'], priority: 0.5, lastModified: '2025-01-12T15:00:58Z' };
const schema = { type: 'object', $schema: 'x', properties: { a: { type: 'string' } }, required: ['a'] };
const hints = { title: 't', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
const digest = `sha256:${'0'.repeat(64)}`;

interface Kind {
  readonly method: string;
  readonly member: string;
  readonly good: Json;
  /** What strict clients read the result with. */
  readonly strict: readonly { safeParse(value: unknown): { success: boolean; error?: unknown } }[];
}

const KINDS: readonly Kind[] = [
  {
    method: 'tools/list',
    member: 'tools',
    good: {
      name: 'good',
      ...shown,
      inputSchema: schema,
      outputSchema: schema,
      annotations: hints,
      execution: { taskSupport: 'optional' },
    },
    strict: [schemas.ListToolsResultSchema, older.ListToolsResultSchema],
  },
  {
    method: 'prompts/list',
    member: 'prompts',
    good: { name: 'good', ...shown, arguments: [{ name: 'a', title: 't', description: 'd', required: true }] },
    strict: [schemas.ListPromptsResultSchema, older.ListPromptsResultSchema],
  },
  {
    method: 'resources/list',
    member: 'resources',
    good: { uri: 'x://good', name: 'good', ...shown, mimeType: 'text/plain', size: 1, annotations },
    strict: [schemas.ListResourcesResultSchema, older.ListResourcesResultSchema],
  },
  {
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    good: { uriTemplate: 'x://{good}', name: 'good', ...shown, mimeType: 'text/plain', annotations },
    strict: [schemas.ListResourceTemplatesResultSchema, older.ListResourceTemplatesResultSchema],
  },
  {
    method: 'skills/list',
    member: 'skills',
    good: {
      uri: 'skill://good/SKILL.md',
      frontmatter: { name: 'good', description: 'd' },
      resources: [{ uri: 'skill://good/SKILL.md', digest, size: 1 }],
      _meta: { a: 1 },
    },
    strict: [skills.ListSkillsResultSchema],
  },
];

const cached = { ttlMs: 1, cacheScope: 'public' };

/** The list of a kind, as clients of an era get it of one upstream with these items and one that is as it should be. */
async function listed(
  { method, member, good }: Kind,
  era: 'legacy' | 'modern',
  items: readonly unknown[],
): Promise<Json> {
  const of = (list: readonly unknown[], asked: string | undefined): Json =>
    asked === method
      ? { resultType: 'complete', ...cached, [member]: list }
      : { ...cached, resources: [], resourceTemplates: [], skills: [] };
  const handle =
    (list: readonly unknown[]): Handle =>
    (response, { id, method: asked }) => {
      if (asked?.endsWith('/list') !== true) return false;
      respondJson(response, { jsonrpc: '2.0', id, result: of(list, asked) });
      return true;
    };
  const start = (name: string, list: readonly unknown[]) =>
    era === 'modern' ? scripted(({ method: asked }) => of(list, asked)) : legacy(name, { handle: handle(list) });
  await using one = await start('one', items);
  await using two = await start('two', [good]);
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { url } = several.proxy;
  const { result } =
    era === 'modern'
      ? (await post(url, method)).message
      : (JSON.parse((await (await LegacyClient.open(url)).post({ id: 1, method, params: {} })).text) as Message);
  return result ?? {};
}

/** Of two equal names only the first is shown. */
function withOwnName(item: unknown, i: number): unknown {
  return typeof item === 'object' && item !== null && 'name' in item && item.name === 'good'
    ? { ...item, name: `good${i}` }
    : item;
}

/** The members that say nothing of the upstream. */
function withoutNames(item: Json): Json {
  const names = ['name', 'uri', 'uriTemplate', 'resources'];
  return Object.fromEntries(Object.entries(item).filter(([key]) => !names.includes(key)));
}

describe.each(KINDS)('$method', (kind) => {
  it.each(['legacy', 'modern'] as const)('is read by strict clients, whatever one upstream lists (%s)', async (era) => {
    const items = [...spoilt(kind.good)].map(withOwnName);
    const result = await listed(kind, era, items);
    const shown = result[kind.member] as readonly Json[];
    const forModern =
      kind.good['outputSchema'] !== undefined && era === 'modern' ? kind.strict.slice(0, 1) : kind.strict;
    for (const strict of forModern)
      for (const item of shown) {
        const { success, error } = strict.safeParse({ ...result, [kind.member]: [item] });
        expect(success, `${JSON.stringify(item)}: ${String(error)}`).toBe(true);
      }
    // Most of it can be corrected, and the other upstream's is untouched.
    expect(shown.length).toBeGreaterThan(kind.member === 'skills' ? 2 : items.length / 2);
    expect(shown.at(-1)).toMatchObject(withoutNames(kind.good));
  });

  it.each(['legacy', 'modern'] as const)('keeps what is as it should be, byte for byte (%s)', async (era) => {
    const { [kind.member]: items } = await listed({ ...kind, good: { ...kind.good, acme: [1] } }, era, []);
    const [item] = items as readonly Json[];
    expect(item).toMatchObject({ ...withoutNames(kind.good), acme: [1] });
  });
});

it('empty lists are read by strict clients as well', async () => {
  const of = (cacheScope: string) => ({
    'resources/list': { resources: [], ...cached, cacheScope, resultType: 'complete' },
    'resources/templates/list': { resourceTemplates: [], ...cached },
  });
  await using one = await scripted(of('public'));
  await using two = await scripted(of('private'));
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'resources/list');
  expect(message.result).toEqual({ resources: [], resultType: 'complete', ttlMs: 1, cacheScope: 'private' });
});

const capabilities = {
  experimental: { a: {} },
  logging: {},
  completions: {},
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  tools: { listChanged: true },
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
  extensions: { 'io.modelcontextprotocol/skills': { directoryRead: true } },
};
const serverInfo = { name: 'x', version: '1' };

it('initialize is read by strict clients, whatever one upstream says of itself', async () => {
  const good = { protocolVersion: '2025-11-25', capabilities, serverInfo, instructions: 'i', _meta: {} };
  let said: unknown = good;
  const handle: Handle = (response, { id, method }) => {
    if (method !== 'initialize') return false;
    respondJson(response, { jsonrpc: '2.0', id, result: said });
    return true;
  };
  await using one = await legacy('one', { handle });
  await using two = await legacy('two');
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = new LegacyClient(several.proxy.url);
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  for (said of [
    ...spoilt(good),
    { ...good, protocolVersion: '2001-01-01' },
    { ...good, protocolVersion: '2099-01-01' },
  ]) {
    const { text } = await client.post({ id: 1, method: 'initialize', params });
    const { result } = JSON.parse(text) as Message;
    for (const strict of [schemas.InitializeResultSchema, older.InitializeResultSchema]) {
      const { success, error } = strict.safeParse(result);
      expect(success, `${JSON.stringify(said)}: ${String(error)}`).toBe(true);
    }
    expect(result?.['protocolVersion']).toBe('2025-11-25');
  }
});

it('server/discover is read by strict clients, whatever one upstream says of itself', async () => {
  const good = {
    supportedVersions: ['2026-07-28'],
    capabilities,
    instructions: 'i',
    ...cached,
    _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo, progressToken: 1 },
  };
  let said: object = good;
  await using one = await scripted(() => said);
  await using two = await scripted(() => ({ supportedVersions: ['2026-07-28'], capabilities: {}, ...cached }));
  await using several = await startSeveral({ one: one.url, two: two.url });
  for (const next of [...spoilt(good), { ...good, supportedVersions: ['2099-01-01'] }]) {
    said = next as object;
    if (typeof next !== 'object' || next === null) continue;
    const { result } = (await post(several.proxy.url, 'server/discover')).message;
    const { success, error } = schemas.DiscoverResultSchema.safeParse(result);
    expect(success, `${JSON.stringify(said)}: ${String(error)}`).toBe(true);
    expect(result).toMatchObject({ supportedVersions: ['2026-07-28'], cacheScope: expect.any(String) as string });
    expect(Number.isSafeInteger(result?.['ttlMs'])).toBe(true);
  }
});

it('tasks/list is read by strict clients, whatever one upstream lists', async () => {
  const good = {
    taskId: 'a',
    status: 'working',
    ttl: 1,
    createdAt: '2026-01-01T00:00:00Z',
    lastUpdatedAt: '2026-01-01T00:00:00Z',
    pollInterval: 1,
    statusMessage: 's',
  };
  const handle =
    (tasks: readonly unknown[]): Handle =>
    (response, { id, method }) => {
      if (method !== 'tasks/list') return false;
      respondJson(response, { jsonrpc: '2.0', id, result: { tasks, _meta: { progressToken: {} } } });
      return true;
    };
  await using one = await legacy('one', { handle: handle([...spoilt(good)]) });
  await using two = await legacy('two', { handle: handle([good]) });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  const { result } = JSON.parse((await client.post({ id: 1, method: 'tasks/list', params: {} })).text) as Message;
  for (const strict of [schemas.ListTasksResultSchema, older.ListTasksResultSchema])
    expect(strict.safeParse(result).error).toBeUndefined();
  expect(keysIn({ result: result ?? {} }, 'tasks', 'taskId').length).toBeGreaterThan(2);
});

it.each(['legacy', 'modern'] as const)('the official client reads all lists beside wrong ones (%s)', async (era) => {
  const lists = (wrong: boolean): Readonly<Record<string, object>> =>
    Object.fromEntries(
      KINDS.map(({ method, member, good }) => [
        method,
        { resultType: 'complete', ...cached, [member]: wrong ? [...spoilt(good)] : [good] },
      ]),
    );
  const handle =
    (wrong: boolean): Handle =>
    (response, { id, method = '' }) => {
      const result =
        method === 'initialize' ? { protocolVersion: '2025-11-25', capabilities, serverInfo } : lists(wrong)[method];
      if (result === undefined) return false;
      respondJson(response, { jsonrpc: '2.0', id, result });
      return true;
    };
  const discovered = { 'server/discover': { supportedVersions: ['2026-07-28'], capabilities, ...cached } };
  const start = (name: string, wrong: boolean) =>
    era === 'modern' ? scripted({ ...discovered, ...lists(wrong) }) : legacy(name, { handle: handle(wrong) });
  await using one = await start('one', true);
  await using two = await start('two', false);
  await using several = await startSeveral({ one: one.url, two: two.url });
  await using client = await connect(several.proxy.url, era);
  expect((await client.listTools()).tools.at(-1)?.name).toBe('two___good');
  expect((await client.listPrompts()).prompts.at(-1)?.name).toBe('two___good');
  expect((await client.listResources()).resources.at(-1)?.name).toBe('good');
  expect((await client.listResourceTemplates()).resourceTemplates.at(-1)?.name).toBe('good');
});
