/** Reads tables whose columns only spaces divide, as commands print them: a heading line, and rows below its words. */
import type { Work } from '../../../../base/turns.ts';
import type { Evidence } from '../detector.ts';
import { type CellSearch, LONGEST_NAME } from './search.ts';

const MOST_COLUMNS = 64;
const LONGEST_LINE = 1_024;
/** Signs of code and sentences, and digits: no heading. */
const NO_HEADING = /[{}<>=?!$;"`|:]|\d|\w\(|, /;
const RULE = /^[-=+ \t]+\r?$/;

interface Column {
  readonly start: number;
  readonly end: number;
}

/** Searches the table whose heading is a line. Returns the end of its last row; -1 if the heading says nothing. */
export function* padded(search: CellSearch, start: number, end: number): Work<number> {
  const { text } = search;
  const line = text.slice(start, end);
  if (line.length > LONGEST_LINE || NO_HEADING.test(line)) return -1;
  const headings = columnsOf(line);
  if (headings.length < 2) return -1;
  const evidence = headings.map(({ start: from, end: to }): Evidence | undefined => {
    const field = line.slice(from, to);
    return field.length <= LONGEST_NAME && search.says({ field }) ? { field } : undefined;
  });
  if (evidence.every((named) => named === undefined)) return -1;
  let at = end + 1;
  while (at < text.length) {
    const found = text.indexOf('\n', at);
    const stop = found < 0 ? text.length : found;
    const row = stop - at > LONGEST_LINE ? '' : text.slice(at, stop);
    if (!RULE.test(row)) {
      const cells = columnsOf(row);
      if (cells.length < 2) break;
      for (const [i, named] of evidence.entries()) {
        const heading = headings[i];
        if (named === undefined || heading === undefined) continue;
        const cell = cells.length === headings.length ? cells[i] : cells.find((each) => overlaps(each, heading));
        if (cell !== undefined) search.search(at + cell.start, at + cell.end, named, 'field');
      }
    }
    if (search.hasRead(stop - at)) yield;
    at = stop + 1;
  }
  return Math.min(at, text.length);
}

/** The parts of a line between two spaces or more. */
function columnsOf(line: string): readonly Column[] {
  const columns: Column[] = [];
  let at = 0;
  while (at < line.length && columns.length < MOST_COLUMNS) {
    while (line.charCodeAt(at) <= 0x20) at++;
    if (at >= line.length) break;
    const gap = line.indexOf('  ', at);
    const end = gap < 0 ? line.trimEnd().length : gap;
    columns.push({ start: at, end });
    at = end + 1;
  }
  return columns;
}

const overlaps = (a: Column, b: Column): boolean => a.start < b.end && b.start < a.end;
