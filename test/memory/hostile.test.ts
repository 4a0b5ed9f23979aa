import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { collectionsIn, NO_CACHES } from './kept.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIB = 1024 * 1024;

interface Held {
  readonly before: number;
  readonly after: number;
  /** Characters. */
  readonly sent: number;
  readonly caches: readonly {
    readonly file: string;
    readonly entries: number;
    readonly bytes: number;
    readonly within: boolean;
  }[];
}

const sources = globSync('{proxy,examples/controls}/**/*.ts', { cwd: ROOT })
  .toSorted()
  .map((file) => ({ file, source: readFileSync(join(ROOT, file), 'utf8') }));

it('every collection that outlives a call is a cache, or a reason says why it needs no limit', () => {
  const found = sources.flatMap(({ file, source }) => collectionsIn(source).map((name) => `${file} ${name}`));
  expect([...new Set(found)].toSorted()).toEqual(Object.keys(NO_CACHES).toSorted());
});

it('such a collection is found in any form of declaration', () => {
  expect(
    collectionsIn(
      '  readonly #a = new Map<string, number>();\n  static b: Set<string> = new Set();\nconst c = new Map<string, string>();\nlet d: string[] = [];\n    this.#e = new Set(x);',
    ),
  ).toEqual(['#a', 'b', 'c', 'd', '#e']);
  expect(collectionsIn("const A: ReadonlySet<string> = new Set(['x']);\n    const local = new Map();")).toEqual([]);
});

it(
  'every cache holds only what it declares, between a client and an upstream that make up endless names',
  { timeout: 600_000 },
  async () => {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', join(import.meta.dirname, 'hostile-proxies.ts')],
      { cwd: ROOT, maxBuffer: 256 * MIB },
    );
    const { before, after, sent, caches }: Held = JSON.parse(stderr.slice(stderr.lastIndexOf('{"before"')));
    // Each cache got an entry. For a new cache, these messages must also fill it, or more messages are needed.
    const asked = new Set(caches.map(({ file }) => file));
    expect(
      sources
        .filter(
          ({ file, source }) => source.includes('new Cache') && file !== 'proxy/base/cache.ts' && !asked.has(file),
        )
        .map(({ file }) => file),
    ).toEqual([]);
    expect(caches.filter(({ within }) => !within)).toEqual([]);
    const bytes = caches.reduce((sum, cache) => sum + cache.bytes, 0);
    // If anything kept the texts that the names were cut from, all of them would be held.
    expect(sent).toBeGreaterThan(300 * MIB);
    expect((after - before) / MIB).toBeLessThan(bytes / MIB + 16);
  },
);
