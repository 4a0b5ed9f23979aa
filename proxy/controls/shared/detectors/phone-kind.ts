/** The kind of a telephone number that is written after it: `2026207478 fax`, `212-612-8635-Office`, `… (mobile)`. */
import { HYPHEN, OPEN, SPACE } from './characters.ts';

const STRONG = 'tele?fax|fax|mobile|cell(?:ular|phone)?|(?:tele)?phone|tel|landline|móvil|celular|handy|mobil|portable';
/** These also follow other numbers, so a hyphen or a bracket must join them. */
const WEAK = 'office|home|work|direct|desk|main|business|private|büro|privat|bureau|oficina';
/** Nothing may follow: `2026207478 mobile users`. */
const END = '(?=[,;|)\\]\\r\\n\\\\]|\\.?[ \\t]*$|\\.?[ \\t]*[\\r\\n])';

const KIND = new RegExp(
  `^(?: (?:${STRONG})|(?: \\(| ?\\[|\\(| - | ?-)(?:${STRONG}|${WEAK})(?: (?:phone|fax|mobile|cell))?)${END}`,
  'iu',
);
const REACH = 32;

/** Whether the word after a number says which kind of telephone it is. */
export function hasKindAfter(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (code !== SPACE && code !== HYPHEN && code !== OPEN) return false;
  return KIND.test(text.slice(end, end + REACH));
}
