/** Real text without secrets: READMEs, sources, types, schemas and manifests of the installed packages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../../bin/bundle.ts';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';
import { interval } from '../interval.ts';

const CHUNK = 800;
/** Chunks of a file. Some are very long. */
const MOST = 12;
/** Documented examples of passwords and keys are found, rightly. */
const SHARE = 0.002;

function* files(folder: string, depth: number): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) yield* files(path, depth - 1);
    else if (entry.isFile() && /\.(?:md|json|ts|js|mjs|cjs|yml|yaml|txt)$/.test(entry.name)) yield path;
  }
}

test('finds next to nothing in the texts of the installed packages', () => {
  const detector = secret();
  let chunks = 0;
  const found: string[] = [];
  let count = 0;
  for (const path of files(join(ROOT, 'node_modules'), 3)) {
    // Every seventh.
    if (count++ % 7 !== 0) continue;
    const text = readFileSync(path, 'utf8');
    for (let i = 0; i < MOST && i * CHUNK < text.length; i++) {
      chunks++;
      const chunk = text.slice(i * CHUNK, (i + 1) * CHUNK);
      if (detector.find(chunk).length > 0) found.push(path);
    }
  }
  expect(chunks).toBeGreaterThan(5_000);
  // The packages change with each update: fails if the share is above the bound in more than these files.
  expect(interval(found.length, chunks)[0], found.join('\n')).toBeLessThanOrEqual(SHARE);
});
