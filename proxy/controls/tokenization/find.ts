/** What of a string must be hidden: by its place first, by detectors second. */
import type { Evidence, Span } from '../detectors/detector.ts';
import { DecodedView, type Range } from '../surfaces/index.ts';
import type { FoundToken } from './token.ts';

/** Finds what is to be hidden in a text: all detectors together. */
export type Detect = (text: string, evidence?: Evidence) => readonly Span[];

/** A part of a string that is to be replaced. */
export interface Part extends Span {
  /** What it stands for: the text, decoded where it is percent-encoded. */
  readonly value: string;
  readonly percent: boolean;
}

/**
 * What detectors find in a text, also where it is encoded, and where `known` values occur in it; in order, without
 * overlaps, and nothing of what is a token already.
 */
export function partsOf(text: string, at: Evidence, detect: Detect, known: ReadonlyMap<string, string>, tokens: readonly FoundToken[]): Part[] {
  const parts: Part[] = [];
  for (const { start, end, type } of detect(text, at)) parts.push({ start, end, type, value: text.slice(start, end), percent: false });
  const view = DecodedView.of(text);
  if (view !== undefined) {
    for (const span of detect(view.text, at)) {
      const range = view.original(span);
      parts.push({ ...range, type: span.type, value: view.text.slice(span.start, span.end), percent: range.end - range.start !== span.end - span.start && text.slice(range.start, range.end).includes('%') });
    }
  }
  for (const [value, type] of known) occurrences(text, value, type, parts);
  return parts.length < 2 && tokens.length === 0 ? parts : apart(text, parts, tokens);
}

/** Of two that overlap the longer stays whole, and the other keeps what it doesn't cover. */
function apart(text: string, parts: readonly Part[], tokens: readonly FoundToken[]): Part[] {
  const kept: Part[] = [];
  for (const part of [...parts].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    let pieces: Range[] = [part];
    for (const other of [...kept, ...tokens]) {
      pieces = pieces.flatMap((piece) => (overlap(piece, other) ? [{ start: piece.start, end: other.start }, { start: other.end, end: piece.end }].filter(({ start, end }) => start < end) : [piece]));
    }
    for (const { start, end } of pieces) kept.push(start === part.start && end === part.end ? part : { start, end, type: part.type, value: text.slice(start, end), percent: false });
  }
  return kept.sort((a, b) => a.start - b.start);
}

function overlap(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

function occurrences(text: string, value: string, type: string, parts: Part[]): void {
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length;
    if (value.length >= LONG || (!isWord(text[start - 1]) && !isWord(text[end]))) parts.push({ start, end, type, value, percent: false });
  }
}

/** A shorter value may be a part of any word. */
const LONG = 8;

function isWord(c: string | undefined): boolean {
  return c !== undefined && /[\p{L}\p{N}]/u.test(c);
}

/** The text with its parts replaced. */
export function replaced(text: string, parts: readonly Range[], by: readonly string[]): string {
  let out = '';
  let from = 0;
  parts.forEach(({ start, end }, i) => {
    out += text.slice(from, start) + (by[i] ?? '');
    from = end;
  });
  return out + text.slice(from);
}
