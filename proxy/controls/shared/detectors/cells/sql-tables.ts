/** Reads the columns of tables in dumps: `CREATE TABLE t (…)` before `INSERT INTO t VALUES (…)`, and `COPY t (…) FROM stdin`. */
import type { Work } from '../../../../base/turns.ts';
import { type Columns, columnsIn } from './columns.ts';
import type { CellSearch } from './search.ts';

/** Characters of a list of columns that are read. */
const LONGEST_LIST = 8_192;
const CREATE = 'CREATE TABLE';
const NAME = /(?:if not exists\s+)?([\w."`[\]]{1,128})\s*\(/iy;
/** Before `VALUES`. */
const INTO = /\binto\s+([\w."`[\]]{1,128})$/i;
/** What is no column. */
const KEYS = /^(?:primary|unique|foreign|constraint|key|index|fulltext|spatial|check|exclude|period)$/i;

/** Of one text, whose tables are asked for in order. */
export class Tables {
  readonly #search: CellSearch;
  #create: number;
  /** The last table that was created before the last place. */
  #name = '';
  #list = -1;
  #columns: Columns | undefined;
  #isRead = false;

  constructor(search: CellSearch) {
    this.#search = search;
    this.#create = search.text.indexOf(CREATE);
  }

  /** The columns of the table that is named before a position. */
  columnsOf(last: number): Columns | undefined {
    if (this.#create < 0 && this.#list < 0) return undefined;
    const { text } = this.#search;
    for (; this.#create >= 0 && this.#create < last; this.#create = text.indexOf(CREATE, this.#create + 1)) {
      NAME.lastIndex = this.#create + CREATE.length + 1;
      const name = NAME.exec(text)?.[1];
      if (name === undefined) continue;
      this.#name = plain(name);
      this.#list = NAME.lastIndex;
      this.#isRead = false;
    }
    const into = INTO.exec(text.slice(Math.max(0, last - 160), last + 1))?.[1];
    if (this.#list < 0 || into === undefined || plain(into) !== this.#name) return undefined;
    if (!this.#isRead)
      this.#columns = columnsIn(this.#search, namesIn(text.slice(this.#list, this.#list + LONGEST_LIST)));
    this.#isRead = true;
    return this.#columns;
  }
}

const plain = (name: string): string =>
  name
    .replaceAll(/["`[\]]/g, '')
    .replace(/^.*\./, '')
    .toLowerCase();

/** The first word of each item of a list, up to the parenthesis that closes it. */
function namesIn(list: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let first = true;
  for (const [token] of list.matchAll(/[(),]|'[^']*'|[^\s(),']+/g)) {
    if (token === '(') depth++;
    else if (token === ')' && --depth < 0) break;
    else if (token === ',' && depth === 0) first = true;
    else if (first) {
      if (!KEYS.test(token)) names.push(token);
      first = false;
    }
  }
  return names;
}

const COPY = /\bcopy\s+[\w."]{1,128}\s*\(([^()]{1,4096})\)\s+from\s+stdin[^\n]{0,80}\n/iy;
const WORDS = ['COPY ', 'copy '];
const END = '\\.';
const LONGEST_ROW = 32 * 1024;

export function isCopy(text: string): boolean {
  return (text.includes('stdin') || text.includes('STDIN')) && WORDS.some((word) => text.includes(word));
}

/** Searches the lines after `COPY … FROM stdin;`, up to `\.` or an empty line. */
export function* copies(search: CellSearch): Work<void> {
  for (const word of WORDS) yield* copiesOf(search, word);
}

function* copiesOf(search: CellSearch, word: string): Work<void> {
  const { text } = search;
  for (let at = text.indexOf(word), last = 0; at >= 0; at = text.indexOf(word, at + 1)) {
    if (search.hasRead(at - last)) yield;
    last = at;
    COPY.lastIndex = at;
    const names = COPY.exec(text)?.[1];
    const columns = names === undefined ? undefined : columnsIn(search, names.split(','));
    if (columns === undefined) continue;
    let start = COPY.lastIndex;
    while (start < text.length) {
      const found = text.indexOf('\n', start);
      const stop = found < 0 ? text.length : found;
      if (stop === start || text.startsWith(END, start)) break;
      // A search for the next tab in the whole text would take as long for each row.
      const cells = stop - start > LONGEST_ROW ? [] : text.slice(start, stop).split('\t', columns.length);
      let cell = start;
      for (const [i, value] of cells.entries()) {
        const column = columns[i];
        if (column !== undefined) search.search(cell, cell + value.length, column, 'field');
        cell += value.length + 1;
      }
      if (search.hasRead(stop - start)) yield;
      start = stop + 1;
    }
    at = last = Math.max(at, start - 1);
  }
}
