/**
 * Measures the detectors on the corpus and prints a table: `node test/controls/detectors/measure.ts [development] [--write]`.
 * The half that is held out, unless told otherwise; `--write` puts the tables into docs/detectors.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../../bin/bundle.ts';
import { measure } from './measuring.ts';
import { pageWith, tableOf } from './page.ts';

const half = process.argv.includes('development') ? 'development' : 'heldOut';
const { rows, missed, mistaken } = await measure(half);
process.stdout.write(`${tableOf(rows)}\n`);
if (process.argv.includes('--examples')) {
  if (half === 'heldOut') throw new Error('what is held out is not looked at: node test/controls/detectors/measure.ts development --examples');
  for (const [title, list] of [['missed', missed], ['mistaken', mistaken]] as const) {
    process.stdout.write(`\n${title}\n`);
    for (const { detector, sample, spans } of list.slice(0, 40)) {
      process.stdout.write(`${detector} · ${sample.kind} · ${sample.field ?? ''} · ${JSON.stringify(sample.text)} → ${spans.map(({ start, end }) => sample.text.slice(start, end)).join(' | ')}\n`);
    }
  }
}
if (process.argv.includes('--write')) {
  const page = join(ROOT, 'docs/detectors.md');
  await writeFile(page, pageWith(await readFile(page, 'utf8'), tableOf(rows)));
}
