/** `npm run measure`: measures the detectors on the corpus and prints a table. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../../bin/bundle.ts';
import { measure } from './measuring.ts';
import { pageWith, tableOf } from './page.ts';

const USAGE = `usage: npm run measure -- [development [--examples]] [--write]

  development  the half that detectors are made with; without it, the half that is held out
  --examples   what was missed and what was mistaken: of the half development only
  --write      puts the table into docs/detectors.md: of the half that is held out only

exit codes: 0 done, 2 wrong options`;

const flag = { type: 'boolean' } as const;
let options: { readonly development: boolean; readonly examples: boolean; readonly write: boolean };
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { examples: flag, write: flag, help: flag },
  });
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  const { examples = false, write = false } = values;
  const development = positionals[0] === 'development';
  if (positionals.length > (development ? 1 : 0))
    throw new TypeError(`expected development or nothing, got ${positionals.join(' ')}`);
  if (examples && !development)
    throw new TypeError('--examples: expected it with development only, because nobody may look at the held-out half');
  if (write && development)
    throw new TypeError('--write: expected it without development, because the page shows the held-out half');
  options = { development, examples, write };
} catch (error) {
  console.error(
    `measure: ${error instanceof Error ? error.message.split('. To specify', 1)[0] : String(error)}\n\n${USAGE}`,
  );
  process.exit(2);
}

const { rows, missed, mistaken } = await measure(options.development ? 'development' : 'heldOut');
process.stdout.write(`${tableOf(rows)}\n`);
if (options.examples) {
  for (const [title, list] of [
    ['missed', missed],
    ['mistaken', mistaken],
  ] as const) {
    process.stdout.write(`\n${title}\n`);
    for (const { detector, sample, spans } of list.slice(0, 40)) {
      process.stdout.write(
        `${detector} · ${sample.kind} · ${sample.field ?? ''} · ${JSON.stringify(sample.text)} → ${spans.map(({ start, end }) => sample.text.slice(start, end)).join(' | ')}\n`,
      );
    }
  }
}
if (options.write) {
  const page = join(ROOT, 'docs/detectors.md');
  await writeFile(page, pageWith(await readFile(page, 'utf8'), tableOf(rows)));
}
