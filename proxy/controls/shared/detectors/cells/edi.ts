/** Reads messages of trade and travel: EDIFACT's segments (ISO 9735), and documents of passengers as airlines write them. */
import type { Work } from '../../../../base/turns.ts';
import type { CellSearch } from './search.ts';

/** A date of birth (code 329), a telephone or an address of a contact, a passport (code P). */
const SEGMENT = /(?:^|['\r\n])(?:DTM\+(329):|COM\+|DOC\+(P)(?::[\w:]{0,20})?\+)([^'+:\r\n]{4,80})(?::([A-Z]{2}))?/g;
const CONTACTS: Readonly<Record<string, string>> = { TE: 'phone', AL: 'phone', FX: 'phone', EM: 'email' };
/** `DOCS … P/USA/123456789/USA/03FEB80/F/01JAN30/DOE/JANE`; with hyphens in cryptic entries. */
const PASSENGER = /\bP([/-])[A-Z]{3}\1([A-Z\d]{5,12})\1[A-Z]{3}\1(\d{2}[A-Z]{3}\d{2})\1[MFXU]I?\1/g;
const PART = 16 * 1024;
const SHORTEST_ENTRY = 40;
/** No entry is longer. */
const LONGEST = 160;

export function isEdi(text: string): boolean {
  if (text.length >= SHORTEST_ENTRY && text.includes('DOCS')) return true;
  // Most texts have no plus sign.
  return text.includes('+') && (text.includes('DTM+329') || text.includes('COM+') || text.includes('DOC+P'));
}

export function* edi(search: CellSearch): Work<void> {
  const { text } = search;
  for (let from = 0; from < text.length; from += PART) {
    // What begins in this part may end in the next one.
    const part = text.slice(from, from + PART + LONGEST);
    for (const match of part.matchAll(SEGMENT)) {
      const [all, birth, passport, value = '', kind = ''] = match;
      const field = birth !== undefined ? 'date of birth' : passport !== undefined ? 'passport' : CONTACTS[kind];
      if (match.index >= PART || field === undefined) continue;
      const start = from + match.index + all.lastIndexOf(value, all.length - (kind === '' ? 0 : 3));
      search.search(start, start + value.length, { field }, 'field');
    }
    for (const match of part.matchAll(PASSENGER)) {
      const [all, sign = '', passport = '', birth = ''] = match;
      if (match.index >= PART) continue;
      const start = from + match.index;
      const number = start + all.indexOf(sign + passport + sign, 5) + 1;
      search.search(number, number + passport.length, { field: 'passport' }, 'field');
      const born = start + all.lastIndexOf(birth);
      search.search(born, born + birth.length, { field: 'date of birth' }, 'field');
    }
    if (search.hasRead(PART)) yield;
  }
}
