/** `npm run measure`: measures the detectors on the corpus and on real text, and prints tables. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../../../bin/bundle.ts';
import { corpus, corpusOf, NOTHING } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { realText } from './corpus/real-text.ts';
import { traps } from './corpus/traps.ts';
import { showAlarms, showMissed } from './examples.ts';
import { CHUNKS } from './floors.ts';
import { type Options, optionsOf, USAGE } from './measure-options.ts';
import { alarms, recall } from './measuring.ts';
import { packageData } from './packages/data.ts';
import { freshWords } from './packages/fresh.ts';
import { gitleaksFormats } from './packages/gitleaks.ts';
import { measurePeers } from './packages/peers.ts';
import { installPython, packagesOf } from './packages/python.ts';
import { alarmsTable, FRESH, pageWith, type Peer, recallTable } from './page.ts';

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

const installed = installPython(progress);
if ('fault' in installed) progress(`skipping Python's packages and the peers: ${installed.fault}`);
const rules = gitleaksFormats();
if ('fault' in rules) progress(`skipping gitleaks' rules: ${rules.fault}`);
const formats = 'formats' in rules ? rules.formats : [];
if (options.write && ('fault' in installed || 'fault' in rules)) {
  console.error(
    'measure: --write: expected Python and Go, because the page shows figures with their data; nothing is written',
  );
  process.exit(1);
}

progress('making the corpus');
const more = 'python' in installed ? packageData(installed.python, half, formats) : { ...NOTHING, formats };
const samples = corpus(half, each, more, groups);
progress(`searching ${samples.length} samples`);
const { rows, missed } = await recall(samples);
const fresh: Awaited<ReturnType<typeof recall>>[] = [];
if ('python' in installed) {
  const ids = 'ids' in rules ? rules.ids : new Set<string>();
  for (const list of ['fresh', 'newest', 'latest'] as const) {
    progress(`reading the ${list === 'fresh' ? 'new' : list} sources`);
    const words = freshWords(installed.python, list, half, ids, progress);
    fresh.push(await recall(corpusOf(half, each, { ...more, ...words }, groups)));
  }
}
progress('reading the files of installed packages');
const folders = [join(ROOT, 'node_modules'), ...('python' in installed ? [packagesOf(installed.python)] : [])];
const chunks = realText(half, CHUNKS, folders).map((document) => ({ kind: 'real text', document }));
progress(`searching ${chunks.length} parts of real text`);
const real = await alarms(chunks, groups);
const trap = await alarms(traps(half, 200, new Random(half === 'development' ? 5 : 977)), groups);
let peers: readonly Peer[] = [];
if ('python' in installed && options.peers) {
  progress('asking the peers, which takes some minutes');
  peers = measurePeers(installed.python, samples, chunks, groups);
}

const tables = `${recallTable(
  rows,
  peers,
  fresh.map((own) => own.rows),
)}\n\n${alarmsTable(real.rows, trap.rows, peers)}`;
process.stdout.write(`${tables}\n`);
if (options.examples) {
  showMissed(missed);
  for (const own of fresh) {
    console.log(`\nwith words of ${FRESH[fresh.indexOf(own)] ?? 'new sources'}:`);
    showMissed(own.missed);
  }
  showAlarms('mistaken in traps', trap.found);
  showAlarms('found in real text', real.found);
}
if (options.write) {
  const page = join(ROOT, 'docs/detectors.md');
  await writeFile(page, pageWith(await readFile(page, 'utf8'), tables));
}
