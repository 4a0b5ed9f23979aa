/** Digests of skills, as the official host checks them, if a control may change what they are digests of. */
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { describe, expect, it } from 'vitest';
import type { ClientMethod } from '../../proxy/call/params.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import {
  accessPolicy,
  allow,
  audit,
  email,
  redaction,
  secrets,
  tokenization,
  validation,
} from '../../proxy/controls/index.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { connect } from '../aggregate/servers.ts';
import { bindRing } from '../controls/tokenization/keys.ts';
import { responseOf, ways, withSessions } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import { manifest, startSkills } from '../support/skills.ts';
import { startUpstream } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';

const URI = 'skill://refunds/SKILL.md';
const FILES = {
  'refunds/SKILL.md': manifest('refunds', 'Refunds, by ann@example.com', 'Ask ann@example.com first.'),
  'refunds/forms/a.md': 'Send it to ann@example.com.',
};
const emails = redaction({ client: { detectors: [email()] } });

function own(transforms: readonly ClientMethod[]): DefinedControl {
  return defineControl({ name: 'own', replies: { transforms }, setup: () => (call, next) => next(call) });
}

const CHANGING: readonly (readonly [name: string, control: DefinedControl])[] = [
  ['redaction of what detectors find', emails],
  ['redaction of a field anywhere', redaction({ client: { fields: [{ path: 'a' }] } })],
  ['secrets that are redacted', secrets({ onFound: 'redact' })],
  ['tokenization for the client', tokenization({ tenant: 't', hideFrom: 'client', detectors: [email()] })],
  ['tokenization for the upstream', tokenization({ tenant: 't', detectors: [email()] })],
  ['validation that strips hidden characters', validation({ results: { stripHiddenUnicode: true } })],
  ['validation that cuts results', validation({ results: { maxCharacters: 1000 } })],
  ["a team's control", defineControl({ name: 'own', setup: () => (call, next) => next(call) })],
  ["a team's control that may map a resource", own(['tools/call', 'resources/read'])],
];

const KEEPING: readonly (readonly [name: string, controls: readonly DefinedControl[]])[] = [
  ['no control', []],
  [
    'a policy, audit and blocked secrets',
    [audit(), accessPolicy({ policies: [allow({ resources: ['*'] })] }), secrets({ onFound: 'block' })],
  ],
  ['redaction of calls', [redaction({ upstream: { detectors: [email()] } })]],
  ["redaction of a tool's field", [redaction({ client: { fields: [{ tool: 'x', path: 'a' }] } })]],
  ["validation of tools' results", [validation({ results: { checkOutputSchema: true } })]],
  ['redaction that only observes', [auditOnly(emails)]],
  [
    "a team's control that observes",
    [defineControl({ name: 'own', replies: 'observes', setup: () => (call, next) => next(call) })],
  ],
  ["a team's control that maps only results of tools", [own(['tools/call', 'skills/list'])]],
];

async function host(controls: readonly DefinedControl[], era: 'legacy' | 'modern') {
  const upstream = await startSkills(FILES);
  const front = await startFront(upstream, { controls, caller: fixed({ sub: 'ann' }), environment: bindRing() });
  const client = await connect(front.proxy.url, era);
  return {
    skills: new SkillsClient(client),
    async [Symbol.asyncDispose]() {
      await client.close();
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe.each(['legacy', 'modern'] as const)('a host that verifies skills, %s', (era) => {
  it.each(CHANGING)('gets no digests and sizes through %s', async (_name, control) => {
    await using proxied = await host([control], era);
    const { skills } = proxied;
    const { skills: listed } = await skills.list();
    const { skill } = await skills.get(URI);
    const { resources } = await skills.readDirectory('skill://refunds');
    expect([listed.map((each) => each.resources), skill.resources]).toEqual([['dynamic'], 'dynamic']);
    expect(resources.map(({ uri, size }) => [uri, size])).toEqual([
      [URI, undefined],
      ['skill://refunds/forms', undefined],
    ]);
    for (const entry of [...listed, skill])
      expect([(await skills.read(entry)).verified, (await skills.read(entry, 'forms/a.md')).verified]).toEqual([
        false,
        false,
      ]);
  });

  it.each(KEEPING)('verifies each file through %s', async (_name, controls) => {
    await using proxied = await host(controls, era);
    const { skills } = proxied;
    const { skills: listed } = await skills.list();
    const { skill } = await skills.get(URI);
    for (const entry of [...listed, skill])
      expect([await skills.read(entry), await skills.read(entry, 'forms/a.md')]).toMatchObject([
        { verified: true, frontmatter: { description: 'Refunds, by ann@example.com' } },
        { verified: true, text: FILES['refunds/forms/a.md'] },
      ]);
    const { resources } = await skills.readDirectory('skill://refunds');
    expect(resources[0]).toMatchObject({ uri: URI, size: FILES['refunds/SKILL.md'].length });
  });

  it('gets a skill whose frontmatter and text lack the same data', async () => {
    await using proxied = await host([emails], era);
    const { skills } = proxied;
    const { skill } = await skills.get(URI);
    const { frontmatter, body } = await skills.read(skill);
    expect(frontmatter).toEqual(skill.frontmatter);
    expect(JSON.stringify([skill, frontmatter, body])).not.toContain('ann@');
    expect(body).toContain('REDACTED_EMAIL');
  });
});

/** Readers that ignore the case of names, and members that a later version may have, find no digest either. */
const DESCRIPTIONS: readonly (readonly [method: string, member: string, entry: object, left: object])[] = [
  'resources',
  'Resources',
  'RESOURCES',
  'reſources',
].flatMap((files) => [
  ['skills/list', 'skills', { uri: URI, [files]: [{ uri: URI, digest: 'd' }] }, { uri: URI, [files]: 'dynamic' }],
  ['skills/get', 'skill', { uri: URI, [files]: [{ uri: URI, digest: 'd' }] }, { uri: URI, [files]: 'dynamic' }],
  ['skills/get', 'skill', { uri: URI, [files]: { uri: URI, digest: 'd' } }, { uri: URI, [files]: 'dynamic' }],
]);
const OF_CONTENT = ['digest', 'Digest', 'DIGEST', 'size', 'Size', 'ſize'].flatMap(
  (member): (typeof DESCRIPTIONS)[number][] => [
    ['skills/list', 'skills', { uri: URI, [member]: 'd' }, { uri: URI }],
    ['skills/get', 'skill', { uri: URI, [member]: 'd' }, { uri: URI }],
    ['resources/directory/read', 'resources', { uri: URI, name: 'n', [member]: 1 }, { uri: URI, name: 'n' }],
  ],
);

describe.each(ways)('a result about skills (%s)', (_name, at) => {
  it.each([...DESCRIPTIONS, ...OF_CONTENT])('of %s has no digest in any spelling (%s: %j)', async (...row) => {
    const [method, member, entry, left] = row;
    const other = member.toUpperCase();
    const listed = (value: object): object => (method === 'skills/get' ? value : [value, { uri: 'other' }]);
    await using upstream = await startUpstream(
      withSessions(at.result({ [member]: listed(entry), [other]: listed(entry), more: listed(entry) })),
    );
    await using front = await startFront(upstream, { controls: [emails] });
    expect(responseOf(await send(front, at.call(method, { uri: URI })))).toHaveProperty(
      'result',
      expect.objectContaining({ [member]: listed(left), [other]: listed(left), more: listed(entry) }),
    );
  });
});
