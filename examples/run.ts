/**
 * Runs the examples, each in its own process, and says which held. Needs no AWS account.
 *
 *   npm run examples              all of them
 *   npm run examples -- oauth     one
 *
 * Exit codes: 0 all held, 1 one did not, 2 there is no such example.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Two processes keep two cores busy. */
const AT_ONCE = 2;
const LIMIT_MS = 180_000;

const here = fileURLToPath(new URL('.', import.meta.url));
const names = (await readdir(here)).filter((name) => existsSync(`${here}${name}/run.ts`)).toSorted();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no example ${unknown.join(', ')}: expected some of ${names.join(', ')}`);
  process.exit(2);
}

interface Ended {
  readonly name: string;
  readonly good: boolean;
  readonly text: string;
  readonly seconds: number;
}

const waiting = wanted.length > 0 ? [...wanted] : names;
const ended: Ended[] = [];
async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const one = await run(name);
    ended.push(one);
    console.log(`\n== ${one.name} (${one.seconds.toFixed(1)} s)\n${one.text.trimEnd()}`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

const failed = ended.filter(({ good }) => !good).map(({ name }) => name);
console.log(
  failed.length === 0
    ? `\n${ended.length === 1 ? '1 example' : `${ended.length} examples`} ran, and all checks held`
    : `\nfailed: ${failed.toSorted().join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function run(name: string): Promise<Ended> {
  const began = performance.now();
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${here}${name}/run.ts`],
      // SIGTERM, so that it can end what it started.
      { timeout: LIMIT_MS, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        resolve({ name, good: error === null, text: stdout + stderr, seconds: (performance.now() - began) / 1_000 });
      },
    );
  });
}
