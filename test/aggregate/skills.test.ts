/** Skills of several upstreams (SEP-2640), as the official host lists, gets, reads and verifies them. */
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { describe, expect, it } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { accessPolicy, allow, deny, email, redaction } from '../../proxy/controls/index.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { manifest, startSkills } from '../support/skills.ts';
import { post, scripted } from './scripted.ts';
import { connect, startSeveral } from './servers.ts';

const REFUNDS = { 'refunds/SKILL.md': manifest('refunds', 'of the CRM'), 'refunds/forms/a.md': 'form' };
const NOTES = {
  'notes/SKILL.md': manifest('notes', 'of the wiki'),
  'refunds/SKILL.md': manifest('refunds', 'of the wiki'),
};

async function host(era: 'legacy' | 'modern', wiki: Readonly<Record<string, string>>, controls: DefinedControl[] = []) {
  const [one, two] = [await startSkills(REFUNDS), await startSkills(wiki)];
  const several = await startSeveral({ crm: one.url, wiki: two.url }, { controls, caller: fixed({ sub: 'ann' }) });
  const client = await connect(several.proxy.url, era);
  return {
    skills: new SkillsClient(client),
    async [Symbol.asyncDispose]() {
      await client.close();
      for (const each of [several, one, two]) await each[Symbol.asyncDispose]();
    },
  };
}

describe.each(['legacy', 'modern'] as const)('skills of two upstreams, %s', (era) => {
  it('are one list, and each is got, read and verified at its own upstream', async () => {
    await using proxied = await host(era, NOTES);
    const { skills } = proxied;
    const { skills: listed } = await skills.list();
    // Both have a template for all URIs of skills, so none says whose it is.
    expect(listed.map(({ uri, frontmatter }) => [uri, frontmatter.description])).toEqual([
      ['crm+skill://refunds/SKILL.md', 'of the CRM'],
      ['wiki+skill://notes/SKILL.md', 'of the wiki'],
      ['wiki+skill://refunds/SKILL.md', 'of the wiki'],
    ]);
    for (const entry of listed) {
      const { skill } = await skills.get(entry.uri);
      expect(skill).toEqual(entry);
      expect(await skills.read(skill)).toMatchObject({ verified: true, frontmatter: entry.frontmatter });
    }
    const [refunds] = listed;
    expect(refunds && (await skills.read(refunds, 'forms/a.md'))).toMatchObject({ verified: true, text: 'form' });
  });

  it('have directories whose entries can be read', async () => {
    await using proxied = await host(era, NOTES);
    const { skills } = proxied;
    const { resources } = await skills.readDirectory('crm+skill://refunds');
    expect(resources.map(({ uri }) => uri)).toEqual(['crm+skill://refunds/SKILL.md', 'crm+skill://refunds/forms']);
    const inner = await skills.readDirectory('crm+skill://refunds/forms');
    expect(inner.resources.map(({ uri }) => uri)).toEqual(['crm+skill://refunds/forms/a.md']);
  });

  it('keep their URIs if only one upstream can have them', async () => {
    await using upstream = await startSkills(REFUNDS);
    const calculator = await startCalculator();
    await using several = await startSeveral({ crm: upstream.url, math: calculator.url });
    await using client = await connect(several.proxy.url, era);
    const skills = new SkillsClient(client);
    const { skills: listed } = await skills.list();
    expect(listed.map(({ uri }) => uri)).toEqual(['skill://refunds/SKILL.md']);
    const [entry] = listed;
    expect(entry && (await skills.get(entry.uri)).skill).toEqual(entry);
    expect(entry && (await skills.read(entry, 'forms/a.md')).verified).toBe(true);
    expect((await skills.readDirectory('skill://refunds')).resources.map(({ uri }) => uri)).toEqual([
      'skill://refunds/SKILL.md',
      'skill://refunds/forms',
    ]);
    await calculator.close();
  });

  it('are decided and changed by controls under the URIs that the client sees', async () => {
    const policy = accessPolicy({
      policies: [allow({ resources: ['*'] }), deny({ resources: ['wiki+skill://refunds/*'] })],
    });
    await using proxied = await host(era, NOTES, [policy, redaction({ client: { detectors: [email()] } })]);
    const { skills } = proxied;
    const { skills: listed } = await skills.list();
    expect(listed.map(({ uri, resources }) => [uri, resources])).toEqual([
      ['crm+skill://refunds/SKILL.md', 'dynamic'],
      ['wiki+skill://notes/SKILL.md', 'dynamic'],
    ]);
    await expect(skills.get('wiki+skill://refunds/SKILL.md')).rejects.toThrow('Unknown resource');
    for (const entry of listed) expect((await skills.read(entry)).frontmatter).toEqual(entry.frontmatter);
  });
});

const FILE = (uri: string) => ({ uri, digest: `sha256:${'0'.repeat(64)}`, size: 1 });
const skill = (name: string, ...files: readonly string[]) => ({
  uri: `skill://${name}/SKILL.md`,
  frontmatter: { name, description: 'd' },
  resources: ['SKILL.md', ...files].map((file) => FILE(`skill://${name}/${file}`)),
});
const NO_TEMPLATES = { 'resources/templates/list': { resourceTemplates: [] } };

it('a skill of which another upstream lists one file has the name of its upstream in all URIs', async () => {
  await using one = await scripted({
    ...NO_TEMPLATES,
    'skills/list': { skills: [skill('a', 'x.md'), skill('b')] },
    'resources/list': { resources: ['a/SKILL.md', 'a/x.md', 'b/SKILL.md'].map((path) => ({ uri: `skill://${path}` })) },
    'skills/get': { skill: skill('a', 'x.md') },
    'resources/read': { contents: [{ uri: 'skill://a/SKILL.md', text: 'x' }] },
  });
  await using two = await scripted({ ...NO_TEMPLATES, 'resources/list': { resources: [{ uri: 'skill://a/x.md' }] } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'skills/list');
  const { uri, resources } = skill('a', 'x.md');
  const shown = {
    uri: `one+${uri}`,
    frontmatter: { name: 'a', description: 'd' },
    resources: resources.map((file) => ({ ...file, uri: `one+${file.uri}` })),
  };
  expect(message.result?.['skills']).toEqual([shown, skill('b')]);
  // The answers have the form of the URI that the client asked for.
  const answers = [];
  for (const asked of [shown.uri, uri])
    for (const method of ['skills/get', 'resources/read'])
      answers.push((await post(several.proxy.url, method, { uri: asked })).message.result);
  expect(answers).toEqual([
    { skill: shown },
    { contents: [{ uri: shown.uri, text: 'x' }] },
    { skill: skill('a', 'x.md') },
    { contents: [{ uri, text: 'x' }] },
  ]);
});

it('a skill without a list of files has the name of its upstream, unless a template says whose its files are', async () => {
  const dynamic = { ...skill('a'), resources: 'dynamic' };
  const lists = { 'skills/list': { skills: [dynamic] }, 'resources/list': { resources: [{ uri: dynamic.uri }] } };
  const urisBehind = async (templates: object): Promise<unknown> => {
    await using one = await scripted({ ...lists, 'resources/templates/list': templates });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { message } = await post(several.proxy.url, 'skills/list');
    return (message.result?.['skills'] as { uri: string }[] | undefined)?.map(({ uri }) => uri);
  };
  expect(await urisBehind({ resourceTemplates: [] })).toEqual(['one+skill://a/SKILL.md']);
  expect(await urisBehind({ resourceTemplates: [{ uriTemplate: 'skill://{+path}' }] })).toEqual(['skill://a/SKILL.md']);
});

it('the folder of a skill, and those in it, are read under the URIs that its files have', async () => {
  const folders: Readonly<Record<string, string>> = {
    'skill://a': 'skill://a/forms',
    'skill://a/forms': 'skill://a/forms/x.md',
  };
  await using one = await scripted(({ method, params }) => {
    const uris = ['skill://a/SKILL.md', 'skill://a/forms/x.md'];
    if (method === 'skills/list') return { skills: [skill('a', 'forms/x.md')] };
    if (method === 'resources/list') return { resources: uris.map((uri) => ({ uri, name: uri })) };
    if (method === 'resources/templates/list') return { resourceTemplates: [] };
    return method === 'resources/directory/read'
      ? { resources: [{ uri: folders[String(params?.['uri'])] ?? 'none', name: 'x' }] }
      : undefined;
  });
  let others: readonly string[] = [];
  await using two = await scripted(({ method }) =>
    method === 'resources/list'
      ? { resources: others.map((uri) => ({ uri, name: uri })), ttlMs: 0 }
      : { resourceTemplates: [] },
  );
  await using several = await startSeveral({ one: one.url, two: two.url });
  const read = async (): Promise<unknown[]> => {
    const { message } = await post(several.proxy.url, 'skills/list');
    const [listed] = (message.result?.['skills'] ?? []) as { readonly uri: string }[];
    const seen: unknown[] = [listed?.uri];
    let folder = listed?.uri.replace(/\/SKILL\.md$/, '') ?? '';
    for (let depth = 0; depth < 2; depth++) {
      const reply = await post(several.proxy.url, 'resources/directory/read', { uri: folder });
      const [entry] = (reply.message.result?.['resources'] ?? []) as { readonly uri: string }[];
      seen.push(entry?.uri ?? reply.message.error?.message);
      folder = entry?.uri ?? '';
    }
    return seen;
  };
  expect(await read()).toEqual(['skill://a/SKILL.md', 'skill://a/forms', 'skill://a/forms/x.md']);
  others = ['skill://a/other.md'];
  expect(await read()).toEqual(['one+skill://a/SKILL.md', 'one+skill://a/forms', 'one+skill://a/forms/x.md']);
  const bare = await post(several.proxy.url, 'resources/directory/read', { uri: 'skill://a' });
  expect(bare.message.error?.message).toContain('expected a URI that begins with one+ or two+');
});

it('a list of skills has all pages of all upstreams, and no cursor', async () => {
  await using one = await scripted(({ method, params }) => {
    if (method !== 'skills/list') return undefined;
    return params?.['cursor'] === undefined
      ? { skills: [skill('a')], nextCursor: 'more', ttlMs: 9000, cacheScope: 'public' }
      : { skills: [skill('b')], ttlMs: 9000, cacheScope: 'public' };
  });
  await using two = await scripted({ 'skills/list': { skills: [skill('c')], ttlMs: 500, cacheScope: 'private' } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'skills/list');
  const names = (message.result?.['skills'] as { frontmatter: { name: string } }[] | undefined)?.map(
    ({ frontmatter }) => frontmatter.name,
  );
  expect([names, message.result]).toMatchObject([['a', 'b', 'c'], { ttlMs: 500, cacheScope: 'private' }]);
  expect(message.result).not.toHaveProperty('nextCursor');
});
