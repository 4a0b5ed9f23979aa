/** Skills are decided like reads of their files: a caller that may not read a file learns nothing about it. */
import { describe, expect, it } from 'vitest';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { shownIn } from '../../../proxy/controls/access-policy/skills.ts';
import { textsOf, ways } from '../../dispatch/forms.ts';
import { startWorld } from './world.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
/** In a form that no serializer here writes, so that a changed byte is noticed. */
const file = (uri: string): string => `{ "uri":"${uri}",  "digest":"${DIGEST}", "size":1.0 }`;
const skill = (name: string, ...files: readonly string[]): string =>
  `{ "uri":"skill://${name}/SKILL.md",  "frontmatter":{"name":"${name}","description":"about ${name}","x":1.0}, "resources":[${['SKILL.md', ...files].map((path) => file(`skill://${name}/${path}`)).join(', ')}] }`;
const DYNAMIC =
  '{"uri":"skill://daily/SKILL.md", "frontmatter":{"name":"daily","description":"d"},"resources":"dynamic"}';
const child = (uri: string): string => `{"uri":"${uri}", "name":"x", "size":7.0}`;

const OFFER = {
  'skills/list': `{"skills":[${skill('notes', 'a.md')}, ${skill('refunds')},${DYNAMIC}], "ttlMs":5, "cacheScope":"public"}`,
  'skills/get': `{"skill":${skill('notes', 'a.md')}, "ttlMs":5, "cacheScope":"public"}`,
  'resources/directory/read': `{"resources":[${child('skill://notes')}, ${child('skill://refunds/SKILL.md')},${child('skill://notes/a.md')}], "cacheScope":"public"}`,
};
const SKILLS = allow({ resources: ['skill://*'] });
const NO_REFUNDS = accessPolicy({ policies: [SKILLS, deny({ resources: ['skill://refunds/*'] })] });
const unknown = (uri: string) => ({
  jsonrpc: '2.0',
  id: 1,
  error: { code: -32602, message: `Unknown resource: ${uri}`, data: { uri } },
});

describe.each(ways)('%s:', (_way, way) => {
  it('a skill that may not be read is in no list, directory or answer', async () => {
    await using world = await startWorld(way, [NO_REFUNDS], {
      ...OFFER,
      'skills/get': `{"skill":${skill('refunds')}}`,
    });
    const uri = 'skill://refunds/SKILL.md';
    const texts = [
      (await world.raw('skills/list')).text,
      (await world.raw('resources/directory/read', { uri: 'skill://' })).text,
      // The upstream answers with another skill than the one asked for.
      (await world.raw('skills/get', { uri: 'skill://notes/SKILL.md' })).text,
    ];
    for (const text of texts) expect(text).not.toContain('refunds');
    expect(await world.ask('skills/get', { uri })).toEqual(unknown(uri));
    expect(await world.ask('resources/directory/read', { uri: 'skill://refunds/a' })).toEqual(
      unknown('skill://refunds/a'),
    );
    expect([world.calls('skills/get').length, world.calls('resources/directory/read').length]).toEqual([1, 1]);
  });

  it('skills and files that may be read keep their bytes', async () => {
    await using world = await startWorld(way, [NO_REFUNDS], OFFER);
    const textOf = async (method: string, params = {}): Promise<string | undefined> =>
      textsOf(await world.raw(method, params)).at(-1);
    expect(await textOf('skills/list')).toContain(`"skills":[${skill('notes', 'a.md')},${DYNAMIC}]`);
    expect(await textOf('skills/get', { uri: 'skill://notes/SKILL.md' })).toContain(OFFER['skills/get']);
    expect(await textOf('resources/directory/read', { uri: 'skill://notes' })).toContain(
      `"resources":[${child('skill://notes')},${child('skill://notes/a.md')}]`,
    );
  });

  it('a file of a skill that may not be read is not listed in the skill', async () => {
    const policy = accessPolicy({ policies: [SKILLS, deny({ resources: ['*/a.md'] })] });
    await using world = await startWorld(way, [policy], OFFER);
    for (const [method, params] of [
      ['skills/list', {}],
      ['skills/get', { uri: 'skill://notes/SKILL.md' }],
    ] as const) {
      const text = textsOf(await world.raw(method, params)).at(-1);
      expect(text).toContain(`"resources":[${file('skill://notes/SKILL.md')}]`);
      expect(text).not.toContain('a.md');
    }
  });

  it('what a rule about callers shows is marked as private', async () => {
    const policy = accessPolicy({ policies: [allow({ group: 'a', resources: ['skill://*'] })] });
    await using world = await startWorld(way, [policy], OFFER);
    for (const [method, params] of [
      ['skills/list', {}],
      ['skills/get', { uri: 'skill://notes/SKILL.md' }],
      ['resources/directory/read', { uri: 'skill://notes' }],
    ] as const) {
      expect((await world.ask(method, params, { sub: 'x', groups: ['a'] })).result).toHaveProperty(
        'cacheScope',
        'private',
      );
      const open = accessPolicy({ policies: [SKILLS] });
      await using other = await startWorld(way, [open], OFFER);
      expect((await other.ask(method, params)).result).toHaveProperty('cacheScope', 'public');
    }
  });

  it.each(['skills/get', 'resources/directory/read'] as const)(
    'answers %s of what the upstream does not have as it answers for what is forbidden',
    async (method) => {
      const error = way.messages(
        '{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"No skill is served at skill://none/SKILL.md"}}',
      );
      await using world = await startWorld(way, [NO_REFUNDS], { [method]: error });
      const [missing, forbidden] = ['skill://none/SKILL.md', 'skill://refunds/SKILL.md'];
      expect(await world.ask(method, { uri: missing })).toEqual(unknown(missing));
      expect(await world.ask(method, { uri: forbidden })).toEqual(unknown(forbidden));
    },
  );

  it('refuses skills in a form from which nothing could be removed', async () => {
    const files = `"resources":[${file('skill://notes/SKILL.md')}]`;
    const odd = [
      '"resources":{"x":{"uri":"skill://refunds/SKILL.md"}}',
      '"resources":null',
      `${files},"Resources":[${file('skill://refunds/SKILL.md')}]`,
      `"RESOURCES":[${file('skill://refunds/SKILL.md')}]`,
    ].map((members) => `{"uri":"skill://notes/SKILL.md",${members}}`);
    for (const entry of odd) {
      await using world = await startWorld(way, [NO_REFUNDS], {
        'skills/list': `{"skills":[${entry}]}`,
        'skills/get': `{"skill":${entry}}`,
      });
      const texts = [
        (await world.raw('skills/list')).text,
        (await world.raw('skills/get', { uri: 'skill://notes/SKILL.md' })).text,
      ];
      for (const text of texts) {
        expect(text).toContain('inspection-failed');
        expect(text).not.toContain('refunds');
      }
    }
    for (const result of ['{"skill":"refunds"}', `{"Skill":${skill('refunds')}}`]) {
      await using world = await startWorld(way, [NO_REFUNDS], { 'skills/get': result });
      const { text } = await world.raw('skills/get', { uri: 'skill://notes/SKILL.md' });
      expect(text).toContain('inspection-failed');
      expect(text.includes('cannot filter the skill: expected an object, got something else')).toBe(
        result === '{"skill":"refunds"}',
      );
    }
  });

  it('leaves out skills without a URI, and files without one', async () => {
    await using world = await startWorld(way, [NO_REFUNDS], {
      'skills/list': `{"skills":[{"frontmatter":{"name":"refunds"}},7,{"uri":"skill://notes/SKILL.md","resources":[{"digest":"${DIGEST}"},${file('skill://notes/SKILL.md')}]}]}`,
    });
    expect((await world.ask('skills/list')).result).toEqual({
      skills: [
        { uri: 'skill://notes/SKILL.md', resources: [{ uri: 'skill://notes/SKILL.md', digest: DIGEST, size: 1 }] },
      ],
    });
  });
});

it('a result from which nothing is removed is the same object; one with a skill that may not be read is none', async () => {
  const bare = { skill: { uri: 'skill://notes/SKILL.md' } };
  for (const result of [{ ttlMs: 5 }, bare, { skill: { ...bare.skill, resources: [bare.skill] } }])
    expect(await shownIn(result, () => true)).toBe(result);
  expect(await shownIn(bare, () => false)).toBeUndefined();
});
