/**
 * Each rule on imports is tested with a file that breaks it. Overrides replace one another, so a rule could get lost
 * unnoticed.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CONTROLS, REFUSED, ROOMS, SHARED_WITH_LIB } from '../../lint-rooms.ts';

const root = join(import.meta.dirname, '../..');
const house = mkdtempSync(join(tmpdir(), 'lint-'));
afterAll(() => rmSync(house, { recursive: true, force: true }));
symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));

interface Report {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

/** The lines that lint refuses by a rule, by file. */
async function refused(
  rule: string,
  files: Readonly<Record<string, readonly string[]>>,
): Promise<Map<string, number[]>> {
  const folder = mkdtempSync(join(house, 'files-'));
  for (const file of ['oxlint.config.ts', 'lint-rooms.ts']) copyFileSync(join(root, file), join(folder, file));
  for (const [name, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), lines.join('\n'));
  }
  // The rules for controls are made from their folders.
  for (const name of CONTROLS) mkdirSync(join(folder, 'proxy/controls', name), { recursive: true });
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', 'oxlint.config.ts', '--format', 'json', '.'],
      { cwd: folder, maxBuffer: 2 ** 26 },
      (_, stdout) => resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(output) as Report;
  const found = new Map<string, number[]>();
  for (const { code, filename, labels } of diagnostics) {
    if (!code.includes(rule)) continue;
    const lines = found.get(filename) ?? [];
    found.set(
      filename,
      [...lines, labels[0]?.span.line ?? 0].sort((a, b) => a - b),
    );
  }
  return found;
}

/** A module that a pattern refuses. */
const exampleOf = (pattern: string): string =>
  pattern
    .replace(/^\*\*\//, '../../x/')
    .replace(/\*\*$/, 'file.ts')
    .replace(/\*$/, 'x');

describe('lint', () => {
  test('refuses each import that a folder must not have', async () => {
    const files = Object.fromEntries(
      Object.entries(REFUSED).map(([glob, patterns]) => {
        // Values, not types: some patterns refuse those only.
        const modules = patterns.flatMap(({ group }) => group.map(exampleOf));
        return [
          glob.replace('**', 'broken.ts'),
          modules.map((module, i) => `import { a as a${i} } from '${module}'; export const b${i} = a${i};`),
        ];
      }),
    );
    const found = await refused('no-restricted-imports', files);
    for (const [name, lines] of Object.entries(files))
      expect([name, found.get(name)]).toEqual([name, lines.map((_, i) => i + 1)]);
    expect(Object.keys(files).length).toBe(ROOMS.length + CONTROLS.length);
  });

  test('allows a room to import from each room below it', async () => {
    const files = Object.fromEntries(
      ROOMS.filter((room) => room !== 'controls').map((room, at) => {
        const below = ROOMS.filter((other) => other !== 'controls')
          .slice(0, at)
          .filter(
            (other) =>
              !(room === 'ingress' && other === 'upstream') &&
              !(['dispatch', 'ingress', 'telemetry'].includes(room) && other.startsWith('controls/')),
          );
        const up = '../'.repeat(room.split('/').length);
        return [
          `proxy/${room}/whole.ts`,
          below.map((other, i) => `import { a as a${i} } from '${up}${other}/file.ts'; export const b${i} = a${i};`),
        ];
      }),
    );
    const found = await refused('no-restricted-imports', files);
    expect([...found]).toEqual([]);
  });

  test('refuses cycles, also of types', async () => {
    const found = await refused('no-cycle', {
      'proxy/base/a.ts': ["import type { B } from './b.ts';", 'export type A = B | 1;'],
      'proxy/base/b.ts': ["import type { A } from './a.ts';", 'export type B = A | 2;'],
    });
    expect([...found.keys()].sort()).toEqual(['proxy/base/a.ts', 'proxy/base/b.ts']);
  });

  test('allows lib/ to import types of the proxy, and the rules that both share, which import nothing', async () => {
    const found = await refused('no-restricted-imports', {
      'lib/deep/broken.ts': [
        "import { a } from '../../proxy/upstream/auth/bearer.ts'; export const b = a;",
        "import type { A } from '../../proxy/upstream/auth/ways.ts'; export type B = A;",
        ...SHARED_WITH_LIB.map((file, i) => `import { c as c${i} } from '../../${file}'; export const d${i} = c${i};`),
      ],
      ...Object.fromEntries(
        SHARED_WITH_LIB.map((file) => [
          file,
          [
            "import { a } from './way.ts'; export const b = a;",
            "import { c } from 'node:fs'; export const d = c;",
            "import type { E } from '../../base/log.ts'; export type F = E;",
          ],
        ]),
      ),
    });
    expect(Object.fromEntries(found)).toEqual({
      'lib/deep/broken.ts': [1],
      ...Object.fromEntries(SHARED_WITH_LIB.map((file) => [file, [1, 2, 3]])),
    });
  });

  test('knows every room', () => {
    const folders = readdirSync(join(root, 'proxy'), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    expect(new Set(folders)).toEqual(new Set(ROOMS.map((room) => room.split('/')[0] ?? '')));
  });
});
