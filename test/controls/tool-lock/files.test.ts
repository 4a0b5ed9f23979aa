/** Which locked file a URI means. */
import { describe, expect, test } from 'vitest';
import { type LockedFile, LockedFiles } from '../../../proxy/controls/tool-lock/files.ts';
import type { LockedEntry } from '../../../proxy/controls/tool-lock/lock.ts';

const FRONTMATTER = { name: 'a', description: 'b' };
const skill = (name: string, entry: object = {}, upstream = 'crm'): LockedEntry => ({
  name,
  upstream,
  upstreamName: name,
  sha256: '',
  entry: { uri: name, frontmatter: FRONTMATTER, ...entry },
});
const filesOf = (skills: readonly LockedEntry[], upstreams: Readonly<Record<string, string>> = { crm: '' }) =>
  new LockedFiles({
    version: 1,
    server: 'u',
    upstreams,
    instructions: [],
    tools: [],
    prompts: [],
    resourceTemplates: [],
    skills,
  });
const urisOf = (meaning: ReturnType<LockedFiles['of']>): unknown =>
  typeof meaning === 'string' ? meaning : meaning.map(({ uri }: LockedFile) => uri);

const URI = 'skill://a/SKILL.md';
const MORE = 'skill://a/more.md';
const RESOURCES = [
  { uri: URI, digest: 'sha256:1', size: 3 },
  { uri: MORE, digest: 2, size: 'x' },
];
const NO_FILES = filesOf([]);

describe('a file of a skill', () => {
  test('is as the lock lists it, and its first file has the frontmatter', () => {
    const files = filesOf([skill(URI, { resources: RESOURCES })]);
    expect(files.of(URI)).toEqual([
      { uri: URI, upstream: 'crm', digest: 'sha256:1', size: 3, frontmatter: FRONTMATTER },
    ]);
    expect(files.of(MORE)).toEqual([
      { uri: MORE, upstream: 'crm', digest: undefined, size: undefined, frontmatter: undefined },
    ]);
  });

  test('is the skill itself where the list does not have it', () => {
    const own = { uri: URI, upstream: 'crm', digest: undefined, size: undefined, frontmatter: FRONTMATTER };
    for (const resources of [undefined, 'dynamic', [], [RESOURCES[1]]])
      expect(filesOf([skill(URI, { resources })]).of(URI)).toEqual([own]);
    expect(filesOf([skill(URI, { frontmatter: 'x' })]).of(URI)).toEqual([{ ...own, frontmatter: undefined }]);
  });

  test('is meant though its path looks like the name of an upstream', () => {
    const uri = 'skill://a/b+c/SKILL.md';
    expect(urisOf(filesOf([skill(uri)]).of('SKILL://a/b+c/SKILL.md'))).toEqual([uri]);
  });

  test('is none if the list says no URI', () => {
    const files = filesOf([skill(URI, { resources: ['x', null, { uri: 1 }, { digest: 'x' }, RESOURCES[1]] })]);
    expect([urisOf(files.of(URI)), urisOf(files.of(MORE))]).toEqual([[URI], [MORE]]);
  });

  test.each([
    'SKILL://a/SKILL.md',
    'skill://A/skill.MD',
    'skill://a/%53KILL.md',
    'skill://a/./SKILL.md',
    'skill://a//SKILL.md?x=1',
    'sk%69ll://a/SKILL.md',
    'crm+SKILL://a/SKILL.md',
    'CRM+other+skill://a/SKILL.md',
    'none+skill://a/SKILL.md',
    'a-1+skill://a/SKILL.md',
  ])('is meant by %s', (uri) => {
    expect(urisOf(filesOf([skill(URI)]).of(uri))).toEqual([URI]);
  });

  test.each(['+skill://a/SKILL.md', '1+skill://a/SKILL.md', 'crm skill://a/SKILL.md'])('is not meant by %s', (uri) => {
    expect(urisOf(filesOf([skill(URI)]).of(uri))).not.toEqual([URI]);
  });
});

describe('of several upstreams', () => {
  const files = filesOf(
    [
      skill(URI, { resources: RESOURCES }, 'crm'),
      skill(`erp+${URI}`, {}, 'erp'),
      skill('skill://e/SKILL.md', {}, 'erp'),
    ],
    { crm: '', erp: 'erp___' },
  );

  test('the one that the URI names has the file', () => {
    expect(urisOf(files.of('erp+SKILL://a/SKILL.md'))).toEqual([`erp+${URI}`]);
    expect(urisOf(files.of('crm+SKILL://a/SKILL.md'))).toEqual([URI]);
    expect(urisOf(files.of('crm+SKILL://e/SKILL.md'))).toBe('new');
  });

  test('any of them may have it if the URI names none', () => {
    const both = [URI, `erp+${URI}`];
    expect(urisOf(files.of('SKILL://a/SKILL.md'))).toEqual(both);
    expect(urisOf(files.of('none+skill://a/SKILL.md'))).toEqual(both);
    expect(urisOf(files.of('erp+inner+skill://a/SKILL.md'))).toEqual(both);
  });

  test('the exact URI means its own file alone', () => {
    expect(urisOf(files.of(URI))).toEqual([URI]);
    expect(urisOf(files.of(`erp+${URI}`))).toEqual([`erp+${URI}`]);
  });
});

describe('a file that the lock does not have', () => {
  const files = filesOf([skill(URI, { resources: RESOURCES })]);

  test.each(['skill://b/SKILL.md', 'SKILL://b', 'skill://a/new.md', 'sk%69ll://b', 'x+skill://b', 'ＳＫＩＬＬ://b'])(
    'is new if it is of a skill: %s',
    (uri) => {
      for (const each of [files, NO_FILES]) expect(each.of(uri)).toBe('new');
    },
  );

  test.each([
    'file:///skill/a',
    'https://skill/SKILL.md',
    'x-skill://b',
    'skills://b',
    'x.1://skill:b',
    'file:///a/../b',
    'fi-le:\ta',
    'a/skill:b',
    '',
  ])('is another resource if it is of none: %j', (uri) => {
    for (const each of [files, NO_FILES]) expect(each.of(uri)).toBe('other');
  });

  test.each([
    'skill://b/../a/SKILL.md',
    'skill://b\\..\\c',
    'skill://b/%2e%2e/a',
    's\tkill://b',
    'S\tKILL://b',
    '\uff33\tkill://b',
    'x+s\tkill://b',
  ])('is unclear if readers take it for several: %j', (uri) => {
    for (const each of [files, NO_FILES]) expect(each.of(uri)).toBe('unclear');
  });

  test.each(['a\tb', 'a/../b', ' x', 's\tkil'])('is unclear only if there are skills: %j', (uri) => {
    expect([files.of(uri), NO_FILES.of(uri)]).toEqual(['unclear', 'other']);
  });
});

test('a skill of another scheme is found in all spellings, and its neighbours are other resources', () => {
  const files = filesOf([skill('Docs:///a/SKILL.md')]);
  expect(urisOf(files.of('docs:///a/skill.md'))).toEqual(['Docs:///a/SKILL.md']);
  expect(urisOf(files.of('crm+DOCS:///a/skill.md'))).toEqual(['Docs:///a/SKILL.md']);
  expect(files.of('docs:///b/SKILL.md')).toBe('other');
  expect(files.of('docs:///b/../a/SKILL.md')).toBe('unclear');
  expect(files.of('skill://b')).toBe('new');
  expect(NO_FILES.of('docs:///b/../a/SKILL.md')).toBe('other');
});

describe('a file that the upstream makes for each request', () => {
  test('is of the folder of its skill', () => {
    const files = filesOf([
      skill('skill://m/SKILL.md', { resources: 'dynamic' }),
      skill(URI, { resources: RESOURCES }),
    ]);
    expect([files.of('skill://m/forms/a.md'), files.of('skill://m/a')]).toEqual(['other', 'other']);
    for (const uri of ['skill://more/a', 'skill://m', 'SKILL://m/a', 'crm+skill://m/a', 'skill://a/new.md'])
      expect(files.of(uri), uri).toBe('new');
    expect(files.of('skill://m/../a/new.md')).toBe('unclear');
  });

  test('is of a folder with the name of its upstream', () => {
    const files = filesOf([skill('crm+skill://m/SKILL.md'), skill('skill://forms/SKILL.md')]);
    expect([files.of('crm+skill://m/a'), files.of('skill://forms/b/a')]).toEqual(['other', 'other']);
    expect([files.of('skill://m/a'), files.of('erp+skill://m/a')]).toEqual(['new', 'new']);
  });

  test('is of a folder with any letters', () => {
    const files = filesOf([skill('skill://m/formulaires créés/SKILL.md')]);
    expect(files.of('skill://m/formulaires créés/é.md')).toBe('other');
    expect(files.of('skill://m/formulaires/é.md')).toBe('new');
  });

  test.each(['skill://m', 'skill:m', 'skill:///m'])(
    'is below its skill, if that is no file in a folder: %s',
    (name) => {
      const files = filesOf([skill(name)]);
      expect(files.of(`${name}/a.md`)).toBe('other');
      for (const uri of ['skill://b/SKILL.md', 'skill:b', 'skill:///b/SKILL.md', `${name}2/a.md`])
        expect(files.of(uri), uri).toBe('new');
    },
  );
});

test('a folder holds a locked file', () => {
  const files = filesOf([skill('skill://a/b/SKILL.md')]);
  for (const uri of ['skill://a/b', 'skill://a/b/', 'skill://a/b//', 'skill://a'])
    expect(files.isFolder(uri)).toBe(true);
  for (const uri of ['skill://a/bb', 'skill://a/b/SKILL.md', 'skill://c', 'SKILL://a', 'ill://a'])
    expect(files.isFolder(uri), uri).toBe(false);
  expect(NO_FILES.isFolder('skill://a')).toBe(false);
});
