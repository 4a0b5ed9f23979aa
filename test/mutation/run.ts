import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
/**
 * `npm run mutate [-- FILE …] [--concurrency N]`: changes one thing at a time in the files that the claims of SECURITY.md rest
 * on, and runs the file's tests: one of them must fail. FILE is a path below `proxy/`, of a file or folder.
 */
import { Stryker } from '@stryker-mutator/core';
import { ROOT } from '../../bin/bundle.ts';
import type { Mutant } from './mutants.ts';
import { passes, REQUIRED, type Score, scoreOf, tableOf } from './score.ts';
import { pageWith } from './scores-page.ts';
import { SURVIVORS } from './survivors/index.ts';
import { TARGETS } from './targets.ts';
import { nameTests } from './tests-variable.ts';

const FOLDER = '.cache/mutation';
const PAGE = 'test/mutation/scores.md';

const { values: options, positionals } = parseArgs({
  options: { concurrency: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const concurrency = Number(options.concurrency);
if (!Number.isInteger(concurrency) || concurrency < 1)
  refuse(`--concurrency: got ${JSON.stringify(options.concurrency)}, expected a number of workers such as 1`);
const named = (file: string, wanted: string): boolean => file === wanted || file.startsWith(`${wanted}/`);
for (const wanted of positionals)
  if (!Object.keys(TARGETS).some((file) => named(file, wanted)))
    refuse(
      `got ${JSON.stringify(wanted)}, expected a file or folder of test/mutation/targets.ts, such as upstream/address`,
    );

const chosen = Object.entries(TARGETS).filter(
  ([file]) => positionals.length === 0 || positionals.some((wanted) => named(file, wanted)),
);
process.chdir(ROOT);
mkdirSync(FOLDER, { recursive: true });
const scores: Score[] = [];
let number = 0;
for (const [file, tests] of chosen) {
  number++;
  console.log(`\n${file} (${number} of ${chosen.length}): ${tests.join(', ')}`);
  const score = await mutate(file, tests);
  if (score === undefined) {
    process.exitCode = 1;
    continue;
  }
  scores.push(score);
  await writeFile(PAGE, pageWith(await readFile(PAGE, 'utf8'), [score]));
  report(score);
}
console.log(`\n${tableOf(scores)}`);
if (!scores.every(passes)) process.exitCode = 1;

/** Undefined if the tests fail without a mutation: the others are still run. */
async function mutate(file: string, tests: readonly string[]): Promise<Score | undefined> {
  const path = `proxy/${file}.ts`;
  // Before the run, which takes minutes: somebody may edit it meanwhile.
  const source = await readFile(path, 'utf8');
  nameTests(file, tests, process.env);
  const stryker = new Stryker({
    configFile: 'test/mutation/stryker.config.mjs',
    mutate: [path],
    concurrency,
    htmlReporter: { fileName: `${FOLDER}/${file.replaceAll('/', '-')}.html` },
  });
  try {
    return scoreOf(file, source, await stryker.runMutationTest(), SURVIVORS[file] ?? []);
  } catch (error) {
    console.error(`mutate: ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function report(score: Score): void {
  for (const { number, reached, ...mutant } of score.survived)
    console.log(`${reached ? 'survived' : 'run by no test'}, line ${number}:\n  ${shown(mutant)}`);
  for (const { number, reached: _, ...mutant } of score.late)
    console.log(`noticed by a limit of time, line ${number}:\n  ${shown(mutant)}`);
  for (const mutant of score.stale)
    console.log(`explained in test/mutation/survivors, but killed or gone. Remove:\n  ${shown(mutant)}`);
  if (score.percent < REQUIRED)
    console.log(
      `${score.file}: got ${score.percent.toFixed(1)} %, expected ${REQUIRED} % or more: add tests, or explain survivors`,
    );
}

/** As it stands in `survivors/`. */
function shown({ was, becomes }: Mutant): string {
  return `{ was: ${JSON.stringify(was)}, becomes: ${JSON.stringify(becomes)} },`;
}

function refuse(message: string): never {
  console.error(`mutate: ${message}`);
  process.exit(1);
}
