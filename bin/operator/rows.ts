/** Reads rows of a table as text, and replaces one value in each. Everything else stays as it is written. */
import { isObject, JsonText } from '../../proxy/json/lossless.ts';
import { Failure } from './failure.ts';

/** Replaces a value. */
type Change = (value: string) => string;

/** How the rows of an input are read. */
export interface Rows {
  /** The fault of an input with these rows, once all were read; undefined: none. */
  fault?(): string | undefined;
  /** Whether a row goes on in the next line. @param open whether it went on before this one */
  isOpen(line: string, open: boolean): boolean;
  /** The row with another value. @param number of the row, from 1 */
  changed(row: string, number: number, change: Change): string;
}

export const lines: Rows = { isOpen: () => false, changed: (row, _number, change) => change(row) };

export function jsonLines(member: string): Rows {
  let isThere = false;
  let isEmpty = true;
  return {
    fault: () => (isThere || isEmpty ? undefined : `expected ${member} in a row, got no row that has it`),
    isOpen: () => false,
    changed(row, number, change) {
      if (row.trim() === '') return row;
      const json = parsed(row, number);
      const { value } = json;
      if (!isObject(value)) throw new Failure(`row ${number}: expected a JSON object, got another value`);
      isEmpty = false;
      isThere ||= Object.hasOwn(value, member);
      const before = value[member];
      if (before === undefined || before === null) return row;
      if (typeof before !== 'string')
        throw new Failure(`row ${number}: expected a string in ${member}, got another value`);
      const next = change(before);
      return next === before ? row : json.edit({ ...value, [member]: next });
    },
  };
}

function parsed(row: string, number: number): JsonText {
  try {
    return JsonText.parse(row);
  } catch {
    throw new Failure(`row ${number}: expected a JSON object, got text that is not JSON, or JSON with a duplicate key`);
  }
}

/** RFC 4180. The first row has the names of the columns. */
export function csv(column: string): Rows {
  let index = -1;
  return {
    isOpen: (line, open) => (line.split('"').length % 2 === 0) !== open,
    changed(row, number, change) {
      const fields = fieldsOf(row, number);
      if (number === 1) {
        const names = fields.map(plain);
        index = names.indexOf(column);
        if (index < 0)
          throw new Failure(`expected a column ${column} in a header with commas between the names, got none`);
        if (names.includes(column, index + 1))
          throw new Failure(`expected one column ${column} in the header, got several: give them different names`);
        return row;
      }
      const field = fields[index];
      if (field === undefined) {
        if (row === '') return row;
        throw new Failure(`row ${number}: expected as many fields as the header has, got ${fields.length}`);
      }
      const value = plain(field);
      const next = change(value);
      if (next === value) return row;
      fields[index] = /[",\r\n]/.test(next) || field.startsWith('"') ? `"${next.replaceAll('"', '""')}"` : next;
      return fields.join(',');
    },
  };
}

const FIELD = /(?:"(?:[^"]|"")*"|[^",]*)(?:,|$)/gy;

/** The fields as written. */
function fieldsOf(row: string, number: number): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const [field] = FIELD.exec(row) ?? [];
    if (field === undefined) throw new Failure(`row ${number}: expected CSV, got a quote within a field`);
    if (!field.endsWith(',') || FIELD.lastIndex > row.length) return [...fields, field];
    fields.push(field.slice(0, -1));
  }
}

function plain(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
