import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLAIMS_PAGE, claimsIn, claimsOf, CUT, type Ran, unproved } from './support/claims.ts';

const root = join(import.meta.dirname, '..');
const claims = claimsIn(root);

describe('each claim in docs/security-claims.md', () => {
  it('is there, on a page that SECURITY.md names', () => {
    expect(claims.length).toBeGreaterThan(200);
    expect(readFileSync(join(root, 'SECURITY.md'), 'utf8')).toContain(`](${CLAIMS_PAGE})`);
  });

  // The reporter checks that it ran, and asserted something, once all tests have run.
  it.each(claims)('names one test that exists: $claim', ({ file, title }) => {
    // The whole title or its beginning, in any quotes.
    const source = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'");
    const isCut = title.endsWith(CUT);
    const found = ["'", '"', '`'].flatMap((quote) =>
      source.split(isCut ? `${quote}${title.slice(0, -CUT.length)}` : `${quote}${title}${quote}`).slice(1),
    );
    expect(isCut ? found.length === 1 : found.length > 0).toBe(true);
  });
});

describe('a row of the page', () => {
  it('is a claim, whatever is around the table', () => {
    expect(
      claimsOf('## Sessions\n\n| claim | test |\n|---|---|\n| All is well. | `test/a.test.ts`: holds for %s |\n'),
    ).toEqual([{ claim: 'All is well.', file: 'test/a.test.ts', title: 'holds for %s' }]);
  });

  it('may have several tests', () => {
    const claim = 'All is well.';
    expect(claimsOf(`| ${claim} | \`test/a.test.ts\`: holds<br>goes on<br>\`test/b.test.ts\`: holds |`)).toEqual([
      { claim, file: 'test/a.test.ts', title: 'holds' },
      { claim, file: 'test/a.test.ts', title: 'goes on' },
      { claim, file: 'test/b.test.ts', title: 'holds' },
    ]);
  });

  it.each([
    '| All is well. | `test/a.test.ts` |',
    '| All is well. | `test/a.test.ts`: holds<br> |',
    '| All is well. | `test/a.test.ts`: holds<br>`test/b.test.ts` |',
    '| All is well. | test/a.test.ts: holds |',
    '| Sessions | All is well. | `test/a.test.ts`: holds |',
    '| All is well. | `test/a.test.ts` | holds |',
    '| All is well. | holds |',
  ])('that is not a claim is an error: %s', (row) => {
    expect(() => claimsOf(row)).toThrow('expected "| claim | `test/…`: title |"');
  });
});

describe('a claim', () => {
  const claim = { claim: 'All is well.', file: 'test/a.test.ts', title: 'holds for %s, and $name' };
  const ran = { file: 'test/a.test.ts', title: 'holds for one, and two', state: 'passed', assertions: 1 } as const;

  it.each<[string, readonly Ran[], string | undefined]>([
    ['is proved by a test that ran and asserted', [ran], undefined],
    [
      'is proved by one row of a table, even if others were skipped',
      [ran, { ...ran, title: 'holds for three, and four', state: 'skipped', assertions: 0 }],
      undefined,
    ],
    ['is not reported if its file did not run', [{ ...ran, file: 'test/b.test.ts', title: 'else' }], undefined],
    ['is unproved if its test is missing', [{ ...ran, title: 'holds for nobody' }], 'no such test ran'],
    ['is unproved if its test is skipped', [{ ...ran, state: 'skipped', assertions: 0 }], 'it was skipped'],
    [
      'is unproved if its test asserts nothing',
      [{ ...ran, assertions: 0 }],
      'it asserted nothing, or ran at the same time as others',
    ],
  ])('%s', (_case, tests, expected) => {
    const [fault, ...more] = unproved([claim], tests);
    expect(more).toEqual([]);
    expect(fault?.slice(0, fault.indexOf(':'))).toBe(expected);
  });

  it('may cite the beginning of a title', () => {
    expect(unproved([{ ...claim, title: 'holds for…' }], [ran])).toEqual([]);
    expect(unproved([{ ...claim, title: 'holds for nobody…' }], [ran])).toHaveLength(1);
  });
});

it('every dependency is one exact version, with a hash in the lock file', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(direct.length).toBeGreaterThan(10);
  for (const [name, version] of direct) expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; integrity?: string; inBundle?: boolean }>;
  };
  for (const [path, { integrity, inBundle }] of Object.entries(lock.packages)) {
    // The hash of a package also covers what its archive contains.
    if (path !== '' && inBundle !== true) expect(integrity, path).toMatch(/^sha512-/);
  }
});
