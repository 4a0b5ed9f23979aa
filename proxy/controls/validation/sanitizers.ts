/**
 * Content that a string of a call must not have. Such a call is refused, because the proxy can't know what the string
 * would mean without it.
 */
import { isHidden, withoutHidden } from '../../base/hidden-characters.ts';

export interface Sanitizer {
  /** Shown to the client. */
  readonly expected: string;
  /** What was found instead, without the value. */
  readonly got: string;
  readonly refuses: (text: string) => boolean;
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** All quotes that a database may accept, statement separators, and the starts of comments. */
const SQL = /['"`;\\\0\u02bc\u2018\u2019\u201b\u2032\uff07\uff02\u201c\u201d]|--|\/\*|\*\/|#/;

/**
 * Characters that sh, cmd.exe and PowerShell do not treat as part of a word; and a leading dash, which starts an
 * option.
 */
const SHELL = /[\0\r\n&|;<>()[\]{}$`\\"'*?!#~^%=]|^-/;

/** Maximum number of decodings; decoding ends earlier if nothing is encoded any more. */
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
    // There is no legitimate reason to encode that often.
    if (i === MAX_DECODED) return true;
    path = decoded;
  }
}

/** Slashes of other alphabets that some systems replace by the plain one. */
const SLASHES = /[\u2044\u2215\u29f8]/g;
const BACKSLASHES = /[\u2216\u29f5\u29f9]/g;

/**
 * A path as most readers interpret it: letters of normal width, without invisible characters, without tabs and line
 * ends, which URL parsers skip anywhere, and trimmed.
 */
function asRead(text: string): string {
  const plain = text.normalize('NFKC').replace(SLASHES, '/').replace(BACKSLASHES, '\\');
  return withoutHidden(plain)
    .replace(/[\t\n\r\u2028\u2029]/g, '')
    .trim();
}

/** A path as a shell reads it, without quotes and without backslashes before characters. */
function unquoted(path: string): string {
  return path.replace(/['"`]/g, '').replace(/\\(.)/g, '$1');
}

/**
 * A `..` segment, with characters around it that systems ignore. In Japanese and Korean code pages, the currency sign
 * is a backslash.
 */
const CLIMBS = /(?:^|[\\/\u00a5\u20a9])\s*\.\.[ .]*(?:[\\/;:?#\u00a5\u20a9]|$)/;
/** An absolute path, a home directory, or a drive. */
const ROOTED = /^(?:[\\/~]|[A-Za-z]:)/;
/** URLs of local files: `file:`, also within another URL; other schemes that open files; any without an authority. */
const LOCAL =
  /^(?:[a-z][\w.+-]*:)*(?:(?:file|local[_-]file):|(?:php|phar|zip|zlib|rar|ogg|glob|expect|compress\.\w+|jar|netdoc):\/\/|[a-z][\w.+-]*:(?:[\\/](?![\\/])|[\\/]{3}))/i;

function isOut(path: string): boolean {
  return ROOTED.test(path) || CLIMBS.test(path) || LOCAL.test(path);
}

/** Decodes a text as readers of URLs may. */
export function percentDecoded(text: string): string {
  // Some decoders accept overlong UTF-8 for a dot and for slashes, similar broken UTF-8, and the escapes of IIS.
  const plain = text
    .replace(/%(?:c0|e0%80|f0%80%80)%(?:ae|2e)/gi, '.')
    .replace(/%(?:c0|e0%80|f0%80%80)%(?:af|2f)/gi, '/')
    .replace(/%(?:c1%9c|c0%5c|e0%81%9c|f0%80%81%9c)/gi, '\\')
    .replace(/%u([0-9A-Fa-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return plain.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Matches full-width and other compatibility forms as well, because later readers may normalize them. */
function either(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text) || pattern.test(text.normalize('NFKC'));
}

export const SANITIZERS = {
  'control-characters': { expected: 'no control characters', got: 'some', refuses: (text) => CONTROL.test(text) },
  'hidden-unicode': { expected: 'no invisible characters', got: 'some', refuses: isHidden },
  'path-traversal': { expected: 'a relative path without ..', got: 'another path', refuses: leadsOut },
  sql: { expected: 'no quotes, semicolons, backslashes or comment marks', got: 'some', refuses: either(SQL) },
  shell: { expected: 'no characters that a shell interprets', got: 'some', refuses: either(SHELL) },
} as const satisfies Record<string, Sanitizer>;

export type SanitizerName = keyof typeof SANITIZERS;
