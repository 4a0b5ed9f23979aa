/** docs/upstream-auth.md lists the ways to authenticate, and the variables of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { UpstreamAuth } from '../../lib/index.ts';
import { WAY_NAMES, WAYS } from '../../proxy/upstream/auth/ways.ts';

const page = readFileSync(join(ROOT, 'docs/upstream-auth.md'), 'utf8');

test('the page lists each way, whose form in an entry and whose method have its name in camel case', () => {
  const [, table = ''] = /^(\| `UPSTREAM_AUTH` \|[^]*?)\n\n/m.exec(page) ?? [];
  expect([...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)).toEqual(WAY_NAMES);
  const words: string[] = [];
  for (const { name, written, key } of Object.values(UpstreamAuth.ways)) {
    const inCamelCase = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(key).toBe(inCamelCase);
    expect(UpstreamAuth).toHaveProperty(inCamelCase);
    if (written === 'as a word') words.push(`\`'${key}'\``);
  }
  expect(page).toContain(`(but ${words.join(' and ')} as`);
});

test.each(Object.entries(WAYS))('the section of %s lists its variables, and no others', (name, { variables }) => {
  const sectionOf = (title: string): string => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const listedIn = (section: string): (string | undefined)[] =>
    [...section.matchAll(/^\| `UPSTREAM_([A-Z_]+)` \|/gm)].map(([, variable]) => variable);
  const section = sectionOf(name);
  // A section may add to another's table.
  const [, base] = /All variables of \[([a-z-]+)\]\(#\1\), and:/.exec(section) ?? [];
  const own = `${section}${base === undefined ? '' : sectionOf(base)}`;
  // Its table names this variable for what it may be there.
  const proofs = own.includes('](#without-a-shared-secret)')
    ? listedIn(sectionOf('Without a shared secret')).filter((variable) => variable !== 'AUTH_METHOD')
    : [];
  const listed = [...listedIn(own), ...proofs];
  expect(new Set(listed)).toEqual(new Set(Object.keys(variables)));
  expect(listed).toHaveLength(Object.keys(variables).length);
});
