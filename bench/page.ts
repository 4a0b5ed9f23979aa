/** Puts what rows measured into docs/benchmarks.md: each row has a block there, with its date, machine and load. */
import { type Finding, shown, verdict } from './finding.ts';

/** The rows that a page has a block for. */
export function rowsOf(page: string): string[] {
  return [...page.matchAll(/^<!-- measured: ([\w-]+) -->$/gm)].map(([, row = '']) => row);
}

/**
 * The page with a row's block replaced.
 * @param how the date, machine and load, in one line
 * @throws Error if the page has no block for the row
 */
export function placed(page: string, row: string, findings: readonly Finding[], how: string): string {
  const begin = `<!-- measured: ${row} -->\n`;
  const end = '<!-- /measured -->';
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`got no block for row ${row} on the page, expected ${begin}${end}`);
  return `${page.slice(0, from)}${begin}${block(findings)}\n\n${how}\n${page.slice(to)}`;
}

function block(findings: readonly Finding[]): string {
  const places = findings.map(({ at }) => at);
  return places.every((at) => at !== undefined) ? grid(findings, places) : list(findings);
}

/** A line for each finding. */
function list(findings: readonly Finding[]): string {
  const lines = findings.map((f) => `| ${f.what} | ${measured(f)} | ${bound(f)} | ${f.detail ?? ''} |`);
  return ['| | measured | must be | |', '|---|---|---|---|', ...lines].join('\n');
}

/** A cell for each finding. */
function grid(findings: readonly Finding[], places: readonly (readonly [line: string, column: string])[]): string {
  const lines = [...new Set(places.map(([line]) => line))];
  const columns = [...new Set(places.map(([, column]) => column))];
  const cell = (line: string, column: string): string => {
    const found = findings.find(({ at }) => at?.[0] === line && at[1] === column);
    if (found === undefined) return '';
    const must = bound(found);
    return `${measured(found)}${must === '' ? '' : `; ${must}`}${found.amount === undefined ? '' : `; ${found.amount}`}`;
  };
  return [
    `| | ${columns.join(' | ')} |`,
    `|---${'|---'.repeat(columns.length)}|`,
    ...lines.map((line) => `| ${[line, ...columns.map((column) => cell(line, column))].join(' | ')} |`),
  ].join('\n');
}

function measured(finding: Finding): string {
  const { value, unit, min, max } = finding;
  switch (verdict(finding)) {
    case 'SKIPPED':
      return 'skipped';
    case 'FAILED':
      return '**failed**';
    default: {
      const range = min === undefined || max === undefined ? '' : ` (${shown(min, unit)} … ${shown(max, unit)})`;
      const median = `${shown(value, unit)} ${unit}`;
      return `${verdict(finding) === 'MISSED' ? `**${median}**` : median}${range}`;
    }
  }
}

function bound({ bound: must, unit }: Finding): string {
  if (must === undefined) return '';
  return 'atMost' in must ? `≤ ${must.atMost} ${unit}` : `≥ ${must.atLeast} ${unit}`;
}
