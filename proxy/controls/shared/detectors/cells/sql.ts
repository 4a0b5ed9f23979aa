/**
 * Reads `INSERT INTO t (name, dob) VALUES ('…', '…'), (…)`: the list of columns names the values. Dumps have them in
 * `CREATE TABLE` instead (MySQL), or in `COPY t (name, dob) FROM stdin` before lines of values (PostgreSQL).
 */
import type { Work } from '../../../../base/turns.ts';
import type { Evidence } from '../detector.ts';
import { type Columns, columnsIn } from './columns.ts';
import type { CellSearch } from './search.ts';
import { Tables } from './sql-tables.ts';

const LONGEST_LIST = 4_096;
/** Longer values end a statement. */
const LONGEST_VALUE = 16 * 1024;
const INTO = /\b(?:into|replace)\s+[\w."`[\]]{1,128}\s*$/i;

const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;

export function isInsert(text: string): boolean {
  return text.includes('VALUES') || text.includes('values');
}

export function* inserts(search: CellSearch): Work<void> {
  const { text } = search;
  const places = [text.indexOf('VALUES'), text.indexOf('values')];
  const tables = new Tables(search);
  for (let from = 0, last = 0; ;) {
    for (const [i, word] of ['VALUES', 'values'].entries())
      if ((places[i] ?? -1) >= 0 && (places[i] ?? 0) < from) places[i] = text.indexOf(word, from);
    const [upper = -1, lower = -1] = places;
    if (upper < 0 && lower < 0) return;
    const at = lower < 0 || (upper >= 0 && upper < lower) ? upper : lower;
    const close = beforeSpace(text, at) - 1;
    const columns = text.charCodeAt(close) === CLOSE ? columnsBefore(search, close, last) : tables.columnsOf(close);
    last = at;
    from = at + WORD;
    if (columns !== undefined) from = Math.max(from, yield* rows(search, afterSpace(text, from), columns));
    if (search.hasRead(from - last + WORD)) yield;
  }
}

/** The length of `VALUES`. */
const WORD = 6;
/** Between the list of columns and `VALUES`. */
const MOST_SPACE = 64;

function beforeSpace(text: string, from: number): number {
  let at = from;
  while (at > 0 && from - at < MOST_SPACE && text.charCodeAt(at - 1) <= 0x20) at--;
  return at;
}

/** The columns of the list that closes at a position; undefined if there is none, or none of them says anything. */
function columnsBefore(search: CellSearch, close: number, least: number): Columns | undefined {
  const { text } = search;
  let open = close - 1;
  for (; open >= least && close - open < LONGEST_LIST; open--) {
    const code = text.charCodeAt(open);
    if (code === OPEN || code === CLOSE) break;
  }
  if (text.charCodeAt(open) !== OPEN || !INTO.test(text.slice(Math.max(0, open - 160), open))) return undefined;
  return columnsIn(search, text.slice(open + 1, close).split(','));
}

/** Searches the rows of values. Returns their end. */
function* rows(search: CellSearch, first: number, columns: Columns): Work<number> {
  const { text } = search;
  let at = first;
  while (text.charCodeAt(at) === OPEN) {
    const end = row(search, at + 1, columns);
    if (search.hasRead(end - at)) yield;
    at = afterSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = afterSpace(text, at + 1);
  }
  return at;
}

function row(search: CellSearch, first: number, columns: Columns): number {
  const { text } = search;
  let at = first;
  for (let i = 0; at < text.length; i++, at++) {
    const start = afterSpace(text, at);
    at = endOfValue(text, start);
    const column = columns[i];
    if (column !== undefined) value(search, start, at, column);
    if (text.charCodeAt(at) !== COMMA) break;
  }
  return Math.min(text.length, at + 1);
}

/** Without the quotes: a password may end with one. */
function value(search: CellSearch, start: number, end: number, column: Evidence): void {
  const quoted =
    search.text.charCodeAt(start) === QUOTE && search.text.charCodeAt(end - 1) === QUOTE && end - start > 1;
  search.search(quoted ? start + 1 : start, quoted ? end - 1 : end, column, 'field');
}

/** The comma or parenthesis after a value; a quote within quotes is doubled or escaped. */
function endOfValue(text: string, start: number): number {
  let at = start;
  let quoted = false;
  const most = Math.min(text.length, start + LONGEST_VALUE);
  for (; at < most; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted && code === BACKSLASH) at++;
    else if (!quoted && (code === COMMA || code === CLOSE)) break;
  }
  return at;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at - from < MOST_SPACE && text.charCodeAt(at) <= 0x20) at++;
  return at;
}
