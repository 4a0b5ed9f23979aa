/** A binding's value as an error may repeat it: people paste secrets into the wrong variable. */

/** A word of a list, a name or a region: letters, and digits only at its end. */
const WORD = /^[A-Za-z_][A-Za-z_. -]{0,40}\d{0,3}$/;
const ARN = /^arn:aws[a-z-]*:[\w:/.-]{1,300}$/;

/** `nothing`, the value in quotes, a URL without what may be secret in it, or `another text`. */
export function shownBinding(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  if (WORD.test(text) || ARN.test(text)) return JSON.stringify(text);
  const url = text.includes('://') ? URL.parse(text) : null;
  if (url === null) return 'another text';
  return JSON.stringify(`${url.protocol}//${url.host}${url.pathname.length > 1 ? '/…' : ''}`);
}
