/**
 * Reads tables, and labels that are not in the line of their value: on the line before (`Date of birth:`), around it
 * (YAML), or with parameters between (vCard).
 */
import type { Work } from '../../../../base/turns.ts';
import { padded } from './padded.ts';
import type { Found, LineScan } from './scan.ts';
import { type CellSearch, LONGEST_NAME } from './search.ts';
import { table } from './tables.ts';

const COLON = 0x3a;
const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
/** Longer lines are no values of a label. */
const LONGEST_LINE = 1_024;
/** Lines of a block below one label. */
const MOST_LINES = 64;
/** Characters that are read at once. */
const PART = 16 * 1024;

/** @param reader reads the text. @param first what it has found already */
export function* lines(search: CellSearch, reader: LineScan, first?: Found): Work<void> {
  const { text } = search;
  let found = first;
  while (found !== undefined || reader.start < text.length) {
    const from = reader.start;
    found ??= reader.find(from + PART);
    if (found === 'table') {
      const end = yield* table(search, reader.firstStart, reader.firstEnd, reader.separators);
      if (end >= 0) reader.skipTo(end);
    } else if (found === 'padded') {
      const end = yield* padded(search, reader.firstStart, reader.firstEnd);
      if (end >= 0) reader.skipTo(end);
    } else if (found === 'column') reader.skipTo(yield* column(search, reader));
    else if (found === 'label') yield* labelled(search, reader.lastStart, reader.lastEnd);
    else if (found === 'words') {
      const field = text.slice(reader.firstStart, reader.firstEnd).trim();
      search.search(reader.lastStart, reader.lastEnd, { field }, 'label');
    }
    found = undefined;
    if (search.hasRead(reader.start - from)) yield;
  }
}

/** Searches the lines below a heading that is underlined. Returns the end of the last one. */
function* column(search: CellSearch, { firstStart, firstEnd, start }: LineScan): Work<number> {
  const { text } = search;
  const field = text.slice(firstStart, firstEnd).trim();
  if (field === '' || field.length > LONGEST_NAME || !search.says({ field })) return start;
  let next = start;
  while (next < text.length) {
    const found = text.indexOf('\n', next);
    const stop = found < 0 ? text.length : found;
    if (stop === next || stop - next > LONGEST_LINE) break;
    search.search(next, stop, { field }, 'label');
    if (search.hasRead(stop - next)) yield;
    next = stop + 1;
  }
  return next;
}

/** Searches the line after a label, or the lines below it that are indented. */
function* labelled(search: CellSearch, start: number, end: number): Work<void> {
  const { text } = search;
  const first = indented(text, start, end);
  const field = text
    .slice(first, end)
    .replace(/[:：\s]+$/, '')
    .replace(/^(?:[-*#>]+\s+)+|[*_`"']+/g, '');
  if (field.length > LONGEST_NAME || CONDITION.test(field) || !search.says({ field })) return;
  const indent = first - start;
  let next = end + 1;
  let isFirst = true;
  /** Of a block within this one: its key names what is in it. */
  let inner = Infinity;
  for (let read = 0; read < MOST_LINES && next < text.length; read++) {
    const found = text.indexOf('\n', next);
    const stop = found < 0 ? text.length : found;
    if (stop - next > LONGEST_LINE) return;
    const from = indented(text, next, stop);
    const isEmpty = from >= stop || text.charCodeAt(from) === 0x0d;
    const deeper = from - next > indent;
    if (!isEmpty) {
      if (from - next <= inner) inner = text.charCodeAt(stop - 1) === COLON ? from - next : Infinity;
      if (deeper) below(search, field, from, stop, from - next > inner);
      else if (isFirst) search.search(item(text, from, stop), stop, { field }, 'label');
      if (!deeper) return;
      isFirst = false;
    }
    if (search.hasRead(stop - next)) yield;
    next = stop + 1;
  }
}

/** `if generate_password:` in code. */
const CONDITION = /^(?:if|elif|for|while|with|except|case) /;

/** Searches a line of a block: its own key may say nothing (`value: …`). */
function below(search: CellSearch, field: string, from: number, stop: number, isInner: boolean): void {
  const { text } = search;
  const value = item(text, from, stop);
  const sign = keyEnd(text, value, stop);
  if (sign < 0 && isInner) return;
  if (sign < 0) return void search.search(value, stop, { field }, 'label');
  const key = text.slice(value, sign).trim();
  search.search(sign + 1, stop, { field: key, path: [field, key] }, 'field');
}

/** The start of a list's item after its hyphen. */
function item(text: string, first: number, last: number): number {
  const code = text.charCodeAt(first);
  const isItem = (code === 0x2d || code === 0x2a) && text.charCodeAt(first + 1) === 0x20;
  return isItem ? indented(text, first + 1, last) : first;
}

/** The position of the sign between a key and its value; -1 if there is none. */
function keyEnd(text: string, start: number, last: number): number {
  for (let at = start; at < last && at - start <= LONGEST_NAME; at++) {
    const code = text.charCodeAt(at);
    if (code === EQUALS || (code === COLON && text.charCodeAt(at + 1) === 0x20)) return at;
  }
  return -1;
}

function indented(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at++;
  return at;
}

export function isCard(text: string): boolean {
  return text.includes('BEGIN:VCARD');
}

/** `BDAY;VALUE=date:1980-02-03`, `item1.TEL;TYPE=cell:…` (RFC 6350) */
export function* card(search: CellSearch): Work<void> {
  const { text } = search;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start <= LONGEST_LINE) property(search, start, end);
    if (search.hasRead(end + 1 - start)) yield;
    start = end + 1;
  }
}

function property(search: CellSearch, first: number, last: number): void {
  const { text } = search;
  let at = first;
  while (at < last && text.charCodeAt(at) !== SEMICOLON && text.charCodeAt(at) !== COLON) at++;
  const name = text.slice(first, at);
  const value = at + text.slice(at, last).indexOf(':');
  if (value < at || name.length > LONGEST_NAME) return;
  search.search(value + 1, last, { field: name.slice(name.lastIndexOf('.') + 1) }, 'field');
}
