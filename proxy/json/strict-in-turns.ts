/** The functions of `strict.ts` in turns, for long texts. */
import type { Work } from '../base/turns.ts';
import { JsonError, MAX_DEPTH } from './json-error.ts';
import type { Members } from './members.ts';
import {
  advance,
  begin,
  checkDepth,
  finish,
  isSkipped,
  pause,
  paused,
  position,
  skipSpace,
  skipString,
  skipValue,
  syntax,
  text,
  TRUSTED,
} from './strict-reader.ts';

/** Characters between pauses. */
const PART = 32 * 1024;
/** Smallest attempt, in characters. */
const LEAST = 64;

/**
 * Reads a container in turns. Short parts of it are read in one go.
 * @param attempt length of a short part, in characters. It halves with each level that was too long, and stops below
 * {@link LEAST}: failed attempts read at most twice the text
 * @param into the members, of an object
 * @param onItem of a list
 */
function* skipInTurns(
  depth: number,
  attempt: number,
  part: number,
  into: Members | undefined,
  onItem: ((start: number, end: number) => void) | undefined,
): Work<void> {
  checkDepth(depth);
  const isList = text.charCodeAt(position) === 0x5b;
  const close = isList ? 0x5d : 0x7d;
  advance();
  if (skipSpace() === close) {
    advance();
    return;
  }
  const keys = new Set<string>();
  for (;;) {
    if (position - paused > part) yield* pause();
    const key = isList ? '' : keyBesides(keys);
    const first = skipSpace();
    const start = position;
    const inner = first === 0x7b ? into?.within(key) : undefined;
    if (
      inner !== undefined ||
      ((first === 0x7b || first === 0x5b) && (attempt < LEAST || !isSkipped(depth + 1, attempt)))
    ) {
      yield* skipInTurns(depth + 1, attempt >> 1, part, inner, undefined);
    } else if (position === start) skipValue(depth + 1);
    into?.add(key, start, position);
    onItem?.(start, position);
    const after = skipSpace();
    if (after !== 0x2c && after !== close) syntax(isList ? "',' or ']'" : "',' or '}'");
    advance();
    if (after === close) return;
  }
}

/** Reads a key and its colon; the key must not be in `keys` yet. */
function keyBesides(keys: Set<string>): string {
  if (skipSpace() !== 0x22) syntax('a key');
  const at = position;
  const escaped = skipString();
  const key = escaped ? (JSON.parse(text.slice(at, position)) as string) : text.slice(at + 1, position - 1);
  if (keys.has(key)) throw new JsonError('duplicate-key', `the same key twice in one object, at offset ${at}`, at);
  keys.add(key);
  if (skipSpace() !== 0x3a) syntax("':'");
  advance();
  return key;
}

/** {@link checkJson} in turns. @param part characters per turn */
export function* checkJsonInTurns(source: string, depth: number = MAX_DEPTH, part: number = PART): Work<void> {
  begin(source, 0, depth);
  const first = skipSpace();
  if (first === 0x7b || first === 0x5b) yield* skipInTurns(0, part, part, undefined, undefined);
  else skipValue(0);
  finish();
}

/** {@link checkObject} in turns: nothing else may use `into` meanwhile. @param part characters per turn */
export function* checkObjectInTurns(
  source: string,
  into: Members,
  depth: number = MAX_DEPTH,
  part: number = PART,
): Work<void> {
  into.clear();
  begin(source, 0, depth);
  if (skipSpace() !== 0x7b) syntax('an object');
  yield* skipInTurns(0, part, part, into, undefined);
  finish();
}

/** {@link itemsAt} in turns. */
export function* itemsInTurns(source: string, start: number, onItem: (start: number, end: number) => void): Work<void> {
  begin(source, start, TRUSTED);
  yield* skipInTurns(0, PART, PART, undefined, onItem);
}
