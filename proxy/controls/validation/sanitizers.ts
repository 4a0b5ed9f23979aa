/**
 * What may not stand in a string of a call. A call with it is refused: what a string would mean without it is not for a
 * proxy to say.
 */
import { isHidden, withoutHidden } from '../../base/hidden-characters.ts';

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
  let path = text;
  for (let i = 0; ; i++) {
    if (path.includes('\0')) return true;
    const read = asRead(path);
    if (isOut(read) || isOut(unquoted(read))) return true;
    if (!read.includes('%')) return false;
    const decoded = percentDecoded(read);
    if (decoded === read) return false;
    // Nothing is encoded that often for a good reason.
    if (i === MAX_DECODED) return true;
    path = decoded;
  }
}

/** Slashes of other alphabets, for which some systems put the plain one. */
const SLASHES = /[\u2044\u2215\u29f8]/g;
const BACKSLASHES = /[\u2216\u29f5\u29f9]/g;

/**
 * A path as most see it who read one: letters in their usual width, without what nobody sees, without the tabs and line
 * ends that URL parsers leave out anywhere, and without white space around it.
 */
function asRead(text: string): string {
  const plain = text.normalize('NFKC').replace(SLASHES, '/').replace(BACKSLASHES, '\\');
  return withoutHidden(plain)
    .replace(/[\t\n\r\u2028\u2029]/g, '')
    .trim();
}

/** As a shell sees it, which takes away quotes, and a backslash before a character. */
function unquoted(path: string): string {
  return path.replace(/['"`]/g, '').replace(/\\(.)/g, '$1');
}

/**
 * A segment `..`, with what systems pass over around it. In Japanese and Korean code pages the currency's sign is a
 * backslash.
 */
const CLIMBS = /(?:^|[\\/\u00a5\u20a9])\s*\.\.[ .]*(?:[\\/;:?#\u00a5\u20a9]|$)/;
/** A root, a home, a drive. */
const ROOTED = /^(?:[\\/~]|[A-Za-z]:)/;
/**
 * What leads to a file of the machine by a URL: `file:`, also within another; what opens files under another name; any
 * without an authority.
 */
const LOCAL =
  /^(?:[a-z][\w.+-]*:)*(?:(?:file|local[_-]file):|(?:php|phar|zip|zlib|rar|ogg|glob|expect|compress\.\w+|jar|netdoc):\/\/|[a-z][\w.+-]*:(?:[\\/](?![\\/])|[\\/]{3}))/i;

function isOut(path: string): boolean {
  return ROOTED.test(path) || CLIMBS.test(path) || LOCAL.test(path);
}

/** What whoever reads a URL would make of a text. */
export function percentDecoded(text: string): string {
  // Overlong UTF-8 for a dot and for slashes, broken UTF-8 that is read like it, and the escapes of IIS: some decoders
  // take them.
  const plain = text
    .replace(/%(?:c0|e0%80|f0%80%80)%(?:ae|2e)/gi, '.')
    .replace(/%(?:c0|e0%80|f0%80%80)%(?:af|2f)/gi, '/')
    .replace(/%(?:c1%9c|c0%5c|e0%81%9c|f0%80%81%9c)/gi, '\\')
    .replace(/%u([0-9A-Fa-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
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
