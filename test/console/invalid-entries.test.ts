/** An entry that the client library calls invalid never hides the others: in no list, of no upstream, in neither era. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockOfOffered, lockText } from '../../bin/tools/lock-file.ts';
import type { Catalogue, Drift, Matrix } from '../../console/catalogue/catalogued.ts';
import { offeredBy } from '../../console/catalogue/offered.ts';
import { accessPolicy, allow } from '../../proxy/controls/index.ts';
import { defineProxy, fixed } from '../../proxy/index.ts';
import { idOf, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { startWatched, type Watched } from './consoles.ts';

type Lists = Readonly<Record<string, unknown>>;

const VALID = {
  'tools/list': { tools: [{ name: 'good', inputSchema: { type: 'object' } }] },
  'prompts/list': { prompts: [{ name: 'p' }] },
  'resources/list': { resources: [{ uri: 'file:///a', name: 'a' }] },
  'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'file:///{a}', name: 'a' }] },
};
const BAD_TOOL = { name: 'bad', inputSchema: { type: 'string' } };
const WITH_INVALID = {
  'tools/list': {
    tools: [BAD_TOOL, ...VALID['tools/list'].tools, { name: 5, inputSchema: { type: 'object' } }, 7, { name: 'bare' }],
  },
  'prompts/list': { prompts: [{ name: 'q', arguments: 3 }, ...VALID['prompts/list'].prompts] },
  'resources/list': { resources: [{ name: 'without URI' }, ...VALID['resources/list'].resources] },
  'resources/templates/list': {
    resourceTemplates: [{ uriTemplate: 'x:{a}', name: 1 }, ...VALID['resources/templates/list'].resourceTemplates],
  },
};
const DESCRIPTION = {
  capabilities: { tools: {}, prompts: {}, resources: {} },
  serverInfo: { name: 'u', version: '1' },
};
const FRESH = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

function upstreamOf(era: 'legacy' | 'modern', lists: () => Lists): Promise<Upstream> {
  return startUpstream((request, response) => {
    const id = idOf(request);
    if (id === undefined) return void response.writeHead(202).end();
    const { method } = JSON.parse(request.text) as { readonly method: string };
    const list = lists()[method];
    let result: unknown;
    if (era === 'legacy') {
      result = method === 'initialize' ? { protocolVersion: '2025-11-25', ...DESCRIPTION } : list;
    } else if (method === 'server/discover') result = { ...FRESH, supportedVersions: ['2026-07-28'], ...DESCRIPTION };
    else if (typeof list === 'object') result = { ...list, ...FRESH };
    const answer = result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result };
    respondJson(response, `{"jsonrpc":"2.0","id":${id},${JSON.stringify(answer).slice(1)}`);
  });
}

async function ask<T>(watched: Watched, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${watched.key}`, 'content-type': 'application/json' };
  const response = await fetch(`${watched.origin}${path}`, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const namesOf = (list: readonly { readonly name?: unknown }[]): unknown[] => list.map(({ name }) => name);
const INVALID = [
  ['tools', 'bad', 'inputSchema.type: expected "object"'],
  ['tools', undefined, 'name: expected string, received number'],
  ['tools', undefined, 'expected object, received number'],
  ['tools', 'bare', 'inputSchema: expected object, received undefined'],
  ['prompts', 'q', 'arguments: expected array, received number'],
  ['resources', undefined, 'uri: expected string, received undefined'],
  ['templates', 'x:{a}', 'name: expected string, received number'],
];

describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
  it('the catalogue has the valid entries, and names the others with the reason', async () => {
    await using upstream = await upstreamOf(era, () => WITH_INVALID);
    await using watched = await startWatched(defineProxy({ controls: [] }), upstream.url);
    const shown = await ask<Catalogue>(watched, '/api/catalogue');
    expect(shown.failed).toEqual({});
    expect([shown.tools, shown.prompts, shown.resources, shown.templates].map(namesOf)).toEqual([
      ['good'],
      ['p'],
      ['a'],
      ['a'],
    ]);
    expect(shown.invalid.map(({ kind, name, why }) => [kind, name, why])).toEqual(INVALID);
  });

  it('the matrix has a row for each name, and says what is wrong with an entry', async () => {
    const policy = accessPolicy({ policies: [allow({ tools: ['good', 'bad'] })] });
    await using upstream = await upstreamOf(era, () => WITH_INVALID);
    await using watched = await startWatched(
      defineProxy({ controls: [policy], caller: fixed({ sub: 'ann' }) }),
      upstream.url,
    );
    const { rows, notes } = await ask<Matrix>(watched, '/api/matrix');
    const verdicts = Object.fromEntries(rows.map(({ name, cells }) => [name, cells[0]?.verdict]));
    expect(verdicts).toMatchObject({ good: 'allow', bad: 'allow', bare: 'deny', p: 'deny', q: 'deny' });
    expect(notes).toContainEqual({ what: 'the tool bad', why: 'inputSchema.type: expected "object"' });
    expect(new Set(notes.map(({ what, why }) => `${what} ${why}`)).size).toBe(notes.length);
  });

  it('drift compares the others, and calls nothing removed that it could not read', async () => {
    let lists: Lists = VALID;
    await using upstream = await upstreamOf(era, () => lists);
    const config = defineProxy({ controls: [] });
    const folder = await mkdtemp(join(tmpdir(), 'console-invalid-'));
    try {
      const lockFile = join(folder, 'tools.lock.json');
      await writeFile(lockFile, lockText(lockOfOffered(await offeredBy(config, { UPSTREAM_URL: upstream.url }))));
      await using watched = await startWatched(config, upstream.url, { lockFile });
      const added = { name: 'new', inputSchema: { type: 'object' } };
      lists = {
        ...VALID,
        'tools/list': { tools: [BAD_TOOL, ...VALID['tools/list'].tools, added] },
        'prompts/list': {},
      };
      const { changes, notes } = await ask<Drift>(watched, '/api/drift');
      expect(changes.map(({ what, kind, name }) => [what, kind, name])).toEqual([['added', 'tool', 'new']]);
      expect(notes.map(({ what }) => what)).toEqual(['the tool bad', 'prompts/list']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of several upstreams, an invalid entry of one hides nothing of the other', async () => {
    await using one = await upstreamOf(era, () => WITH_INVALID);
    await using other = await upstreamOf(era, () => VALID);
    await using watched = await startWatched(
      defineProxy({ controls: [], upstreams: { one: { prefix: true }, other: { prefix: true } } }),
      other.url,
      { bindings: { UPSTREAM_ONE_URL: one.url, UPSTREAM_OTHER_URL: other.url } },
    );
    const shown = await ask<Catalogue>(watched, '/api/catalogue');
    expect(shown.failed).toEqual({});
    // The proxy corrects the types of members as it merges lists.
    expect(namesOf(shown.tools)).toEqual(expect.arrayContaining(['one___good', 'one___bad', 'other___good']));
    expect(namesOf(shown.prompts)).toEqual(expect.arrayContaining(['one___p', 'other___p']));
    expect(shown.resources.length).toBeGreaterThanOrEqual(2);
    const { rows } = await ask<Matrix>(watched, '/api/matrix');
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['one___good', 'one___bad', 'other___p']));
  });
});
