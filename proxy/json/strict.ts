/**
 * A strict reader of JSON text (RFC 8259): checks syntax, depth and duplicate keys without building values, and reports
 * positions of values. Every text must have one meaning: `JSON.parse` keeps the last of two equal keys, other parsers
 * keep the first, and access control has been bypassed that way. Agrees with `JSON.parse` on what is JSON
 * (property-tested).
 */
import { MAX_DEPTH } from './json-error.ts';
import type { Members } from './members.ts';
import {
  begin,
  finish,
  type OnMember,
  skipArray,
  skipObject,
  skipSpace,
  skipValue,
  syntax,
  TRUSTED,
} from './strict-reader.ts';

/**
 * Checks a whole text. Throws {@link JsonError}.
 * @param depth levels of nesting allowed
 */
export function checkJson(source: string, depth: number = MAX_DEPTH): void {
  begin(source, 0, depth);
  skipSpace();
  skipValue(0);
  finish();
}

/** Checks a whole text that must be one object, and collects its members. Throws {@link JsonError}. */
export function checkObject(source: string, into: Members, depth: number = MAX_DEPTH): void {
  into.clear();
  begin(source, 0, depth);
  if (skipSpace() !== 0x7b) syntax('an object');
  skipObject(0, undefined, into);
  finish();
}

/** The members of the object that starts at `start`, in a text checked before. `onMember` must not call this module. */
export function membersAt(source: string, start: number, onMember: OnMember): void {
  begin(source, start, TRUSTED);
  skipObject(0, onMember, undefined);
}

/** The items of the array that starts at `start`, in a text checked before. */
export function itemsAt(source: string, start: number, onItem: (start: number, end: number) => void): void {
  begin(source, start, TRUSTED);
  skipArray(0, onItem);
}
