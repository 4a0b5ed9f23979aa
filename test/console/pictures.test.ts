/** The docs' pictures of the console can be taken today, and are those that the docs have. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { CHROMIUM } from './browser.ts';
import { takePictures } from './pictures.ts';

const DOCS = join(ROOT, 'docs/pictures');

/** Width and height (PNG specification, 11.2.1). */
async function sizeOf(file: string): Promise<readonly number[]> {
  const png = await readFile(file);
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

test.skipIf(CHROMIUM === undefined)('each picture is taken, in the size that the docs show', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  try {
    await takePictures(folder);
    const taken = (await readdir(folder)).toSorted();
    expect(taken).toEqual((await readdir(DOCS)).filter((name) => name.startsWith('console-')).toSorted());
    for (const name of taken) expect(await sizeOf(join(folder, name)), name).toEqual(await sizeOf(join(DOCS, name)));
  } finally {
    await rm(folder, { recursive: true });
  }
});
