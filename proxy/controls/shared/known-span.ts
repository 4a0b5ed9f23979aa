/** Values that were found in a text, and how findings are put together. */
import type { Range } from './surfaces/index.ts';

/** The value is without its escapes. */
export interface KnownSpan extends Range {
  readonly type: string;
  readonly value: string;
}

/** More findings than this in one text are merged where they overlap, because a text may consist of nothing else. */
const MANY = 65_536;

/** Adds a finding at the same word as the last one or further on. Skips one that lies within the last. */
export function withSpan(found: KnownSpan[] | undefined, span: KnownSpan, text: string): KnownSpan[] {
  const last = found?.at(-1);
  if (found === undefined || last === undefined) return [span];
  const { start, end } = span;
  if (start >= last.start && end <= last.end) return found;
  if (start <= last.start && end >= last.end) found[found.length - 1] = span;
  else if (found.length >= MANY && start < last.end)
    found[found.length - 1] = { ...last, end, value: text.slice(last.start, end) };
  else found.push(span);
  return found;
}

/** The findings that lie in none of the others. Both begin in order. */
export function outside(found: readonly KnownSpan[], more: readonly KnownSpan[]): readonly KnownSpan[] {
  let at = 0;
  let covered = 0;
  return more.filter(({ start, end }) => {
    for (; (found[at]?.start ?? end) <= start; at++) covered = Math.max(covered, found[at]?.end ?? 0);
    return end > covered;
  });
}
