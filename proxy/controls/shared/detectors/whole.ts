/** Sorts and merges the findings of several searches. */
import type { Work } from '../../../base/turns.ts';
import { NONE, type Span } from './detector.ts';

/** In order, with overlapping findings merged. Returns findings that are already in order unchanged. */
export function whole(found: readonly Span[]): readonly Span[] {
  let ordered = true;
  for (let i = 1; i < found.length && ordered; i++) ordered = (found[i]?.start ?? 0) >= (found[i - 1]?.end ?? 0);
  if (ordered) return found;
  // The sort is stable: of findings with the same start, the first one found stays first.
  const joined = new Joined();
  for (const span of [...found].sort((a, b) => a.start - b.start)) joined.add(span);
  return joined.spans;
}

/** Merges findings that arrive in the order of their starts. */
class Joined {
  readonly spans: Span[] = [];
  #longest = 0;

  add(span: Span): void {
    const last = this.spans.at(-1);
    const length = span.end - span.start;
    if (last === undefined || span.start >= last.end) {
      this.spans.push(span);
      this.#longest = length;
      return;
    }
    this.spans[this.spans.length - 1] = {
      start: last.start,
      end: Math.max(last.end, span.end),
      type: length > this.#longest ? span.type : last.type,
    };
    this.#longest = Math.max(this.#longest, length);
  }
}

/** Work on many findings may yield after this many steps, plus one. */
const PART = 0xfff;

/** The same for several lists, in turns. */
export function* wholeInTurns(lists: readonly (readonly Span[])[]): Work<readonly Span[]> {
  const some = lists.filter((list) => list.length > 0);
  const found = some.length > 1 ? some.flat() : (some[0] ?? NONE);
  let ascending = yield* ascendingIn(found);
  if (ascending === undefined) return found;
  // The merge is stable: at equal starts, the first list goes first.
  while (ascending.length > 1) {
    const next: (readonly Span[])[] = [];
    for (let i = 0; i < ascending.length; i += 2) {
      const [one = NONE, other] = [ascending[i], ascending[i + 1]];
      next.push(other === undefined ? one : yield* merged(one, other));
      yield;
    }
    ascending = next;
  }
  const joined = new Joined();
  const [all = NONE] = ascending;
  for (let i = 0; i < all.length; i++) {
    const span = all[i];
    if (span !== undefined) joined.add(span);
    if ((i & PART) === PART) yield;
  }
  return joined.spans;
}

/**
 * Splits a list where a finding begins before the previous one; undefined if all of it is in order, without overlaps.
 */
function* ascendingIn(found: readonly Span[]): Work<(readonly Span[])[] | undefined> {
  const parts: (readonly Span[])[] = [];
  let apart = true;
  let from = 0;
  for (let i = 1; i < found.length; i++) {
    const [last, span] = [found[i - 1], found[i]];
    if (last !== undefined && span !== undefined) {
      if (span.start < last.end) apart = false;
      if (span.start < last.start) {
        parts.push(found.slice(from, i));
        from = i;
      }
    }
    if ((i & PART) === PART) yield;
  }
  if (apart) return undefined;
  parts.push(found.slice(from));
  return parts;
}

function* merged(one: readonly Span[], other: readonly Span[]): Work<readonly Span[]> {
  const all: Span[] = [];
  for (let i = 0, k = 0; i < one.length || k < other.length;) {
    const [a, b] = [one[i], other[k]];
    const takeOne = b === undefined || (a !== undefined && a.start <= b.start);
    const span = takeOne ? a : b;
    if (takeOne) i++;
    else k++;
    if (span !== undefined) all.push(span);
    if ((all.length & PART) === PART) yield;
  }
  return all;
}
