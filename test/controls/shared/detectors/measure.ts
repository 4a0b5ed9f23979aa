/** `npm run measure`: measures the detectors on the corpus and on real text, and prints tables. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../../../../bin/bundle.ts';
import { corpus, corpusOf, type Group, GROUPS, NOTHING, type Sample } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { realText } from './corpus/real-text.ts';
import { traps } from './corpus/traps.ts';
import { showAlarms, showMissed } from './examples.ts';
import { CHUNKS } from './floors.ts';
import { hashOf, Parts } from './kept.ts';
import { type Options, optionsOf, USAGE } from './measure-options.ts';
import {
  type Alarm,
  ALARMS,
  type Alarms,
  alarms,
  type Miss,
  RECALL,
  type Recall,
  recall,
  triedFor,
} from './measuring.ts';
import { packageData } from './packages/data.ts';
import { freshWords } from './packages/fresh.ts';
import { gitleaksFormats } from './packages/gitleaks.ts';
import { measurePeers, partsOfPeers } from './packages/peers.ts';
import { installPython, packagesOf } from './packages/python.ts';
import { alarmsTable, FRESH, pageWith, recallTable } from './page.ts';

/** What the samples and texts come from, and what searches them. */
const DATA = ['corpus', 'packages'];
const MEASURED = ['proxy/controls/shared', 'proxy/controls/redaction', 'test/controls/shared/detectors/probe.ts'];
// Before anything takes time: somebody may change them meanwhile.
const searching = hashOf(...MEASURED.map((path) => join(ROOT, path)));
const data = hashOf(...DATA.map((path) => join(import.meta.dirname, path)), join(ROOT, 'package-lock.json'));

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

const more = 'python' in installed ? packageData(installed.python, half, formats) : { ...NOTHING, formats };
const samples = corpus(half, each, more, groups);
/** The corpus, and those with words of new sources only. */
const corpora = [{ name: 'found', made: (group: Group) => samples.filter((sample) => sample.group === group) }];
if ('python' in installed) {
  const ids = 'ids' in rules ? rules.ids : new Set<string>();
  for (const [i, list] of (['fresh', 'newest', 'latest'] as const).entries()) {
    const words = freshWords(installed.python, list, half, ids, progress);
    const made = (group: Group): Sample[] => corpusOf(half, each, { ...more, ...words }, [group]);
    corpora.push({ name: FRESH[i] ?? list, made });
  }
}
progress('reading the files of installed packages');
const folders = [join(ROOT, 'node_modules'), ...('python' in installed ? [packagesOf(installed.python)] : [])];
const chunks = realText(half, CHUNKS, folders).map((document) => ({ kind: 'real text', document }));
const lines = traps(half, 200, new Random(half === 'development' ? 5 : 977));
const tried = triedFor(groups);
const asks = 'python' in installed && options.peers;

const parts = new Parts(
  corpora.length * groups.length + 2 * tried.length + (asks ? partsOfPeers(samples, chunks, groups) : 0),
  progress,
);
const given = `${half}-${each}-${groups.length === GROUPS.length ? 'all' : groups.join('-')}-${'python' in installed}-${formats.length}-${chunks.length}-${data}`;
// Examples are not kept, so that they are shown each time.
const key = options.examples ? undefined : `${given}-${searching}`;

const rows: Recall[][] = corpora.map(() => []);
const missed: Miss[][] = corpora.map(() => []);
for (const group of groups)
  for (const [i, { name, made }] of corpora.entries()) {
    const own = await parts.of(`${group}, ${name}`, key, z.array(RECALL), async () => {
      const found = await recall(made(group));
      missed[i]?.push(...found.missed);
      return [...found.rows];
    });
    rows[i]?.push(...own);
  }
const real: Alarms[] = [];
const trap: Alarms[] = [];
const found: Record<'real' | 'trap', Alarm[]> = { real: [], trap: [] };
for (const detector of tried)
  for (const [name, texts, into] of [
    ['real', chunks, real],
    ['trap', lines, trap],
  ] as const) {
    const own = await parts.of(
      `${detector}, ${name === 'real' ? 'real text' : 'traps'}`,
      key,
      z.array(ALARMS),
      async () => {
        const all = await alarms(texts, [detector]);
        found[name].push(...all.found);
        return [...all.rows];
      },
    );
    into.push(...own);
  }
const peers =
  asks && 'python' in installed ? await measurePeers(installed.python, samples, chunks, groups, parts, given) : [];

const [first = [], ...fresh] = rows;
const tables = `${recallTable(first, peers, fresh)}\n\n${alarmsTable(real, trap, peers)}`;
process.stdout.write(`${tables}\n`);
if (options.examples) {
  for (const [i, own] of missed.entries()) {
    if (i > 0) console.log(`\nwith words of ${corpora[i]?.name}:`);
    showMissed(own);
  }
  showAlarms('mistaken in traps', found.trap);
  showAlarms('found in real text', found.real);
}
if (options.write) {
  const page = join(ROOT, 'docs/detectors.md');
  await writeFile(page, pageWith(await readFile(page, 'utf8'), tables));
}
