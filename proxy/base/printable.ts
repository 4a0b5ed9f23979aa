/**
 * Text that is safe to print in lines for people and programs. Control characters (also beyond ASCII), Unicode line
 * ends, direction marks and invisible characters could move a cursor, split a line or disguise it.
 */

const MAY_NEED = /[^\x20-\x7e]/;
const UNPRINTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The text with each such character as `\uXXXX`, which JSON decodes to the original. */
export function printable(text: string): string {
  return MAY_NEED.test(text) ? text.replace(UNPRINTED, escaped) : text;
}

/** A value as one line of JSON. */
export function jsonLine(value: object): string {
  return printable(JSON.stringify(value));
}

function escaped(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}
