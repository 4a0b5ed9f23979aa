/** Decides which parts of a string must be hidden: first by place, then by detectors. */
import type { Span } from '../shared/detectors/detector.ts';
import type { Finds } from '../shared/finds.ts';
import type { Range } from '../shared/surfaces/index.ts';
import type { FoundToken } from './found-token.ts';

/** A part of a string to be replaced. */
export interface Part extends Span {
  /** The value that it stands for: the text, percent-decoded if necessary. */
  readonly value: string;
  readonly percent: boolean;
  /** It repeats what a field holds. */
  readonly isKnown?: boolean;
}

const NO_PARTS: readonly Part[] = Object.freeze([]);

/** All findings in a text, in order, without overlaps and without existing tokens. */
export function partsOf(
  text: string,
  { spans, view, encoded, known }: Finds,
  tokens: readonly FoundToken[],
): readonly Part[] {
  // Most texts.
  if (spans.length === 0 && encoded.length === 0 && known.length === 0) return NO_PARTS;
  const parts: Part[] = [];
  for (const { start, end, type } of spans)
    parts.push({ start, end, type, value: text.slice(start, end), percent: false });
  if (view !== undefined) {
    for (const span of encoded) {
      const range = view.original(span);
      parts.push({
        ...range,
        type: span.type,
        value: view.text.slice(span.start, span.end),
        percent: range.end - range.start !== span.end - span.start && text.slice(range.start, range.end).includes('%'),
      });
    }
  }
  for (const span of known) parts.push({ ...span, percent: false, isKnown: true });
  return tokens.length === 0 && parts.every(({ start }, i) => start >= (parts[i - 1]?.end ?? 0))
    ? parts
    : apart(text, parts, tokens);
}

/** Of two overlapping parts, the longer one stays whole; the other keeps the rest. */
function apart(text: string, parts: readonly Part[], tokens: readonly FoundToken[]): readonly Part[] {
  const borders = [...new Set([...parts, ...tokens].flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const indices = new Map(borders.map((border, i) => [border, i]));
  /** The owner of each stretch between two borders: tokens first, then longer parts before shorter ones. */
  const owners: (Part | undefined)[] = [];
  /** For each stretch, the next one that may have no owner yet. */
  const free = borders.map((_, i) => i);
  const nextFree = (from: number): number => {
    let at = from;
    for (let next = free[at] ?? at; next !== at; next = free[at] ?? at) at = free[at] = free[next] ?? next;
    return at;
  };
  const take = ({ start, end }: Range, owner: Part | undefined): void => {
    const last = indices.get(end) ?? 0;
    for (let at = nextFree(indices.get(start) ?? last); at < last; at = nextFree(at)) {
      owners[at] = owner;
      free[at] = at + 1;
    }
  };
  for (const token of tokens) take(token, undefined);
  for (const part of [...parts].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start))
    take(part, part);
  const kept: Part[] = [];
  for (let at = 0; at < borders.length;) {
    const owner = owners[at];
    let next = at + 1;
    while (owner !== undefined && owners[next] === owner) next++;
    const start = borders[at] ?? 0;
    const end = borders[next] ?? start;
    if (owner !== undefined)
      kept.push(
        start === owner.start && end === owner.end
          ? owner
          : { start, end, type: owner.type, value: text.slice(start, end), percent: false },
      );
    at = next;
  }
  return kept;
}

/** Replaces the parts of a text. */
export function replaced(text: string, parts: readonly Range[], by: readonly string[]): string {
  let out = '';
  let from = 0;
  parts.forEach(({ start, end }, i) => {
    out += text.slice(from, start) + (by[i] ?? '');
    from = end;
  });
  return out + text.slice(from);
}
