/** Extensions after a telephone number, with or without a space: `x2673`, `ext. 12`, `;ext=12` (RFC 3966). */
import { isAlphanumeric } from './characters.ts';

/** Words for an extension, in languages that write one after the number. */
const WORDS =
  'x|ext?|e?xtn|extension|extensi[oó]n|exten|int|interno|interior|anexo|ramal|poste|durchwahl|dw|nst|app|доб(?:авочный)?|вн|внутр|内線|內線|分机|轉';

const EXTENSION = new RegExp(
  `(?:;[ ]?ext=|[ \\u00a0\\t]{0,2}[,;(-]?[ \\u00a0\\t]{0,2}(?:(?:${WORDS})[.:]{0,2}[ \\u00a0\\t]{0,2}#?|#[ ]?|,,))[\\p{Nd}]{1,7}\\)?(?![\\p{L}\\p{N}_])`,
  'iuy',
);

/** The end of the extension that begins at `end`; `end` itself if there is none. */
export function extensionEnd(text: string, end: number): number {
  if (!mayBegin(text.charCodeAt(end))) return end;
  EXTENSION.lastIndex = end;
  return EXTENSION.test(text) ? EXTENSION.lastIndex : end;
}

/** A space, a sign or a letter. Most numbers end otherwise. */
function mayBegin(code: number): boolean {
  if (code >= 0x80) return true;
  return (
    code === 0x20 ||
    code === 0x09 ||
    code === 0x2c ||
    code === 0x3b ||
    code === 0x23 ||
    code === 0x28 ||
    code === 0x2d ||
    (isAlphanumeric(code) && code > 0x39)
  );
}
