/** Reads EDI messages (ANSI X12): the position of an element in its segment, and its qualifier, say what it is. */
import type { Work } from '../../../../base/turns.ts';
import type { CellSearch } from './search.ts';

const PHONE = 'phone';
const EMAIL = 'email';
const BIRTH = 'date of birth';
const SSN = 'ssn';

/** `DMG*D8*19800203*F~`, `NM1*IL*1*HOLM*IDA****34*536228761~`, `PER*IC*HOLM*TE*4155552671~`. */
const NAMES = ['DMG*', 'NM1*', 'REF*', 'PER*'] as const;
/** Longer segments are none. */
const LONGEST = 256;

/** Qualifiers (data elements 66, 128 and 365) and what they say of the next element. */
const QUALIFIED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DMG: { D8: BIRTH },
  NM1: { '34': SSN },
  REF: { SY: SSN },
  PER: { TE: PHONE, CP: PHONE, HP: PHONE, WP: PHONE, FX: PHONE, EM: EMAIL },
};
/** Where qualifiers are. */
const PLACES: Readonly<Record<string, readonly number[]>> = { DMG: [0], NM1: [7], REF: [0], PER: [2, 4, 6] };

export function isX12(text: string): boolean {
  // Most texts have no star, and one search costs a quarter of four.
  return text.includes('*') && NAMES.some((name) => text.includes(name));
}

export function* x12(search: CellSearch): Work<void> {
  const { text } = search;
  for (const name of NAMES)
    for (let at = text.indexOf(name), last = 0; at >= 0; at = text.indexOf(name, at + name.length)) {
      if (at === 0 || isEdge(text.charCodeAt(at - 1))) segment(search, name.slice(0, 3), at + name.length);
      if (search.hasRead(at - last + LONGEST)) yield;
      last = at;
    }
}

/** A segment begins at the start of a line, or after the end of another. */
function isEdge(code: number): boolean {
  return code === 0x7e || code <= 0x20;
}

function segment(search: CellSearch, name: string, from: number): void {
  const body = search.text.slice(from, from + LONGEST);
  const end = body.search(/[~\n\r]/);
  const elements = (end < 0 ? body : body.slice(0, end)).split('*');
  let at = from;
  for (let i = 0; i + 1 < elements.length; i++) {
    const element = elements[i] ?? '';
    at += element.length + 1;
    const field = PLACES[name]?.includes(i) === true ? QUALIFIED[name]?.[element] : undefined;
    if (field !== undefined) search.search(at, at + (elements[i + 1]?.length ?? 0), { field }, 'field');
  }
}
