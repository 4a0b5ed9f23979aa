/** `npm run measure`: measures the detectors on the corpus and on real text, and prints tables. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../../bin/bundle.ts';
import { corpus, type Group, GROUPS, type Half, typeOf } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { realText } from './corpus/real-text.ts';
import { traps } from './corpus/traps.ts';
import { showAlarms, showMissed } from './examples.ts';
import { alarms, recall } from './measuring.ts';
import { alarmsTable, pageWith, recallTable } from './page.ts';

const USAGE = `usage: npm run measure -- [development [--examples]] [--only TYPE,…] [--each N] [--write]

  development  the half that detectors are made with; without it, the half that is held out
  --examples   what was missed and what was mistaken: of the half development only
  --only       some types of data: ${[...new Set([...GROUPS.map(typeOf), ...GROUPS])].join(', ')}
  --each       how many samples of each kind of data at each kind of place (default: 400)
  --write      puts the tables into docs/detectors.md: of the whole half that is held out only

exit codes: 0 done, 2 wrong options`;

interface Options {
  readonly half: Half;
  readonly examples: boolean;
  readonly write: boolean;
  readonly each: number;
  readonly groups: readonly Group[];
}

function optionsOf(args: readonly string[]): Options | undefined {
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      examples: flag,
      write: flag,
      help: flag,
      only: { type: 'string' },
      each: { type: 'string', default: '400' },
    },
  });
  if (values.help === true) return undefined;
  const { examples = false, write = false, only, each } = values;
  const development = positionals[0] === 'development';
  if (positionals.length > (development ? 1 : 0))
    throw new TypeError(`expected development or nothing, got ${positionals.join(' ')}`);
  if (examples && !development)
    throw new TypeError('--examples: expected it with development only, because nobody may look at the held-out half');
  if (write && (development || only !== undefined))
    throw new TypeError('--write: expected it alone, because the page shows the whole held-out half');
  if (!/^[1-9]\d{0,4}$/.test(each)) throw new TypeError(`--each: expected a number from 1 to 99999, got ${each}`);
  const names = only?.split(',') ?? [];
  for (const name of names)
    if (!GROUPS.some((group) => group === name || typeOf(group) === name))
      throw new TypeError(`--only: expected types of data, got ${name}`);
  const groups = GROUPS.filter((group) => only === undefined || names.includes(group) || names.includes(typeOf(group)));
  return { half: development ? 'development' : 'heldOut', examples, write, each: Number(each), groups };
}

let options: Options;
try {
  const given = optionsOf(process.argv.slice(2));
  if (given === undefined) {
    console.log(USAGE);
    process.exit(0);
  }
  options = given;
} catch (error) {
  console.error(
    `measure: ${error instanceof Error ? error.message.split('. To specify', 1)[0] : String(error)}\n\n${USAGE}`,
  );
  process.exit(2);
}

const { half, each, groups } = options;
const progress = (text: string): void => console.error(`measure: ${text}`);
const REAL = 29_350;

progress('making the corpus');
const samples = corpus(half, each, undefined, groups);
progress(`searching ${samples.length} samples`);
const { rows, missed } = await recall(samples);
progress('reading the files of installed packages');
const chunks = realText(half, REAL, [join(ROOT, 'node_modules')]).map((document) => ({ kind: 'real text', document }));
progress(`searching ${chunks.length} parts of real text`);
const real = await alarms(chunks, groups);
const trap = await alarms(traps(half, 200, new Random(half === 'development' ? 5 : 977)), groups);

const tables = `${recallTable(rows)}\n\n${alarmsTable(real.rows, trap.rows)}`;
process.stdout.write(`${tables}\n`);
if (options.examples) {
  showMissed(missed);
  showAlarms('mistaken in traps', trap.found);
  showAlarms('found in real text', real.found);
}
if (options.write) {
  const page = join(ROOT, 'docs/detectors.md');
  await writeFile(page, pageWith(await readFile(page, 'utf8'), tables));
}
