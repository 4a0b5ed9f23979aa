/** Finds the heading of a cell in a table that is written as JSON lists. */
import type { JsonObject, JsonValue } from '../../../json/value.ts';
import { type Holders, isList, type NamedHeadings } from './holders.ts';

/** What a table's headings are called, in lower case without `_`. */
const HEADINGS: ReadonlySet<string> = new Set(
  `columns column cols headers header headings heading fields fieldnames columnnames columnheaders columnmetadata columninfo
  columndefinitions keys labels names attributes rowtype meta`.split(/\s+/),
);
/** Objects that may contain them: `schema.fields`, `resultSetMetaData.rowType`. */
const ABOUT: ReadonlySet<string> = new Set('schema metadata meta resultsetmetadata structure manifest'.split(' '));
/** Where an object has its rows, or a row its cells. Rows in a list may be anywhere. */
const ROWS: ReadonlySet<string> = new Set(
  'rows row data values value records record results result items tuples body cells cell entries table f c content matrix'
    .split(' ')
    .flatMap((key) => [key, key.toUpperCase(), key.charAt(0).toUpperCase() + key.slice(1)]),
);
/** Members of an object that may be a table. */
const MOST = 24;
/** Levels between a cell and its table: `rows`, `0`, `f`, `1`, `v`. */
const FAR = 4;

/** Whether an item of a list may be a cell of a table, or of a pair. Most lists are neither. */
export function mayBeCell(path: readonly (string | number)[], holders: Holders): boolean {
  const above = path.at(-2);
  if (typeof above !== 'string' || ROWS.has(above)) return true;
  const row = holders.list[path.length - 1];
  return row !== undefined && isList(row) && (row.length === 2 || row.length === 4);
}

/**
 * The heading above an item of a list; undefined if there is none.
 * @param at the index of the item in the path
 */
export function headingAbove(path: readonly (string | number)[], holders: Holders, at: number): JsonValue | undefined {
  const above = path[at - 1];
  if (typeof above === 'string' && !ROWS.has(above)) return undefined;
  const row = holders.list[at];
  if (holders.row !== row) {
    holders.row = row;
    holders.headings = headingsAbove(path, holders, at);
  }
  return holders.headings?.[Number(path[at])];
}

function headingsAbove(
  path: readonly (string | number)[],
  holders: Holders,
  at: number,
): readonly JsonValue[] | undefined {
  let first: readonly JsonValue[] | undefined;
  let lists = 0;
  for (let i = at - 1; i >= 0 && i >= at - FAR; i--) {
    const holder = holders.list[i];
    if (holder === undefined) break;
    if (isList(holder)) {
      // A list of rows, not of tables.
      if (++lists > 1) break;
      const head = holder[0];
      if (i === at - 1 && Array.isArray(head) && head !== holders.list[at]) first = head as readonly JsonValue[];
      continue;
    }
    if (holders.table !== holder) {
      holders.table = holder;
      holders.named = namedIn(holder, true);
    }
    const { named } = holders;
    if (named !== undefined) return named.key === path[i] ? first : named.list;
  }
  return first;
}

function namedIn(holder: JsonObject, outer: boolean): NamedHeadings | undefined {
  let members = 0;
  for (const key in holder) {
    if (++members > MOST) break;
    const value = holder[key];
    if (typeof value !== 'object' || value === null) continue;
    const name = plainKey(key);
    if (isList(value)) {
      if (HEADINGS.has(name) && isHeading(value[0])) return { key, list: value };
    } else if (outer && ABOUT.has(name)) {
      const inner = namedIn(value, false);
      if (inner !== undefined) return { key, list: inner.list };
    }
  }
  return undefined;
}

function isHeading(first: JsonValue | undefined): boolean {
  return typeof first === 'string' || (typeof first === 'object' && first !== null && !Array.isArray(first));
}

function plainKey(key: string): string {
  return /[A-Z_]/.test(key) ? key.toLowerCase().replaceAll('_', '') : key;
}
