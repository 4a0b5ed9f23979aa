/** Reads HTML and XML: elements, attributes, tables, terms and labels name the text and the values after them. */
import type { Work } from '../../../../base/turns.ts';
import { isNaming, mayBeNaming, nameFrom, nameOfCode } from '../beside.ts';
import { saysNothing } from '../field.ts';
import { LONGEST_CELL, LONGEST_NAME, type CellSearch } from './search.ts';
import { type Attribute, type Tag, tagAt } from './tags.ts';

/** Elements within each other whose names are kept. */
const DEEPEST = 64;
const MOST_COLUMNS = 256;

/** Elements of HTML that say nothing about their text. */
const PLAIN: ReadonlySet<string> = new Set(
  `html head body main section article header footer nav aside div span p a b i u s em strong small code pre kbd samp tt var mark sub sup
  ul ol li dl dt dd table thead tbody tfoot tr th td caption form fieldset legend label input button option select textarea font
  center blockquote h1 h2 h3 h4 h5 h6 br hr img svg path g title text name value`.split(/\s+/),
);
/** They have no end tag. */
const EMPTY: ReadonlySet<string> = new Set('br hr img input meta link col area base embed source track wbr'.split(' '));
/** Attributes that name an element's text or its value. */
const NAMING_ATTRIBUTES: ReadonlySet<string> = new Set(
  'name friendlyname id key itemprop for data-label data-field data-name data-title property field label autocomplete root system'.split(
    ' ',
  ),
);
/** Of HTML, and of tables that spreadsheets export as XML. */
const ROWS: ReadonlySet<string> = new Set(['tr', 'row', 'table-row']);
const CELLS: ReadonlySet<string> = new Set(['td', 'th', 'cell', 'table-cell']);
/** A value by its type, in a property list: `<key>birthday</key><date>…`. */
const TYPED: ReadonlySet<string> = new Set(['date', 'integer', 'real', 'data']);
const VALUES: ReadonlySet<string> = new Set(['value', 'content', 'extension', 'val', 'data-value']);

interface Open {
  readonly name: string;
  /** What an attribute calls it. */
  readonly named: readonly string[];
  /** The last id among its elements, which a code may follow. */
  id?: readonly [start: number, end: number];
  /** The last name among its elements: `<key>dob</key>` before `<value>…</value>`. */
  beside: string | undefined;
}

const OUTSIDE: Open = { name: '', named: [], beside: undefined };

class Markup {
  readonly #search: CellSearch;
  readonly #open: Open[] = [];
  /** The names of the columns, and of the current row. */
  #headings: string[] = [];
  #rowName: string | undefined;
  #column = -1;
  #rows = 0;
  /** The last term of a list, and the last label of a form. */
  #term: string | undefined;
  #label: string | undefined;

  constructor(search: CellSearch) {
    this.#search = search;
  }

  tag(tag: Tag): void {
    const name = tag.name.toLowerCase();
    if (tag.kind === 'closes') return this.#close(tag.name);
    if (name === 'table') [this.#headings, this.#rows] = [[], 0];
    else if (ROWS.has(name)) [this.#rowName, this.#column, this.#rows] = [undefined, -1, this.#rows + 1];
    else if (CELLS.has(name)) this.#column++;
    const named = this.#attributes(tag);
    if (tag.kind === 'opens' && !EMPTY.has(name) && this.#open.length < DEEPEST)
      this.#open.push({ name: tag.name, named, beside: undefined });
  }

  text(start: number, end: number): void {
    const top = this.#open.at(-1);
    if (top === undefined || end - start > LONGEST_CELL) return;
    const text = this.#search.text.slice(start, end).trim();
    if (text === '') return;
    const name = top.name.toLowerCase();
    if (!this.#names(start, end, top, name)) this.#besides(start, end, name);
    if (text.length > LONGEST_NAME) return;
    this.#scheme(start, end, name, text);
    if (name === 'dt') this.#term = text;
    else if (name === 'label') this.#label = text;
    const cell = this.#open.some((open) => CELLS.has(open.name.toLowerCase()));
    if (cell && this.#column >= 0) {
      if (this.#column === 0) this.#rowName = text;
      if (this.#rows === 1 && this.#column < MOST_COLUMNS) this.#headings[this.#column] ??= text;
    }
    if (isNaming(name) || mayBeNaming(name)) (this.#open.at(-2) ?? OUTSIDE).beside = text;
  }

  /** Searches the values of the attributes. Returns the names that they give to the element's text. */
  #attributes({ name, attributes }: Tag): readonly string[] {
    if (attributes.length === 0) return [];
    const { text } = this.#search;
    const named = attributes.flatMap((attribute) =>
      NAMING_ATTRIBUTES.has(attribute.name.toLowerCase()) && attribute.end - attribute.start <= 4 * LONGEST_NAME
        ? (nameFrom(text.slice(attribute.start, attribute.end)) ?? [])
        : [],
    );
    for (const attribute of attributes) {
      if (attribute.end - attribute.start > LONGEST_CELL) continue;
      if (VALUES.has(attribute.name.toLowerCase())) this.#value(name, attribute, named);
      else if (!NAMING_ATTRIBUTES.has(attribute.name.toLowerCase()))
        this.#search.search(
          attribute.start,
          attribute.end,
          { field: attribute.name, path: [name, attribute.name] },
          'field',
        );
    }
    return named;
  }

  #value(name: string, { start, end }: Attribute, named: readonly string[]): void {
    const parent = this.#open.at(-1);
    for (const field of named) if (this.#search.search(start, end, { field }, 'field')) return;
    if (
      !PLAIN.has(name.toLowerCase()) &&
      this.#search.search(start, end, { field: name, path: this.#path(name) }, 'field')
    )
      return;
    if (parent?.beside !== undefined && saysNothing(name)) {
      if (this.#search.search(start, end, { field: parent.beside }, 'field')) return;
    }
    if (parent !== undefined && (isNaming(name) || mayBeNaming(name)) && end - start <= LONGEST_NAME)
      parent.beside = nameFrom(this.#search.text.slice(start, end));
    if (this.#label !== undefined) this.#search.search(start, end, { field: this.#label }, 'label');
    this.#label = undefined;
  }

  /** Searches a text by the name of its element. Returns false if that says nothing. */
  #names(start: number, end: number, top: Open, name: string): boolean {
    for (const field of top.named) if (this.#search.search(start, end, { field }, 'field')) return true;
    return !PLAIN.has(name) && this.#search.search(start, end, { field: top.name, path: this.#path() }, 'field');
  }

  /** ISO 20022: `<Othr><Id>…</Id><SchmeNm><Cd>CCPT</Cd></SchmeNm></Othr>`. */
  #scheme(start: number, end: number, name: string, text: string): void {
    const around = this.#open.at(name === 'id' ? -2 : -3);
    if (around === undefined) return;
    if (name === 'id') around.id = [start, end];
    else if (name === 'cd' && around.id !== undefined && this.#open.at(-2)?.name === 'SchmeNm') {
      const field = nameOfCode(text);
      if (field !== undefined) this.#search.search(...around.id, { field }, 'field');
    }
  }

  /** Searches a text by what stands beside its element. */
  #besides(start: number, end: number, name: string): void {
    const beside = saysNothing(name) || TYPED.has(name) ? this.#open.at(-2)?.beside : undefined;
    if (beside !== undefined && this.#search.search(start, end, { field: beside }, 'field')) return;
    // With its capitals: `AttributeValue`.
    if (saysNothing(this.#open.at(-1)?.name ?? name))
      for (const field of this.#open.at(-2)?.named ?? [])
        if (this.#search.search(start, end, { field }, 'field')) return;
    const heading = this.#column >= 0 && this.#rows > 1 ? this.#headings[this.#column] : undefined;
    if (heading !== undefined && this.#search.search(start, end, { field: heading }, 'field')) return;
    if (this.#column > 0 && this.#rowName !== undefined)
      if (this.#search.search(start, end, { field: this.#rowName }, 'label')) return;
    if (this.#term !== undefined && name !== 'dt')
      if (this.#search.search(start, end, { field: this.#term }, 'label')) return;
    if (this.#label === undefined || name === 'label') return;
    this.#search.search(start, end, { field: this.#label }, 'label');
    this.#label = undefined;
  }

  #path(last?: string): string[] {
    const path = this.#open.slice(-4).flatMap(({ name }) => (PLAIN.has(name.toLowerCase()) ? [] : [name]));
    return last === undefined ? path : [...path, last];
  }

  #close(name: string): void {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      if (this.#open[i]?.name !== name) continue;
      this.#open.length = i;
      break;
    }
    const lower = name.toLowerCase();
    if (lower === 'table') [this.#headings, this.#rows, this.#rowName, this.#column] = [[], 0, undefined, -1];
    else if (lower === 'dl' || lower === 'dd') this.#term = undefined;
    else if (ROWS.has(lower)) this.#rowName = undefined;
  }
}

export function* elements(search: CellSearch): Work<void> {
  const { text } = search;
  const markup = new Markup(search);
  let before = 0;
  for (let at = text.indexOf('<'); at >= 0;) {
    const tag = tagAt(text, at);
    if (tag === undefined) {
      // Not read twice if it has no end.
      const next = text.indexOf('<', at + 1);
      if (search.hasRead((next < 0 ? text.length : next) - at)) yield;
      at = next;
      continue;
    }
    if (at > before) markup.text(before, at);
    markup.tag(tag);
    if (search.hasRead(tag.end - before)) yield;
    before = tag.end;
    at = text.indexOf('<', before);
  }
}
