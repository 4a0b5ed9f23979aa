/** Whether a whole value is written like a person's name. */
import { fold } from '../names/split.ts';
import { COMPANIES, NOBODY, PARTICLES, STOPS } from './words.ts';

const LONGEST = 80;
const MOST_WORDS = 6;
const NAME = /^[\p{L}\p{M}][\p{L}\p{M}'’. ,^-]*$/u;

/** Letters, and what stands between names. */
export function mayBeName(text: string): boolean {
  return (
    text.length <= LONGEST && NAME.test(text) && text.split(/[ ^]+/).length <= MOST_WORDS && !NOBODY.has(fold(text))
  );
}

export function isCompany(text: string): boolean {
  const words = fold(text).split(/[ ^.,]+/);
  return (words.length > 1 && words.some((word) => word.length > 2 && COMPANIES.has(word))) || SHORT_FORM.test(text);
}
const SHORT_FORM = /[ .](?:AG|SA|SE|AB|AS|A\/S|Oy|OY|BV|NV|KG|LP|PC|Co|Pty|SL|S\.L\.|S\.A\.|B\.V\.)\.?$/;

/**
 * Every word begins with a capital, or is of a script without capitals, and none is of other things.
 * @param isListed whether a list of names has a word
 */
export function isWritten(text: string, isListed: (word: string) => boolean): boolean {
  if (isCompany(text)) return false;
  const words = text.split(/[ ^,-]+/).filter((word) => word !== '');
  return words.every((word, i) => {
    const folded = fold(word);
    if (i > 0 && i < words.length - 1 && PARTICLES.has(folded)) return true;
    if (STOPS.has(folded) || COMPANIES.has(folded)) return isListed(folded) && words.length > 1;
    return WORD.test(word);
  });
}
/** `McCoy`, `O’Neil`, but no `GitHub`. A word of a script without case has no lower or upper letters. */
const WORD =
  /^(?:(?:(?:d|l|D|L|O|N)['’])?(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Fitz)?\p{Lu}[\p{Ll}\p{M}'’.]*|\p{Lu}[\p{Lu}\p{M}'’]{2,}|[\p{Lo}\p{M}]{2,})$/u;
