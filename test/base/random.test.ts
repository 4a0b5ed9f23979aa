import fs, { readdirSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelHex, kernelUuid } from '../../proxy/base/random.ts';

test('a UUID has the form of RFC 9562, version 4, with all digits random but two, and no two are the same', () => {
  const ids = Array.from({ length: 4_000 }, kernelUuid);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  const fixed = Array.from('00000000-0000-4000-0000-000000000000').map(
    (_, at) => new Set(ids.map((id) => id[at])).size === 1,
  );
  expect(fixed.flatMap((same, at) => (same ? [at] : []))).toEqual([8, 13, 14, 18, 23]);
});

test('random bytes are kept for at most a second by the wall clock, so that a restored snapshot makes new ones', () => {
  const now = Date.now;
  // Later than what an earlier test drew.
  let clock = now() + 3_600_000;
  let drawn = 0;
  const read = fs.readSync;
  fs.readSync = new Proxy(read, { apply: (target, self, given) => (drawn++, Reflect.apply(target, self, given)) });
  syncBuiltinESMExports();
  Date.now = () => clock;
  try {
    for (const [passed, draws] of [
      [0, 1],
      [900, 1],
      [200, 2],
      [-3_600_000, 3],
    ] as const) {
      clock += passed;
      kernelHex(16);
      expect(drawn).toBe(draws);
    }
  } finally {
    Date.now = now;
    fs.readSync = read;
    syncBuiltinESMExports();
  }
});

test('no file of the proxy draws from a generator of the process, which is the same in each copy of a snapshot', () => {
  const root = join(import.meta.dirname, '../../proxy');
  const drawing = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== join('base', 'random.ts'))
    .filter((file) =>
      /\b(?:random(?:UUID|Bytes|FillSync|Fill|Int)|getRandomValues|Math\.random)\b/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
  expect(drawing).toEqual([]);
});
