/** Host names, plain and internationalized. */
import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_LENGTH = 253;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const ANY_LABEL = /^(?!-)[^\0-,./:-@[-`{-\x9f\s]{1,63}(?<!-)$/u;
const DOTS = /[.\u3002\uff0e\uff61]/;
/** Names that have both an encoded and a Unicode form. */
const TWO_FORMS = /xn--|[^\0-\x7f]/i;

/** Steps charged per character: converting between the forms is slow. */
export function stepsOf(text: string): number {
  return TWO_FORMS.test(text) ? 16 : 1 / 16;
}

/**
 * What a label with letters beyond ASCII must not match: RFC 5891, 4.2.3, and RFC 5892, 2.6 and appendix A. (Node
 * checks joiners and direction. Which characters are letters is not checked.)
 */
const WRONG =
  /^\p{M}|^..--|[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]|(?<!l)\xb7|\xb7(?!l)|\u0375(?!\p{sc=Greek})|(?<!\p{sc=Hebrew})[\u05f3\u05f4]|[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]|^(?!.*[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]).*\u30fb/u;

/** RFC 1123, 2.1; for encoded labels, their decoded form, too. */
export function isHostname(text: string): boolean {
  return text.length <= MAX_LENGTH && text.split('.').every((label) => LABEL.test(label)) && hasBothForms(text);
}

/** RFC 5890, 2.3.2.3: labels may be in Unicode. */
export function isAnyHostname(text: string): boolean {
  return text.length <= MAX_LENGTH && text.split(DOTS).every((label) => ANY_LABEL.test(label)) && hasBothForms(text);
}

/** Whether converting a name to its other form and back gives the same name. */
function hasBothForms(text: string): boolean {
  if (!TWO_FORMS.test(text)) return true;
  const written = domainToASCII(text);
  const read = domainToUnicode(written);
  return (
    read !== '' &&
    domainToASCII(read) === written &&
    written.split('.').every((label) => LABEL.test(label)) &&
    read.split('.').every((label) => !label.startsWith('xn--') && (!/[^\0-\x7f]/.test(label) || !WRONG.test(label)))
  );
}
