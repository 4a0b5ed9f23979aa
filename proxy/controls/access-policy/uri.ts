/**
 * A rule compares a URI's text, and an upstream reads it: parsers of URLs drop tabs and fold case, file systems walk
 * `.` and `//`, and most decode. So a URI is decided as each of the texts that it may be read as. What no two readers
 * agree on is refused.
 */
import { decodingsOf, isMalformed } from './uri-decoding.ts';
import { folded, isClimbing, pathsOf, usual, withoutParameters, withoutTrailing } from './uri-forms.ts';

export interface Readings {
  /** As it is written, and as the parser of the WHATWG writes it (`new URL(uri).href`): each has to be permitted. */
  readonly plain: readonly string[];
  /** As more lenient readers may take it. To be permitted says little about those; none may be forbidden. */
  readonly lenient: readonly string[];
}

/** What some parsers drop and others don't: control characters anywhere, white space around. */
const DROPPED = /\p{Cc}|^\s|\s$/u;

/**
 * Characters of a URI that is decided: 8,000 are what whoever takes one should take (RFC 9110, 4.1). Each is read in a
 * hundred ways.
 */
const LONGEST = 8 * 1024;

/** What is read in one way by all. Most URIs are such. */
const ONE_READING = /^(?:file:\/\/\/|(?!file:)[a-z][a-z0-9+-]*:\/\/)[a-z0-9_-]+(?:[./][a-z0-9_-]+)*$/;

/** The same, but that some fold its letters: those of its path alone. */
const ONE_BUT_CASE =
  /^(?:file:\/\/\/|(?!file:)[a-z][a-z0-9+-]*:\/\/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\/)[\w-]+(?:[./][\w-]+)*$/;

/** Undefined: refused whatever is permitted. */
export function readingsOf(uri: string): Readings | undefined {
  if (uri.length > LONGEST || DROPPED.test(uri)) return undefined;
  const plain = spellingsOf(uri);
  if (plain.length === 1) {
    if (ONE_READING.test(uri)) return { plain, lenient: [] };
    if (ONE_BUT_CASE.test(uri)) return { plain, lenient: [uri.toLowerCase()] };
  }
  return allReadingsOf(uri, plain);
}

/** @internal However plain it is. */
export function allReadingsOf(uri: string, plain: readonly string[] = spellingsOf(uri)): Readings | undefined {
  // Letters in another width are letters to many.
  const texts = setOf(setOf(setOf(plain, usual), decodingsOf), usual);
  for (const text of texts) if (isMalformed(text) || isClimbing(text)) return undefined;
  const paths = setOf(setOf(texts, withoutParameters), pathsOf);
  const lenient = setOf(setOf(setOf(paths, cutsOf), withoutTrailing), (text) => [text, folded(text)]);
  for (const text of texts) lenient.add(text);
  for (const text of plain) lenient.delete(text);
  return { plain, lenient: [...lenient] };
}

/** A URI, or a pattern of one, as it is written, and as a parser of URLs writes it, where that is something else. */
export function spellingsOf(uri: string): readonly string[] {
  const href = URL.parse(uri)?.href;
  return href === undefined || href === uri ? [uri] : [uri, href];
}

/**
 * A URI, or a pattern, in the ways that lenient readers take for the same: what a rule forbids in the one, it forbids
 * in the others. Its query and its parameters stay: without them it would be about more.
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

/** Without query and fragment; without the slash at the end. */
function cutsOf(uri: string): readonly string[] {
  const path = uri.replace(/[?#].*$/s, '');
  return [uri, ...withoutSlash(path)];
}

function withoutSlash(uri: string): readonly string[] {
  return uri.endsWith('/') && !uri.endsWith('//') ? [uri, uri.slice(0, -1)] : [uri];
}
