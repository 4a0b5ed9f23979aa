/** Findings of several searches of one detector, put in order. */
import type { Span } from './detector.ts';

/** In order, those that overlap as one. Findings that are in order already are given back as they are. */
export function whole(found: readonly Span[]): readonly Span[] {
  let ordered = true;
  for (let i = 1; i < found.length && ordered; i++) ordered = (found[i]?.start ?? 0) >= (found[i - 1]?.end ?? 0);
  if (ordered) return found;
  // The sort is stable: of those that begin together, the first to be found stays first.
  const spans: Span[] = [];
  let longest = 0;
  for (const span of [...found].sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    const length = span.end - span.start;
    if (last === undefined || span.start >= last.end) {
      spans.push(span);
      longest = length;
      continue;
    }
    spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end), type: length > longest ? span.type : last.type };
    longest = Math.max(longest, length);
  }
  return spans;
}
