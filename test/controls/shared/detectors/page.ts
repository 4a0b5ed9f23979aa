/** The table in docs/detectors.md. */
import type { Row } from './measuring.ts';

const BEGIN = '<!-- measured: node test/controls/shared/detectors/measure.ts --write -->';
const END = '<!-- /measured -->';

export function tableOf(rows: readonly Row[]): string {
  const percent = (part: number, of: number): string => `${((part / of) * 100).toFixed(2)} %`;
  return [
    '| detector | values | found | of these with exact ends | look-alikes | mistaken | of the worst kind | texts with other types | mistaken |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.detector} | ${row.positives} | ${percent(row.found, row.positives)} | ${percent(row.exact, row.found)} | ${row.lookAlikes} | ${percent(row.mistaken, row.lookAlikes)} | ${row.worst === undefined ? '' : `${row.worst.kind} ${percent(row.worst.share, 1)}`} | ${row.others} | ${percent(row.confused, row.others)} |`,
    ),
  ].join('\n');
}

/** The table in the page. */
export function tableIn(page: string): string {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

export function pageWith(page: string, table: string): string {
  if (!page.includes(BEGIN) || !page.includes(END)) throw new Error(`expected the page to have ${BEGIN} and ${END}`);
  return `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${page.slice(page.indexOf(END))}`;
}
