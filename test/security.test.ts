import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The rows of the table in SECURITY.md: claim, file, test. */
const rows = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`test/'));
const claims = rows
  .map((line) => /^\| (.+) \| `(test\/\S+)` \| (.+) \|$/.exec(line))
  .filter((row) => row !== null)
  .map(([, claim = '', file = '', title = '']) => ({ claim, file, title }));

describe('each claim in SECURITY.md', () => {
  it('is there', () => {
    expect(claims.length).toBeGreaterThan(80);
    expect(claims).toHaveLength(rows.length);
  });

  it.each(claims)('names a test that exists: $claim', ({ file, title }) => {
    // The whole title, whichever quotes the source has it in.
    const source = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'");
    expect(['\'', '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`))).toBe(true);
  });
});

it('every dependency is one exact version, with a hash in the lock file', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>;
  const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  expect(direct.length).toBeGreaterThan(10);
  for (const [name, version] of direct) expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version?: string; integrity?: string; inBundle?: boolean }> };
  for (const [path, { integrity, inBundle }] of Object.entries(lock.packages)) {
    // What a package brings along in its own archive is covered by that one's hash.
    if (path !== '' && inBundle !== true) expect(integrity, path).toMatch(/^sha512-/);
  }
});
