/** Leaves the findings in clear that a side may see. */
import { isTurnOver, nextTurn } from '../../base/turns.ts';
import { foldedWords } from '../shared/folded-text.ts';
import { KnownValues } from '../shared/known-values.ts';
import type { Direction } from '../shared/surfaces/index.ts';
import type { MaySee } from './detokenize.ts';
import type { Part } from './find.ts';
import type { Finder, VisibleFields } from './finder.ts';

/** The configured fields that a side may see, and the values of those that it may not. Undefined: it may see none. */
export async function visibleFields(
  { found }: Finder,
  may: MaySee,
  to: Direction,
): Promise<(VisibleFields & { readonly count: number }) | undefined> {
  const seen = new Set<string>();
  const hidden = new KnownValues();
  let count = 0;
  for (const { field, place, parts } of found) {
    const [part] = parts;
    if (field === undefined || part === undefined) continue;
    if (await may(place, part.type, to)) {
      seen.add(nameOf(place, part.type));
      count++;
    } else hidden.add(part.value, part.type);
    if (isTurnOver()) await nextTurn();
  }
  return count === 0 ? undefined : { has: (place, type) => seen.has(nameOf(place, type)), hidden, count };
}

/** A type has no space. */
function nameOf(place: string, type: string): string {
  return `${type} ${place}`;
}

/**
 * Takes the visible findings out of `finder.found`, and returns their number. A value that must be hidden at one place of
 * a message is hidden at every other place of it.
 */
export async function leaveVisible({ found }: Finder, may: MaySee, to: Direction): Promise<number> {
  const hidden = new Set<string>();
  for (const { place, parts } of found) {
    for (const part of parts) if (!(await may(place, part.type, to))) hidden.add(keyOf(part));
    if (isTurnOver()) await nextTurn();
  }
  let visible = 0;
  let kept = 0;
  for (const one of found) {
    const parts = one.parts.filter((part) => hidden.has(keyOf(part)));
    visible += one.parts.length - parts.length;
    if (parts.length > 0) found[kept++] = parts.length === one.parts.length ? one : { ...one, parts };
  }
  found.length = kept;
  return visible;
}

/** Longer values are compared as they are. */
const LONGEST = 1_024;

/** In any case, normal form and grouping, and whatever detector found it, it is one value. */
function keyOf({ value }: Part): string {
  if (value.length > LONGEST) return value;
  const folded = foldedWords(value).join('');
  return folded === '' ? value : folded;
}
