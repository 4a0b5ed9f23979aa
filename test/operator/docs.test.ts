import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EXIT } from '../../bin/operator/failure.ts';
import { liveChecks } from '../../bin/operator/live/checks.ts';
import { cli } from './cli.ts';

const page = await readFile('docs/operate.md', 'utf8');

/** The codes in the first column of a section's table. */
function firstColumn(section: string): string[] {
  const text = page.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| ((?:`[^`]+`(?:, )?)+|\d+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
}

it('the page lists every check of verify, and no others', () => {
  expect(
    firstColumn('verify')
      .filter((id) => !id.startsWith('INBOUND_'))
      .sort(),
  ).toEqual(
    liveChecks()
      .map(({ id }) => id)
      .sort(),
  );
});

it('the page lists every exit code', () => {
  expect(firstColumn('Exit codes').map(Number)).toEqual(Object.values(EXIT));
});

it('the page lists every check of the doctor', async () => {
  const sources = await Promise.all(
    ['bin/operator/examine.ts', 'bin/operator/checks/upstream.ts', 'bin/operator/checks/lock.ts'].map((file) =>
      readFile(file, 'utf8'),
    ),
  );
  const reported = new Set(
    [...sources.join('').matchAll(/(?:report\(|found\.length === 1 \?|results\.push\(\[|\[\[)\s*'([a-z]+)'/g)].map(
      ([, id = '']) => id,
    ),
  );
  expect(firstColumn('doctor').sort()).toEqual([...reported].sort());
});

it.each(['doctor', 'deploy', 'destroy', 'status', 'verify'])(
  'npm run %s --help names the options and the exit codes',
  async (name) => {
    const { code, stdout, stderr } = await cli(name, ['--help'], { PATH: process.env['PATH'] ?? '' });
    expect(stdout).toMatch(new RegExp(`^usage: npm run ${name} `));
    expect(stdout).toMatch(/--json/);
    expect(stdout).toMatch(/exit codes: 0 /);
    expect([code, stderr]).toEqual([0, '']);
  },
);
