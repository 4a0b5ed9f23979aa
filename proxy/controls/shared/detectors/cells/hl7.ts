/** Reads HL7 v2 messages: the position of a field in its segment says what it is. */
import type { Work } from '../../../../base/turns.ts';
import { nameOfCode } from '../beside.ts';
import type { CellSearch } from './search.ts';

const PHONE = 'phone';
const BIRTH = 'date of birth';
const SSN = 'ssn';

/** Fields by segment and position (HL7 v2.8, chapters 3, 4, 6 and 15). */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  PID: { 7: BIRTH, 13: PHONE, 14: PHONE, 19: SSN, 40: PHONE },
  NK1: { 5: PHONE, 6: PHONE, 16: BIRTH, 31: PHONE, 37: SSN, 40: PHONE },
  GT1: { 6: PHONE, 7: PHONE, 8: BIRTH, 12: SSN, 18: PHONE, 46: PHONE },
  IN1: { 7: PHONE, 18: BIRTH },
  IN2: { 2: SSN, 58: PHONE, 63: PHONE },
  STF: { 6: BIRTH, 10: PHONE },
  ORC: { 14: PHONE, 23: PHONE },
  OBR: { 17: PHONE },
  PRD: { 5: PHONE },
  CTD: { 5: PHONE },
};
/** Fields that list identifiers; the fifth component of each says of which kind. */
const IDENTIFIERS: Readonly<Record<string, readonly number[]>> = { PID: [2, 3, 4], NK1: [33], GT1: [2], IN1: [49] };

const BAR = 0x7c;
/** Characters of a segment that are read. */
const LONGEST = 8_192;

/** Whether any segment may begin in a short text. */
export function maySegment(text: string): boolean {
  return text.includes('|') && SEGMENT.test(text);
}
const SEGMENT = new RegExp(`(?:^|[\\n\\r\\v])(?:${Object.keys(FIELDS).join('|')})\\|`);

export function* segments(search: CellSearch): Work<void> {
  const { text } = search;
  for (let bar = text.indexOf('|'), last = 0; bar >= 0; bar = text.indexOf('|', bar + 1)) {
    const start = bar - 3;
    if (search.hasRead(bar - last)) yield;
    last = bar;
    if (start < 0 || !(start === 0 || isBreak(text.charCodeAt(start - 1)))) continue;
    const segment = text.slice(start, bar);
    if (!Object.hasOwn(FIELDS, segment)) continue;
    const end = fields(search, segment, bar + 1);
    if (search.hasRead(end - bar)) yield;
    // The next segment begins after the end of this one.
    last = bar = end - 1;
  }
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x0b;
}

/** Searches the fields of a segment. Returns its end. */
function fields(search: CellSearch, segment: string, from: number): number {
  const { text } = search;
  const most = Math.min(text.length, from + LONGEST);
  let at = from;
  for (let position = 1; at < most; position++, at++) {
    const start = at;
    while (at < most && text.charCodeAt(at) !== BAR && !isBreak(text.charCodeAt(at))) at++;
    const name = FIELDS[segment]?.[position];
    const lists = IDENTIFIERS[segment]?.includes(position) === true;
    if ((name !== undefined || lists) && at > start) repetitions(search, start, at, name);
    if (text.charCodeAt(at) !== BAR) break;
  }
  return at;
}

function repetitions(search: CellSearch, start: number, end: number, name: string | undefined): void {
  let at = start;
  for (const repetition of search.text.slice(start, end).split('~')) {
    const components = repetition.split('^');
    const field = name ?? nameOfCode(components[4] ?? '');
    if (field !== undefined) search.search(at, at + (components[0]?.length ?? 0), { field }, 'field');
    if (field === PHONE && components[6]) apart(search, at, components);
    at += repetition.length + 1;
  }
}

/** The country, the area and the number in components (data type XTN): `^PRN^PH^^1^206^5551212`. */
function apart(search: CellSearch, start: number, components: readonly string[]): void {
  const before = (count: number): number =>
    components.slice(0, count).reduce((all, each) => all + each.length + 1, start);
  const end = before(7) - 1;
  const from = before(5);
  search.search(from, end, { field: PHONE }, 'field', search.text.slice(from, end).replaceAll('^', ' '));
}
