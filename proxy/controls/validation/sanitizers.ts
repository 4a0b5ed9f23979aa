/** What may not stand in a string of a call. A call with it is refused: what a string would mean without it is not for a proxy to say. */
import { isHidden } from './hidden.ts';

export interface Sanitizer {
  /** What the client is told. */
  readonly expected: string;
  readonly refuses: (text: string) => boolean;
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** Quotes of every kind that a database may take for one, what ends a statement, and what begins a comment. */
const SQL = /['"`;\\\0\u02bc\u2018\u2019\u201b\u2032\uff07\uff02\u201c\u201d]|--|\/\*|\*\/|#/;

/** What sh, cmd.exe and PowerShell don't take for a character of a word; and a dash, which begins an option. */
const SHELL = /[\0\r\n&|;<>()[\]{}$`\\"'*?!#~^%=]|^-/;

/** However often it is encoded: decoding ends when nothing is left to decode, at the latest after this many times. */
const MAX_DECODED = 4;

function leadsOut(text: string): boolean {
  let path = text.normalize('NFKC');
  for (let i = 0; ; i++) {
    if (/\0|^(?:[\\/~]|[A-Za-z]:|file:)|(?:^|[\\/])\.\.[ .]*(?:[\\/;]|$)/i.test(path)) return true;
    if (!path.includes('%')) return false;
    const decoded = percentDecoded(path).normalize('NFKC');
    if (decoded === path) return false;
    // Nothing is encoded that often for a good reason.
    if (i === MAX_DECODED) return true;
    path = decoded;
  }
}

/** What whoever reads a URL would make of a text. */
export function percentDecoded(text: string): string {
  // Overlong UTF-8 for a dot and for slashes, which some decoders take.
  const plain = text.replace(/%c0%ae/gi, '.').replace(/%c0%af/gi, '/').replace(/%c1%9c/gi, '\\');
  return plain.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** The same letter in another width would be read as it by what comes after. */
function either(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text) || pattern.test(text.normalize('NFKC'));
}

export const SANITIZERS = {
  'control-characters': { expected: 'no control characters', refuses: (text) => CONTROL.test(text) },
  'hidden-unicode': { expected: 'no invisible characters', refuses: isHidden },
  'path-traversal': { expected: 'a relative path without ..', refuses: leadsOut },
  sql: { expected: 'no quotes, semicolons, backslashes or comment marks', refuses: either(SQL) },
  shell: { expected: 'no characters that mean something to a shell', refuses: either(SHELL) },
} as const satisfies Record<string, Sanitizer>;

export type SanitizerName = keyof typeof SANITIZERS;
