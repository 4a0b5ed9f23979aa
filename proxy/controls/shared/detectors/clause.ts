/** Finds the words that may label what follows them. */
import { digitOf, isLetter } from './characters.ts';
import { TAGS } from './names/prose.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const DOT = 0x2e;

/** The start of the clause that ends at `end`: words before it do not label anything after it. */
export function clauseStart(text: string, end: number, least: number): number {
  for (let i = end - 1; i >= least; i--) {
    const code = text.charCodeAt(i);
    if (
      isBreak(code) ||
      (code === DOT && i + 1 < end && isSpace(text.charCodeAt(i + 1)) && !isLeader(text, i) && !isAbbreviated(text, i))
    )
      return i + 1;
  }
  return least;
}

/** `,` `;` `!` `?` `|` `{` `}` or the end of a line. */
function isBreak(code: number): boolean {
  return (
    code === 0x2c ||
    code === 0x3b ||
    code === 0x21 ||
    code === 0x3f ||
    (code >= 0x7b && code <= 0x7d) ||
    code === NEWLINE ||
    code === RETURN ||
    code === 0x3001 ||
    code === 0x3002
  );
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x202f || code === 0x3000;
}

/** Dots that lead to a value: `SSN ........ 123-45-6789`, `SSN . . . . : 123-45-6789`. */
function isLeader(text: string, dot: number): boolean {
  return text.startsWith('...', dot - 3) || text.startsWith('. .', dot - 2) || text.startsWith('. .', dot);
}

const ABBREVIATION =
  /(?:^|[\s.(/*>|"-])(?:\p{L}{1,12}nr|t[eé]l|mr|mrs|ms|dr|prof|st|sr|sra|no|nr|num|n[uú]m|nro|geb|ph|mob|cel|fon|ssn|soc|ref|ver|sec|dob|nac|nar|ur|d[aá]t|data?|fec|fecha|nasc|sz[uü]l|synt|do[gğ]|tar|trh|рожд|нар|дат|р|д|дат[ае]|даб|დაბ|dzim|gim|ro[dđ]|tgl|tkh|br|č|št|бр|ημ|αρ|pass|pasp|ppt|pp|doc|passnr|pasnr|paso|ת|מס|[a-z])$/iu;

function isAbbreviated(text: string, dot: number): boolean {
  return ABBREVIATION.test(text.slice(Math.max(0, dot - 16), dot));
}

/** Most finds in data have no words before them. */
export function hasLetter(text: string, from: number, until: number): boolean {
  for (let i = from; i < until; i++) {
    const code = text.charCodeAt(i);
    if (isLetter(code) || (code >= 0xc0 && digitOf(code) < 0)) return true;
  }
  return false;
}

export function isLineEnd(code: number): boolean {
  return code === NEWLINE || code === RETURN;
}

/** Words without the tags of HTML between them. */
export function withoutTags(text: string): string {
  return text.includes('<') ? text.replace(TAGS, ' ') : text;
}
