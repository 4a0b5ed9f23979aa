/** `npm run measure`: measures the detectors on the corpus and on real text, and prints tables. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../../bin/bundle.ts';
import { corpus, type Group, GROUPS, type Half, NOTHING, typeOf } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { realText } from './corpus/real-text.ts';
import { traps } from './corpus/traps.ts';
import { showAlarms, showMissed } from './examples.ts';
import { CHUNKS } from './floors.ts';
import { alarms, recall } from './measuring.ts';
import { packageData } from './packages/data.ts';
import { gitleaksFormats } from './packages/gitleaks.ts';
import { measurePeers } from './packages/peers.ts';
import { installPython, packagesOf } from './packages/python.ts';
import { alarmsTable, pageWith, type Peer, recallTable } from './page.ts';

const USAGE = `usage: npm run measure -- [development [--examples]] [--only TYPE,…] [--each N] [--peers] [--write]

  development  the half that detectors are made with; without it, the half that is held out
  --examples   what was missed and what was mistaken: of the half development only
  --only       some types of data: ${[...new Set([...GROUPS.map(typeOf), ...GROUPS])].join(', ')}
  --each       how many samples of each kind of data at each kind of place (default: 400)
  --peers      asks Presidio and detect-secrets too, which takes minutes; --write does so in any case
  --write      puts the tables into docs/detectors.md: of the whole half that is held out only

exit codes: 0 done, 2 wrong options`;

interface Options {
  readonly half: Half;
  readonly examples: boolean;
  readonly write: boolean;
  readonly peers: boolean;
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
      peers: flag,
      help: flag,
      only: { type: 'string' },
      each: { type: 'string', default: '400' },
    },
  });
  if (values.help === true) return undefined;
  const { examples = false, write = false, peers = write, only, each } = values;
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
  return { half: development ? 'development' : 'heldOut', examples, write, peers, each: Number(each), groups };
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
/** The parts of real text that the floors for false alarms are counted in. */
const REAL = CHUNKS;

const installed = installPython(progress);
if ('fault' in installed) progress(`skipping Python's packages and the peers: ${installed.fault}`);
const rules = gitleaksFormats();
if ('fault' in rules) progress(`skipping gitleaks' rules: ${rules.fault}`);
const formats = 'formats' in rules ? rules.formats : [];

progress('making the corpus');
const more = 'python' in installed ? packageData(installed.python, half, formats) : { ...NOTHING, formats };
const samples = corpus(half, each, more, groups);
progress(`searching ${samples.length} samples`);
const { rows, missed } = await recall(samples);
progress('reading the files of installed packages');
const folders = [join(ROOT, 'node_modules'), ...('python' in installed ? [packagesOf(installed.python)] : [])];
const chunks = realText(half, REAL, folders).map((document) => ({ kind: 'real text', document }));
progress(`searching ${chunks.length} parts of real text`);
const real = await alarms(chunks, groups);
const trap = await alarms(traps(half, 200, new Random(half === 'development' ? 5 : 977)), groups);
let peers: readonly Peer[] = [];
if ('python' in installed && options.peers) {
  progress('asking the peers, which takes some minutes');
  peers = measurePeers(installed.python, samples, chunks, groups);
}

const tables = `${recallTable(rows, peers)}\n\n${alarmsTable(real.rows, trap.rows, peers)}`;
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
