/**
 * The reader behind `strict.ts` and `strict-in-turns.ts`. Depth is checked before any recursion, by this reader itself, so
 * a text that passed may be walked recursively.
 */
import type { Work } from '../base/turns.ts';
import { JsonError, MAX_DEPTH } from './json-error.ts';
import type { Members } from './members.ts';

/** Called for each member of an object with its unescaped key, and the start and end of its value. */
export type OnMember = (key: string, start: number, end: number) => void;

// The reader's state lives in the module, which halves its cost. Safe, because it is synchronous and never re-entered.
export let text = '';
export let position = 0;
let maxDepth = MAX_DEPTH;
let checked = true;
/** The next quote at or after `position`, cached: a text with many escapes must not be searched once for each. */
let quoteAt = -1;
/** Position at which reading a container in one go gives up; it is then read in turns. */
let limit = Number.POSITIVE_INFINITY;
/** Position of the last pause. */
export let paused = 0;

/** The depth passed for a text that was checked before. */
export const TRUSTED = Number.POSITIVE_INFINITY;

const CONTROL = /[\u0000-\u001f]/;

export function begin(source: string, at: number, depth: number): void {
  text = source;
  position = at;
  maxDepth = depth;
  checked = depth !== TRUSTED;
  quoteAt = -1;
  limit = Number.POSITIVE_INFINITY;
  paused = at;
}

/** Moves over one character. */
export function advance(): void {
  position++;
}

export function syntax(expected: string): never {
  const got = position < text.length ? 'another character' : 'the end';
  throw new JsonError('syntax', `not JSON: expected ${expected} at offset ${position}, got ${got}`, position);
}

export function skipSpace(): number {
  for (;;) {
    const c = text.charCodeAt(position);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c;
    position++;
  }
}

/** Skips a string whose opening quote is at `position`; true if it holds an escape. */
export function skipString(): boolean {
  position++;
  let escaped = false;
  let plain = 0;
  for (;;) {
    const c = text.charCodeAt(position);
    if (c === 0x22) {
      position++;
      return escaped;
    }
    if (c === 0x5c) {
      escaped = true;
      plain = 0;
      skipEscape();
    } else if (c >= 0x20) {
      position++;
      // A long string: use the engine's native search to find the next special character.
      if (++plain === 24) {
        plain = 0;
        jump();
      }
    } else {
      syntax(c === c ? 'no raw control character in a string' : 'a closing quote');
    }
  }
}

/** Moves to the next quote or backslash. Linear over all calls together. */
function jump(): void {
  if (quoteAt < position) quoteAt = text.indexOf('"', position);
  if (quoteAt < 0) {
    position = text.length;
    syntax('a closing quote');
  }
  const segment = text.slice(position, quoteAt);
  const backslash = segment.indexOf('\\');
  if (checked && CONTROL.test(backslash < 0 ? segment : segment.slice(0, backslash)))
    syntax('no raw control character in a string');
  position = backslash < 0 ? quoteAt : position + backslash;
}

function skipEscape(): void {
  const c = text.charCodeAt(++position);
  if (c === 0x75) {
    for (let i = 1; i <= 4; i++) if (!isHex(text.charCodeAt(position + i))) syntax('four hexadecimal digits');
    position += 5;
  } else if (
    c === 0x22 ||
    c === 0x5c ||
    c === 0x2f ||
    c === 0x62 ||
    c === 0x66 ||
    c === 0x6e ||
    c === 0x72 ||
    c === 0x74
  ) {
    position++;
  } else {
    syntax('an escape');
  }
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function skipNumber(): void {
  if (text.charCodeAt(position) === 0x2d) position++;
  let c = text.charCodeAt(position);
  if (c === 0x30) position++;
  else if (isDigit(c)) while (isDigit(text.charCodeAt(position))) position++;
  else syntax('a digit');
  if (text.charCodeAt(position) === 0x2e) {
    position++;
    if (!isDigit(text.charCodeAt(position))) syntax('a digit');
    while (isDigit(text.charCodeAt(position))) position++;
  }
  c = text.charCodeAt(position);
  if (c === 0x65 || c === 0x45) {
    position++;
    c = text.charCodeAt(position);
    if (c === 0x2b || c === 0x2d) position++;
    if (!isDigit(text.charCodeAt(position))) syntax('a digit');
    while (isDigit(text.charCodeAt(position))) position++;
  }
}

function skipWord(word: string): void {
  if (!text.startsWith(word, position)) syntax('a value');
  position += word.length;
}

export function skipValue(depth: number): void {
  switch (text.charCodeAt(position)) {
    case 0x22:
      skipString();
      return;
    case 0x7b:
      skipObject(depth, undefined, undefined);
      return;
    case 0x5b:
      skipArray(depth, undefined);
      return;
    case 0x74:
      return skipWord('true');
    case 0x66:
      return skipWord('false');
    case 0x6e:
      return skipWord('null');
    default:
      return skipNumber();
  }
}

export function checkDepth(depth: number): void {
  if (depth >= maxDepth) tooDeep();
}

function tooDeep(): never {
  throw new JsonError('depth', `nested too deeply: more than ${maxDepth} levels at offset ${position}`, position);
}

export function skipObject(depth: number, onMember: OnMember | undefined, into: Members | undefined): void {
  if (depth >= maxDepth) tooDeep();
  position++;
  if (skipSpace() === 0x7d) {
    position++;
    return;
  }
  let first: string | undefined;
  let keys: string[] | undefined;
  let many: Set<string> | undefined;
  for (;;) {
    if (skipSpace() !== 0x22) syntax('a key');
    const at = position;
    const escaped = skipString();
    const key = escaped ? (JSON.parse(text.slice(at, position)) as string) : text.slice(at + 1, position - 1);
    if (first === undefined) first = key;
    else {
      // A few keys are compared one by one; a set is faster from about a dozen on.
      const seen = many === undefined ? key === first || (keys !== undefined && keys.includes(key)) : many.has(key);
      if (seen) throw new JsonError('duplicate-key', `the same key twice in one object, at offset ${at}`, at);
      if (many !== undefined) many.add(key);
      else if (keys === undefined) keys = [key];
      else if (keys.push(key) > 12) many = new Set(keys).add(first);
    }
    if (skipSpace() !== 0x3a) syntax("':'");
    position++;
    const c = skipSpace();
    const start = position;
    const inner = c === 0x7b && into !== undefined ? into.within(key) : undefined;
    if (inner === undefined) skipValue(depth + 1);
    else skipObject(depth + 1, undefined, inner);
    if (into !== undefined) into.add(key, start, position);
    else if (onMember !== undefined) onMember(key, start, position);
    if (position > limit) throw TOO_LONG;
    const after = skipSpace();
    position++;
    if (after === 0x2c) continue;
    if (after === 0x7d) return;
    position--;
    syntax("',' or '}'");
  }
}

export function skipArray(depth: number, onItem: ((start: number, end: number) => void) | undefined): void {
  if (depth >= maxDepth) tooDeep();
  position++;
  if (skipSpace() === 0x5d) {
    position++;
    return;
  }
  for (;;) {
    skipSpace();
    const start = position;
    skipValue(depth + 1);
    if (onItem !== undefined) onItem(start, position);
    if (position > limit) throw TOO_LONG;
    const c = skipSpace();
    position++;
    if (c === 0x2c) continue;
    if (c === 0x5d) return;
    position--;
    syntax("',' or ']'");
  }
}

const TOO_LONG = new Error('a container is too long to be read in one go');

/** Reads a container in one go; false, back at its start, if it has more than `attempt` characters. */
export function isSkipped(depth: number, attempt: number): boolean {
  const start = position;
  limit = start + attempt;
  try {
    skipValue(depth);
    return true;
  } catch (error) {
    if (error !== TOO_LONG) throw error;
    position = start;
    // The attempt may have searched beyond this position.
    quoteAt = -1;
    return false;
  } finally {
    limit = Number.POSITIVE_INFINITY;
  }
}

/** Lets other work use this reader for another text meanwhile. */
export function* pause(): Work<void> {
  const [ownText, ownPosition, ownDepth, wasChecked] = [text, position, maxDepth, checked];
  yield;
  begin(ownText, ownPosition, ownDepth);
  checked = wasChecked;
}

/** Ends the reading of a whole text. */
export function finish(): void {
  skipSpace();
  if (position < text.length) syntax('the end');
  text = '';
}
