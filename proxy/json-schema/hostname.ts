/** Host names, plain and internationalized. */
import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_LENGTH = 253;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const ANY_LABEL = /^(?!-)[^\0-,./:-@[-`{-\x9f\s]{1,63}(?<!-)$/u;
const DOTS = /[.\u3002\uff0e\uff61]/;
/** What has another form beside the one that is written. */
const TWO_FORMS = /xn--|[^\0-\x7f]/i;

/** What a character of a name costs: to make one form out of the other takes long. */
export function stepsOf(text: string): number {
  return TWO_FORMS.test(text) ? 16 : 1 / 16;
}

/**
 * What a label with letters beyond ASCII can't be: RFC 5891, 4.2.3, and RFC 5892, 2.6 and appendix A. (Node knows where
 * joiners and directions may be. Nothing here asks which characters are letters.)
 */
const WRONG =
  /^\p{M}|^..--|[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]|(?<!l)\xb7|\xb7(?!l)|\u0375(?!\p{sc=Greek})|(?<!\p{sc=Hebrew})[\u05f3\u05f4]|[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]|^(?!.*[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]).*\u30fb/u;

/** RFC 1123, 2.1; of encoded labels also what they stand for. */
export function isHostname(text: string): boolean {
  return text.length <= MAX_LENGTH && text.split('.').every((label) => LABEL.test(label)) && hasBothForms(text);
}

/** RFC 5890, 2.3.2.3: its labels may be written as they are read. */
export function isAnyHostname(text: string): boolean {
  return text.length <= MAX_LENGTH && text.split(DOTS).every((label) => ANY_LABEL.test(label)) && hasBothForms(text);
}

/** Whether one form of a name leads to the other and back. */
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
