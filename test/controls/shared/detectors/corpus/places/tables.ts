/** A value in a table whose heading says what it is, and in pairs of a name and a value. */
import type { JsonObject, JsonValue } from '../../../../../../proxy/json/value.ts';
import type { Random } from '../random.ts';
import type { Made, Making, Value } from '../sample.ts';
import type { Half } from '../words.ts';

/** Columns beside it: their cells never look like data of a person. */
const COLUMNS: readonly (readonly [heading: string, cell: (random: Random) => string])[] = [
  ['Name', (r) => r.word('Ida Tomás Chiara Kenji Wanjiru')],
  ['Status', (r) => r.word('open closed')],
  ['Notes', (r) => r.word('ok late vip')],
  ['Qty', (r) => String(r.int(1, 20))],
  ['Country', (r) => r.word('AT PT JP KE')],
];

interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
type Layout = readonly [shape: string, written: (table: Table) => JsonValue];

const quoted = (cell: string, separator: string): string =>
  cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
const separated =
  (separator: string) =>
  ({ heads, rows }: Table): string =>
    [heads, ...rows].map((row) => row.map((cell) => quoted(cell, separator)).join(separator)).join('\n');
const cells = (row: readonly string[], tag: string): string => row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
const padded = (row: readonly string[]): string => row.map((cell) => ` ${cell.padEnd(14)} `).join('|');

/** Layouts that both halves have, and those of one. */
const BOTH: readonly Layout[] = [
  ['csv', separated(',')],
  ['tsv', separated('\t')],
  [
    'markdown',
    ({ heads, rows }) => [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
  ],
  ['columns and rows', ({ heads, rows }) => ({ columns: heads, rows })],
  [
    'html',
    ({ heads, rows }) =>
      `<table><thead><tr>${cells(heads, 'th')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table>`,
  ],
];
const LAYOUTS: Readonly<Record<Half, readonly Layout[]>> = {
  development: [
    ...BOTH,
    ['header and data', ({ heads, rows }) => ({ header: heads, data: rows })],
    ['csv with a line before', (table) => `Export of today\n\n${separated(',')(table)}`],
    ['described columns', ({ heads, rows }) => ({ fields: heads.map((name) => ({ name, type: 'string' })), rows })],
  ],
  heldOut: [
    ...BOTH,
    ['headers and values', ({ heads, rows }) => ({ headers: heads, values: rows })],
    ['semicolons', separated(';')],
    [
      'psql',
      ({ heads, rows }) => [padded(heads), heads.map(() => '-'.repeat(16)).join('+'), ...rows.map(padded)].join('\n'),
    ],
    [
      'schema and cells',
      ({ heads, rows }) => ({
        schema: { fields: heads.map((name) => ({ name, type: 'STRING' })) },
        rows: rows.map((row) => ({ f: row.map((v) => ({ v })) })),
      }),
    ],
    [
      'html without a head',
      ({ heads, rows }) =>
        `<table border="1">\n${[heads, ...rows].map((row, i) => ` <tr>${cells(row, i === 0 ? 'th' : 'td')}</tr>`).join('\n')}\n</table>`,
    ],
  ],
};

export function table({ text }: Value, making: Making): Made | undefined {
  const { random, half } = making;
  if (text.includes('\n')) return undefined;
  const heading = named(making);
  if (heading === undefined) return undefined;
  const beside = [...COLUMNS].filter(() => random.chance(0.5));
  const at = random.int(0, beside.length);
  const own = random.int(0, 2);
  const heads = beside.map(([name]) => name).toSpliced(at, 0, heading);
  const rows = Array.from({ length: 3 }, (_, i) =>
    beside.map(([, cell]) => cell(random)).toSpliced(at, 0, i === own ? text : ''),
  );
  const [shape, written] = random.pick(LAYOUTS[half]);
  const document = written({ heads, rows });
  // Quotes doubled in CSV are part of the value there.
  const value = typeof document === 'string' && !document.includes(text) ? text.replaceAll('"', '""') : text;
  return { shape: `${shape} · ${heading}`, document, value };
}

const PAIRS: Readonly<Record<Half, readonly (readonly [name: string, value: string])[]>> = {
  development: [
    ['name', 'value'],
    ['key', 'value'],
    ['header', 'value'],
    ['label', 'value'],
    ['field', 'value'],
    ['question', 'answer'],
    ['Name', 'Value'],
    ['title', 'text'],
  ],
  heldOut: [
    ['name', 'value'],
    ['key', 'value'],
    ['property', 'content'],
    ['attribute', 'value'],
    ['fieldName', 'fieldValue'],
    ['Key', 'Value'],
    ['id', 'value'],
    ['displayName', 'data'],
  ],
};

/** `{ name: 'password', value: … }` */
export function siblings({ text }: Value, making: Making): Made | undefined {
  const { random, half } = making;
  const name = named(making);
  if (name === undefined) return undefined;
  const [nameKey, valueKey] = random.pick(PAIRS[half]);
  const pair: JsonObject = random.chance(0.8)
    ? { [nameKey]: name, [valueKey]: text }
    : { [valueKey]: text, [nameKey]: name };
  const other: JsonObject = { [nameKey]: 'status', [valueKey]: 'open' };
  const list = random.chance(0.5) ? [other, pair] : [pair, other];
  const document = random.chance(0.6) ? { items: list } : pair;
  return {
    shape: `${nameKey}/${valueKey} · ${name}`,
    document: random.chance(0.2) ? JSON.stringify(document) : document,
  };
}

/** A name of a field, or a label. */
function named({ random, words, type }: Making): string | undefined {
  const fields = words.of('fields', type).filter((name) => !name.includes('.'));
  const labels = words.of('labels', type);
  if (fields.length + labels.length === 0) return undefined;
  return random.pick(labels.length === 0 || (fields.length > 0 && random.chance(0.6)) ? fields : labels);
}
