/** Compares the table of results with the protocol package's own schemas. */
import * as schemas from '@modelcontextprotocol/core';
import * as skills from '@modelcontextprotocol/core/ext/skills';
import { describe, expect, test } from 'vitest';
import { isClientMethod, METHODS } from '../../proxy/call/methods.ts';
import { checkAnswerable, resultFor } from '../../proxy/call/results.ts';
import type { JsonObject } from '../../proxy/json/value.ts';

interface Sample {
  readonly schema: { safeParse(value: unknown): { readonly success: boolean } };
  /** A result with every member that the table names. */
  readonly result: JsonObject;
}

const page = { nextCursor: '2' };
const contents = [
  { uri: 'x://1', text: 'a', mimeType: 'text/plain' },
  { uri: 'x://2', blob: 'YQ==' },
];
const link = { uri: 'x://1', name: 'one' };
const blocks = [
  { type: 'text', text: 'a' },
  { type: 'image', data: 'YQ==', mimeType: 'image/png' },
  { type: 'audio', data: 'YQ==', mimeType: 'audio/wav' },
  { type: 'resource', resource: contents[0] },
  { type: 'resource', resource: contents[1] },
  { type: 'resource_link', ...link },
] as const;

const file = { uri: 'skill://a/SKILL.md', digest: `sha256:${'0'.repeat(64)}`, size: 7 };
const skill = { uri: file.uri, frontmatter: { name: 'a', description: 'd' }, resources: [file] };
const kept = { ttlMs: 1, cacheScope: 'public' } as const;

const SAMPLES: Readonly<Record<string, Sample>> = {
  'tools/call': {
    schema: schemas.CallToolResultSchema,
    result: { content: [...blocks], structuredContent: { n: 1 }, isError: false },
  },
  'tools/list': {
    schema: schemas.ListToolsResultSchema,
    result: { tools: [{ name: 'a', inputSchema: { type: 'object' } }], ...page },
  },
  'prompts/get': {
    schema: schemas.GetPromptResultSchema,
    result: { messages: blocks.map((content) => ({ role: 'user', content })), description: 'd' },
  },
  'prompts/list': { schema: schemas.ListPromptsResultSchema, result: { prompts: [{ name: 'a' }], ...page } },
  'resources/read': { schema: schemas.ReadResourceResultSchema, result: { contents } },
  'resources/list': { schema: schemas.ListResourcesResultSchema, result: { resources: [link], ...page } },
  'resources/templates/list': {
    schema: schemas.ListResourceTemplatesResultSchema,
    result: { resourceTemplates: [{ name: 'a', uriTemplate: 'x://{a}' }], ...page },
  },
  'completion/complete': {
    schema: schemas.CompleteResultSchema,
    result: { completion: { values: ['a'], hasMore: false } },
  },
  'server/discover': {
    schema: schemas.DiscoverResultSchema,
    result: { supportedVersions: ['2026-07-28'], capabilities: {}, instructions: 'i' },
  },
  'resources/directory/read': {
    schema: skills.ReadResourceDirectoryResultSchema,
    result: { resources: [link], ...page, ...kept },
  },
  'skills/list': {
    schema: skills.ListSkillsResultSchema,
    result: { skills: [skill, { ...skill, resources: 'dynamic' }], ...page, ...kept },
  },
  'skills/get': { schema: skills.GetSkillResultSchema, result: { skill, ...kept } },
  'resources/subscribe': { schema: schemas.EmptyResultSchema, result: {} },
  'resources/unsubscribe': { schema: schemas.EmptyResultSchema, result: {} },
  'logging/setLevel': { schema: schemas.EmptyResultSchema, result: {} },
  ping: { schema: schemas.EmptyResultSchema, result: {} },
};

type Path = readonly (string | number)[];

/** The paths of all members and items, at any depth. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const inner = [...path, key];
    return [inner, ...pathsOf((value as Readonly<Record<string | number, unknown>>)[key], inner)];
  });
}

/** A copy with another value at a path; undefined removes it. */
function changed(value: JsonObject, path: Path, to: unknown): JsonObject {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as typeof at;
  const last = path.at(-1) ?? '';
  if (to === undefined) delete at[last];
  else at[last] = to;
  return copy as JsonObject;
}

function accepts(method: string, result: JsonObject, era: 'legacy' | 'modern' = 'legacy'): boolean {
  try {
    resultFor(method, era, result);
    return true;
  } catch {
    return false;
  }
}

const isItem = (path: Path): boolean => typeof path.at(-1) === 'number';

describe.each(Object.entries(SAMPLES))('an answer to %s', (method, { schema, result }) => {
  test('with all members is a result by the protocol package, and passes', () => {
    expect(schema.safeParse(result).success).toBe(true);
    expect(accepts(method, result)).toBe(true);
    expect(accepts(method, result, 'modern')).toBe(true);
  });

  test('without any one member is refused exactly if the protocol package refuses it', () => {
    for (const path of pathsOf(result)) {
      if (isItem(path)) continue;
      const without = changed(result, path, undefined);
      const name = path.join('.');
      // The protocol's schema requires `content`; the package fills it in for old servers.
      const expected = name === 'content' ? false : name in kept || schema.safeParse(without).success;
      expect([name, accepts(method, without)]).toEqual([name, expected]);
    }
  });

  test('with a member of another kind passes exactly if the protocol package accepts it', () => {
    for (const path of pathsOf(result)) {
      for (const other of [7, true, 'text', null, [], {}, [7]]) {
        const wrong = changed(result, path, other);
        // In the legacy era structured content is an object, which the package leaves open.
        const own = accepts(method, wrong, 'modern');
        // The package also reads base64 and digests.
        if (schema.safeParse(wrong).success) expect([path, other, own]).toEqual([path, other, true]);
        else if (!UNREAD.test(path.join('.'))) expect([path, other, own]).toEqual([path, other, false]);
      }
    }
  });
});

const UNREAD = /(?:^|\.)(?:data|blob|digest)$/;

test('every request of a client can be answered, or says why not', () => {
  const refused = METHODS.filter((method) => {
    if (SAMPLES[method] !== undefined) return false;
    if (!isClientMethod(method) && !method.startsWith('tasks/')) return false;
    return !method.startsWith('notifications/');
  });
  expect(refused).toEqual([
    'initialize',
    'subscriptions/listen',
    'tasks/get',
    'tasks/update',
    'tasks/result',
    'tasks/list',
    'tasks/cancel',
  ]);
  for (const method of refused) expect(() => checkAnswerable(method)).toThrow("can't be answered by a control: ");
  for (const method of Object.keys(SAMPLES)) expect(() => checkAnswerable(method)).not.toThrow();
});

test.each([
  ['initialize', 'it opens a session, which only the upstream can keep'],
  ['subscriptions/listen', 'it opens a stream of notifications, which only the upstream can send'],
  ['tasks/get', 'a task is known only to the upstream that runs it'],
])('%s says why it can not be answered', (method, why) => {
  expect(() => checkAnswerable(method)).toThrow(`${method} can't be answered by a control: ${why}`);
});

const BLOCK = 'text, image, audio, resource, resource_link';
test.each([
  ['tools/call', { content: {} }, 'result.content: expected a list, got an object'],
  ['tools/call', { content: [7] }, 'result.content[0]: expected an object, got a number'],
  ['tools/call', { content: [{}] }, `result.content[0].type: expected ${BLOCK}, got another`],
  ['tools/call', { content: [{ type: 'constructor' }] }, `result.content[0].type: expected ${BLOCK}, got another`],
  ['tools/call', { content: [{ type: ['text'], text: 'a' }] }, `content[0].type: expected ${BLOCK}, got another`],
  ['tools/call', { content: [], isError: 1 }, 'result.isError: expected true or false, got a number'],
  [
    'tools/call',
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'resource', resource: { uri: 'x://1' } },
      ],
    },
    'result.content[1].resource: expected text or blob, got neither',
  ],
  [
    'tools/list',
    { tools: [{ name: 'a', inputSchema: {} }] },
    '.inputSchema: expected a schema of type object, got another',
  ],
  ['tools/list', { tools: [null] }, 'result.tools[0]: expected an object, got null'],
  [
    'prompts/get',
    { messages: [{ role: 'system' }] },
    'result.messages[0].role: expected user or assistant, got another',
  ],
  ['server/discover', { supportedVersions: [7] }, 'result.supportedVersions[0]: expected a string, got a number'],
  ['skills/get', { skill: { ...skill, resources: 7 } }, 'result.skill.resources: expected a list, got a number'],
] as const)('an answer to %s with %j is refused with the place and what was expected', (method, result, words) => {
  for (const era of ['legacy', 'modern'] as const)
    expect(() => resultFor(method, era, result as unknown as JsonObject)).toThrow(words);
});

test('an answer may have everything else that the protocol permits', () => {
  const text = { type: 'text', text: 'a' };
  expect(accepts('prompts/get', { messages: [{ role: 'assistant', content: text }] })).toBe(true);
  expect(accepts('tools/list', { tools: [], ttlMs: 0, cacheScope: 'private' }, 'modern')).toBe(true);
  // Only the result of a tool call may be a task.
  expect(accepts('prompts/get', { messages: [], task: { taskId: 't' } })).toBe(true);
  expect(accepts('prompts/get', { messages: [], structuredContent: 7 })).toBe(true);
  expect(resultFor('acme/own', 'legacy', { any: 1 })).toEqual({ any: 1 });
  expect(resultFor('tools/list', 'legacy', { tools: [], ttlMs: 'x' })).toEqual({ tools: [], ttlMs: 'x' });
});

describe('in the modern era', () => {
  test('a result is complete, and may be kept by nobody unless it says so', () => {
    expect(resultFor('tools/call', 'modern', { content: [] })).toEqual({ content: [], resultType: 'complete' });
    for (const method of [
      'tools/list',
      'prompts/list',
      'resources/list',
      'resources/templates/list',
      'resources/read',
      'server/discover',
    ])
      expect(resultFor(method, 'modern', SAMPLES[method]?.result ?? {})).toEqual({
        ...SAMPLES[method]?.result,
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
      });
    const { ttlMs: _, cacheScope: __, ...list } = SAMPLES['skills/list']?.result ?? {};
    expect(resultFor('skills/list', 'legacy', list)).toEqual({ ...list, ttlMs: 0, cacheScope: 'private' });
    const said = { tools: [], ttlMs: 60_000, cacheScope: 'public', resultType: 'complete' } as const;
    expect(resultFor('tools/list', 'modern', said)).toEqual(said);
  });

  test.each([
    ['tools/list', { tools: [], ttlMs: -1 }, 'result.ttlMs: expected an integer of 0 or more'],
    ['tools/list', { tools: [], ttlMs: 0.5 }, 'result.ttlMs: expected an integer of 0 or more'],
    ['tools/list', { tools: [], cacheScope: 'all' }, 'result.cacheScope: expected public or private, got another'],
    ['tools/call', { resultType: 'input_required' }, 'result.resultType: expected complete, got another'],
    ['tools/call', { resultType: 'task', taskId: 't' }, 'result.resultType: expected complete, got another'],
    ['tools/call', { content: [], task: { taskId: 't' } }, 'result.task: expected none, since a control has no tasks'],
    ['acme/own', { resultType: 'input_required' }, 'result.resultType: expected complete, got another'],
    ['acme/own', { _meta: 7 }, 'result._meta: expected an object, got a number'],
  ])('an answer to %s with %j is refused', (method, result, words) => {
    expect(() => resultFor(method, 'modern', result)).toThrow(`answered ${method} with a wrong result: ${words}`);
  });

  test('structured content is any value, in the legacy era an object', () => {
    const result = { content: [], structuredContent: [1] };
    expect([accepts('tools/call', result, 'modern'), accepts('tools/call', result, 'legacy')]).toEqual([true, false]);
  });
});
