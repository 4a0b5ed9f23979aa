import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asInImage } from '../../bench/as-in-image.ts';
import { root } from '../../bench/build.ts';

describe('the proxy of a benchmark', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'as-in-image-'));
    mkdirSync(join(folder, 'proxy'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("gets the flags of the image's Dockerfile, which make the young generation smaller", () => {
    writeFileSync(
      join(folder, 'main.mjs'),
      'import v8 from "node:v8"; console.log(v8.getHeapStatistics().heap_size_limit, process.execArgv.join());',
    );
    const started = (args: readonly string[]): string[] =>
      spawnSync(process.execPath, args, { encoding: 'utf8', env: {} }).stdout.trim().split(' ');
    const [limit, flags] = started(asInImage(folder, root).args);
    expect(flags).toBe('--max-semi-space-size=16');
    const [without] = started([join(folder, 'main.mjs')]);
    expect(Number(limit)).toBeLessThan(Number(without));
  });

  it.each([
    ['FROM x\n', 'got $'],
    ['ENTRYPOINT ["sh", "/app/main.mjs"]\n', 'got sh /app/main.mjs'],
    ['ENTRYPOINT ["node", "/other.mjs"]\n', 'got node /other.mjs'],
    ['ENTRYPOINT ["node", "start", "/app/main.mjs"]\n', 'got node start /app/main.mjs'],
  ])('is not measured if the image starts something else: %j', (dockerfile, got) => {
    writeFileSync(join(folder, 'proxy/Dockerfile'), dockerfile);
    expect(() => asInImage(folder, folder)).toThrow(new RegExp(`expected ENTRYPOINT .*${got}`));
  });
});
