/** Where the containers of a JSON text are, and the direct parts of one. The text was checked before. */
import type { Work } from '../base/turns.ts';
import { stringEnd } from './string-end.ts';

export type Span = readonly [start: number, end: number];
/** The positions of containers, by their frozen value. */
export type Spans = ReadonlyMap<object, Span>;

/** Parts after which reading and writing may pause. */
export const PART = 0x1ff;

/** A container whose end is not reached yet. */
interface Opened {
  readonly container: object;
  readonly start: number;
  /** The index of the current item in a list. */
  index: number;
}

/** The position of every container in the text, in one pass. */
export function* located(text: string, root: object, start: number): Work<Spans> {
  const found = new Map<object, Span>();
  const open: Opened[] = [];
  let around: Opened = { container: root, start, index: 0 };
  let keyStart = -1;
  let keyEnd = -1;
  for (let at = start + 1, steps = 1; ; steps++) {
    if ((steps & 0xfff) === 0) yield;
    const code = text.charCodeAt(at);
    if (code === 0x2c) {
      around.index++;
      keyStart = -1;
      at++;
    } else if (code === 0x3a || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at++;
    else if (code === 0x7d || code === 0x5d) {
      found.set(around.container, [around.start, ++at]);
      const outer = open.pop();
      if (outer === undefined) return found;
      around = outer;
    } else if (code === 0x7b || code === 0x5b) {
      const step = Array.isArray(around.container) ? around.index : keyIn(text.slice(keyStart, keyEnd));
      const container = (around.container as Readonly<Record<string, object>>)[step] as object;
      open.push(around);
      around = { container, start: at, index: 0 };
      keyStart = -1;
      at++;
    } else if (code === 0x22) {
      const end = stringEnd(text, at);
      // In an object, the first string after the bracket or a comma is a key.
      if (keyStart < 0) [keyStart, keyEnd] = [at, end];
      at = end;
    } else while (isWithinScalar(text.charCodeAt(at))) at++;
  }
}

/** @param keyText with its quotes; empty for items of a list */
type OnPart = (start: number, end: number, keyText: string) => void;

/**
 * The direct parts of a container in the original; deeper parts are skipped.
 * @param endOf where an inner container ends, by its position and its value
 */
export function* parts(
  text: string,
  container: object,
  [start]: Span,
  endOf: (at: number, value: object) => number | undefined,
  onPart: OnPart,
): Work<void> {
  const isList = Array.isArray(container);
  const inner = container as Readonly<Record<string, unknown>>;
  for (let at = start + 1, index = 0; ;) {
    at = spaceEnd(text, at);
    const code = text.charCodeAt(at);
    if (code === 0x7d || code === 0x5d) return;
    if (code === 0x2c) {
      at++;
      continue;
    }
    if ((index & PART) === PART) yield;
    const keyStart = at;
    const keyEnd = isList ? at : stringEnd(text, at);
    if (!isList) at = spaceEnd(text, spaceEnd(text, keyEnd) + 1);
    const valueStart = at;
    const first = text.charCodeAt(at);
    if (first === 0x22) at = stringEnd(text, at);
    else if (first === 0x7b || first === 0x5b) {
      const value = inner[isList ? index : keyIn(text.slice(keyStart, keyEnd))];
      at = endOf(at, value as object) ?? at + 1;
    } else {
      at++;
      while (isWithinScalar(text.charCodeAt(at))) at++;
    }
    onPart(valueStart, at, text.slice(keyStart, keyEnd));
    index++;
  }
}

/** The text of a list with containers of another list, in the same order; undefined if it has anything else. */
export function* filtered(
  text: string,
  next: readonly unknown[],
  before: readonly unknown[],
  places: readonly Span[],
): Work<string | undefined> {
  let out = '';
  for (let i = 0, at = 0; i < next.length; i++, at++) {
    if ((i & PART) === PART) yield;
    const item = next[i];
    if (typeof item !== 'object' || item === null) return undefined;
    while (at < before.length && before[at] !== item) at++;
    const place = places[at];
    if (place === undefined) return undefined;
    out += `${i === 0 ? '' : ','}${text.slice(place[0], place[1])}`;
  }
  return `[${out}]`;
}

/** Part of a number or word: these end at a comma, a bracket or white space. */
function isWithinScalar(c: number): boolean {
  return c > 0x20 && c !== 0x2c && c !== 0x5d && c !== 0x7d;
}

function spaceEnd(text: string, from: number): number {
  let at = from;
  for (let c = text.charCodeAt(at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = text.charCodeAt(at)) at++;
  return at;
}

export function keyIn(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
