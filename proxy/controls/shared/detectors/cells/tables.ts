/** Reads tables in text: a heading line, and rows with the same separator (CSV, TSV, Markdown, `psql`, `mysql`). */
import type { Work } from '../../../../base/turns.ts';
import { isNaming } from '../beside.ts';
import type { Evidence } from '../detector.ts';
import { saysNothing } from '../field.ts';
import { LONGEST_HEADING, LONGEST_ROW, ruleEnd } from './scan.ts';
import { type CellSearch, LONGEST_NAME } from './search.ts';

const MOST_COLUMNS = 256;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BAR = 0x7c;
/** Signs of code and sentences. */
const NO_HEADING = /[{}<>=?!$[\]]|\w\(/;

/** The columns of the last row. They are read before anything else is. */
const starts = new Int32Array(MOST_COLUMNS);
const ends = new Int32Array(MOST_COLUMNS);
const row = { columns: 0, next: 0 };

/**
 * Searches the table whose heading begins at a position. Returns its end; -1 if its heading says nothing.
 * @param end of the heading's line
 */
export function* table(search: CellSearch, start: number, end: number, separators: readonly string[]): Work<number> {
  if (NO_HEADING.test(search.text.slice(start, end))) return -1;
  for (const sign of separators) {
    const separator = sign.charCodeAt(0);
    const columns = headingsAt(search, start, separator);
    if (columns !== undefined) return yield* rows(search, columns, separator);
  }
  return -1;
}

interface Columns {
  readonly evidence: readonly (Evidence | undefined)[];
  /** The column that names the value in the next one (`| Field | Value |`); -1 if none does. */
  readonly naming: number;
  readonly first: number;
}

/** The headings of a line, if the next line has as many columns; undefined if they say nothing. */
function headingsAt(search: CellSearch, at: number, separator: number): Columns | undefined {
  const { text } = search;
  read(text, at, separator);
  const { columns, next } = row;
  if (columns < 2 || next > at + LONGEST_HEADING) return undefined;
  const names: string[] = [];
  for (let i = 0; i < columns; i++) names.push(nameAt(text, i));
  // A list with one item in a line.
  if (separator !== BAR && names.filter((name) => name !== '').length < 2) return undefined;
  const rule = ruleEnd(text, next);
  const first = rule < 0 ? next : rule;
  read(text, first, separator);
  if (row.columns !== columns) return undefined;
  const evidence = names.map((name) => {
    const named = name === '' ? undefined : { field: name };
    return named !== undefined && search.says(named) ? named : undefined;
  });
  const naming = names.findIndex((name, i) => isNaming(name) && saysNothing(names[i + 1] ?? 'x'));
  return naming < 0 && evidence.every((named) => named === undefined) ? undefined : { evidence, naming, first };
}

function* rows(search: CellSearch, { evidence, naming, first }: Columns, separator: number): Work<number> {
  const { text } = search;
  let at = first;
  while (at < text.length) {
    const rule = ruleEnd(text, at);
    if (rule >= 0) {
      at = rule;
      continue;
    }
    read(text, at, separator);
    const { columns, next } = row;
    if (columns < 2) break;
    if (naming >= 0 && naming + 1 < columns)
      search.search(starts[naming + 1] ?? 0, ends[naming + 1] ?? 0, { field: nameAt(text, naming) }, 'label');
    for (let i = 0; i < columns && i < evidence.length; i++) {
      const named = evidence[i];
      if (named !== undefined) search.search(starts[i] ?? 0, ends[i] ?? 0, named, 'field');
    }
    if (search.hasRead(next - at)) yield;
    at = next;
  }
  return at;
}

/** Reads the columns of a row; a quoted one may contain separators and line breaks. */
function read(text: string, from: number, separator: number): void {
  const most = Math.min(text.length, from + LONGEST_ROW);
  let columns = 0;
  let at = from;
  // `<=`: a separator may be the last character of the text, as in a line that ends.
  for (; at <= most; at++) {
    let start = at;
    while (start < most && text.charCodeAt(start) === 0x20) start++;
    if (text.charCodeAt(start) === QUOTE) at = quoteEnd(text, start + 1, most);
    while (at < most && text.charCodeAt(at) !== separator && text.charCodeAt(at) !== NEWLINE) at++;
    if (columns < MOST_COLUMNS) {
      starts[columns] = start;
      ends[columns] = at;
    }
    columns++;
    if (at >= most || text.charCodeAt(at) === NEWLINE) break;
  }
  row.columns = at >= most && most < text.length ? 0 : Math.min(columns, MOST_COLUMNS);
  row.next = at + 1;
}

/** The position after the closing quote; the start if there is none. A doubled quote stands for one. */
function quoteEnd(text: string, start: number, most: number): number {
  for (let at = start; at < most; at++) {
    if (text.charCodeAt(at) !== QUOTE) continue;
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
    at++;
  }
  return start;
}

/** A heading, without quotes and emphasis; empty if it can be none. */
function nameAt(text: string, column: number): string {
  const [start, end] = [starts[column] ?? 0, ends[column] ?? 0];
  if (end - start > LONGEST_NAME) return '';
  return text.slice(start, end).replace(/^[\s"'`*_#]+|[\s"'`*_]+$/g, '');
}
