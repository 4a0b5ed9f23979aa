/**
 * A rule compares the text of a URI, but an upstream interprets it: URL parsers drop tabs and fold case, file systems
 * resolve `.` and `//`, and most servers decode. So a URI is decided in every form that it may be read as. A URI that
 * readers interpret too differently is refused.
 */
import { decodingsOf, isMalformed } from './decoding.ts';
import { folded, isClimbing, pathsOf, usual, withoutParameters, withoutTrailing } from './forms.ts';

export interface Readings {
  /** As written, and as the WHATWG parser writes it (`new URL(uri).href`): each must be permitted. */
  readonly plain: readonly string[];
  /** As lenient readers may interpret it. These need not be permitted, but none may be forbidden. */
  readonly lenient: readonly string[];
}

/** Characters that some parsers drop: control characters anywhere, white space at either end. */
const DROPPED = /\p{Cc}|^\s|\s$/u;

/**
 * Maximum characters of a URI that is decided: readers should accept 8,000 (RFC 9110, 4.1). Each URI is read in up to a
 * hundred ways.
 */
const LONGEST = 8 * 1024;

/** URIs with a single reading. Most are of this kind. */
const ONE_READING = /^(?:file:\/\/\/|(?!file:)[a-z][a-z0-9+-]*:\/\/)[a-z0-9_-]+(?:[./][a-z0-9_-]+)*$/;

/** The same, except that some readers fold the case of the path. */
const ONE_BUT_CASE =
  /^(?:file:\/\/\/|(?!file:)[a-z][a-z0-9+-]*:\/\/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\/)[\w-]+(?:[./][\w-]+)*$/;

/** Undefined: refused, whatever is permitted. */
export function readingsOf(uri: string): Readings | undefined {
  if (uri.length > LONGEST || DROPPED.test(uri)) return undefined;
  const plain = spellingsOf(uri);
  if (plain.length === 1) {
    if (ONE_READING.test(uri)) return { plain, lenient: [] };
    if (ONE_BUT_CASE.test(uri)) return { plain, lenient: [uri.toLowerCase()] };
  }
  return allReadingsOf(uri, plain);
}

/** @internal All readings, even of a simple URI. */
export function allReadingsOf(uri: string, plain: readonly string[] = spellingsOf(uri)): Readings | undefined {
  // Many readers normalize letters of other widths.
  const texts = setOf(setOf(setOf(plain, usual), decodingsOf), usual);
  for (const text of texts) if (isMalformed(text) || isClimbing(text)) return undefined;
  const paths = setOf(setOf(texts, withoutParameters), pathsOf);
  const lenient = setOf(setOf(setOf(paths, cutsOf), withoutTrailing), (text) => [text, folded(text)]);
  for (const text of texts) lenient.add(text);
  for (const text of plain) lenient.delete(text);
  return { plain, lenient: [...lenient] };
}

/** A URI or pattern as written, and as a URL parser writes it if that differs. */
export function spellingsOf(uri: string): readonly string[] {
  const href = URL.parse(uri)?.href;
  return href === undefined || href === uri ? [uri] : [uri, href];
}

/**
 * The forms of a URI or pattern that lenient readers treat as equal: a rule that forbids one forbids all. Query and
 * parameters stay, because without them the rule would apply to more.
 */
export function samenessOf(uri: string): readonly string[] {
  const texts = setOf(spellingsOf(uri), decodingsOf);
  return [
    ...setOf(
      setOf(
        setOf(texts, (text) => [text, ...pathsOf(text)]),
        withoutSlash,
      ),
      (text) => [text, folded(text)],
    ),
  ];
}

function setOf(texts: Iterable<string>, forms: (text: string) => readonly string[]): Set<string> {
  const all = new Set<string>();
  for (const text of texts) for (const form of forms(text)) all.add(form);
  return all;
}

/** Without query and fragment; without a trailing slash. */
function cutsOf(uri: string): readonly string[] {
  const path = uri.replace(/[?#].*$/s, '');
  return [uri, ...withoutSlash(path)];
}

function withoutSlash(uri: string): readonly string[] {
  return uri.endsWith('/') && !uri.endsWith('//') ? [uri, uri.slice(0, -1)] : [uri];
}
