/** Finds values that were removed from one place in the text beside it, which may repeat them in other words. */
import { atOnce, type Work } from '../../base/turns.ts';
import { isEscape } from './detectors/characters.ts';
import { FoldedValues } from './folded-values.ts';
import { type KnownSpan, outside, withSpan } from './known-span.ts';
import { DecodedView } from './surfaces/index.ts';
import { classAt, IDEOGRAPH, NO_WORD } from './word-class.ts';

interface KnownValue {
  readonly type: string;
  readonly value: string;
  /** What precedes its first word. */
  readonly lead: string;
}

/** Values that are equal from their first word on. */
interface Tail {
  readonly tail: string;
  readonly known: KnownValue[];
}

/** Values with the same beginning. */
class Group {
  /** Compared one by one while there are few. */
  list: Tail[] = [];
  /** Once there are more: the values that end before the next rung. The longer ones are on that rung. */
  ends: Map<string, Tail> | undefined;
  readonly lengths = new Set<number>();
}

/** Shorter values occur in too many places with another meaning. */
const SHORTEST = 3;
/** From this length on a value may end within a word: it is unlikely to be part of another word. */
const LONG = 8;
/** Up to this many values are searched for one by one before the text is split into words. */
const FEW = 4;
/** Up to this many values with the same beginning are compared one by one. */
const ALIKE = 8;
/**
 * Lengths of the beginnings that values are indexed by, from their first word on: the first character, or more if many
 * begin alike. No longer strings are used as map keys: V8 hashes strings beyond 16,383 characters by their length
 * alone.
 */
const RUNGS: readonly number[] = [1, 3, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];
const LAST = RUNGS.length - 1;
const TOP = RUNGS[LAST] ?? 0;
/**
 * Comparisons allowed: so many for each character of the values and of the text, and a fixed number besides. A long one
 * counts as several.
 */
const STEPS = 2;
const BASE_STEPS = 100_000;
/** Characters that a step compares, and characters that it hashes, as powers of two. */
const COMPARED = 9;
const HASHED = 6;
const BEGINNING = 16;
/** A search may yield after this many characters. */
const PART = 0x3fff;
const NONE: readonly KnownSpan[] = Object.freeze([]);

/**
 * Reads a text once, however many values there are: each word leads to the values that begin with it. Values may be
 * written with JSON escapes, percent-encoded, or in other ways that mean the same. If a text needs too many comparisons, the whole text counts as found.
 */
export class KnownValues {
  readonly #spellings = new Set<string>();
  /** The beginnings of the values on the first rung. */
  readonly #beginnings: string[] = [];
  /** By rung, then by the characters up to it. */
  readonly #rungs: readonly Map<string, Group>[] = RUNGS.map(() => new Map<string, Group>());
  readonly #exact: boolean;
  readonly #folded: FoldedValues | undefined;
  #steps = BASE_STEPS;
  #first: KnownValue | undefined;

  /** @param exact find values only as written, and only at word boundaries */
  constructor({ exact = false }: { readonly exact?: boolean } = {}) {
    this.#exact = exact;
    if (!exact) this.#folded = new FoldedValues();
  }

  add(value: string, type: string): void {
    if (value.length < SHORTEST || this.#spellings.has(value)) return;
    this.#folded?.add(value, type);
    for (const spelling of this.#exact ? [value] : spellingsOf(value)) this.#add(spelling, value, type);
  }

  #add(spelling: string, value: string, type: string): void {
    let at = 0;
    while (at < spelling.length && classAt(spelling, at) === NO_WORD) at++;
    if (at === spelling.length || this.#spellings.has(spelling)) return;
    this.#steps += STEPS * spelling.length;
    const known = { type, value, lead: spelling.slice(0, at) };
    this.#first ??= known;
    if (this.#beginnings.length <= FEW) this.#beginnings.push(spelling.slice(0, LONG));
    const same = this.#sameAs(spelling.slice(at));
    if (spelling.length <= TOP) this.#spellings.add(spelling);
    else if (this.#has(same, known.lead)) return;
    same.push(known);
  }

  #has(same: readonly KnownValue[], lead: string): boolean {
    for (const other of same) {
      this.#steps -= 1 + (lead.length >> COMPARED);
      // The budget is used up, so every text will count as found.
      if (this.#steps < 0 || other.lead === lead) return true;
    }
    return false;
  }

  /** Values that are equal from their first word on. */
  #sameAs(tail: string): KnownValue[] {
    for (let rung = 0; ; rung++) {
      const group = this.#group(tail, rung);
      const known =
        group.ends === undefined ? group.list.find((other) => this.#equal(other.tail, tail)) : group.ends.get(tail);
      if (known !== undefined) return known.known;
      if (group.ends !== undefined && tail.length >= (RUNGS[rung + 1] ?? 0)) continue;
      const added = { tail, known: [] };
      this.#put(group, added);
      if (group.list.length > ALIKE && rung < LAST) this.#split(group, rung);
      return added.known;
    }
  }

  #group(tail: string, rung: number): Group {
    const groups = this.#rungs[rung] ?? new Map<string, Group>();
    const beginning = tail.slice(0, RUNGS[rung]);
    let group = groups.get(beginning);
    if (group === undefined) groups.set(beginning, (group = new Group()));
    return group;
  }

  #put(group: Group, added: Tail): void {
    if (group.ends === undefined) group.list.push(added);
    else {
      group.ends.set(added.tail, added);
      group.lengths.add(added.tail.length);
    }
  }

  /** Moves the values that are long enough up a rung. If they all begin alike, they split that group in turn. */
  #split(group: Group, rung: number): void {
    const { list } = group;
    group.list = [];
    group.ends = new Map();
    for (const one of list) {
      const next = one.tail.length >= (RUNGS[rung + 1] ?? 0) ? this.#group(one.tail, rung + 1) : group;
      this.#put(next, one);
      if (next.list.length > ALIKE && rung + 1 < LAST) this.#split(next, rung + 1);
    }
  }

  /** Once the budget is used up, the answer does not matter: every text will count as found. */
  #equal(one: string, other: string): boolean {
    if (one.length !== other.length) return false;
    this.#steps -= 1 + (one.length >> COMPARED);
    return this.#steps < 0 || one === other;
  }

  /** Where the values occur; findings may overlap. */
  in(text: string): readonly KnownSpan[] {
    return this.#first === undefined || text.length < SHORTEST ? NONE : atOnce(this.search(text));
  }

  /** The same for a long text, in turns. */
  *search(text: string): Work<readonly KnownSpan[]> {
    if (this.#first === undefined || text.length < SHORTEST) return NONE;
    this.#steps += STEPS * text.length;
    const found = yield* this.#spelled(text, this.#first);
    const view = this.#exact ? undefined : yield* DecodedView.read(text);
    if (view === undefined) return found;
    const more = (yield* this.#spelled(view.text, this.#first)).map((span) => ({ ...span, ...view.original(span) }));
    return more.length === 0 ? found : [...found, ...more];
  }

  /** In the values' own spelling and in others. */
  *#spelled(text: string, first: KnownValue): Work<readonly KnownSpan[]> {
    const found = yield* this.#search(text, first);
    const more = this.#folded === undefined ? NONE : yield* this.#folded.search(text);
    return more.length === 0 ? found : [...found, ...outside(found, more)];
  }

  *#search(text: string, { type }: KnownValue): Work<readonly KnownSpan[]> {
    if (this.#beginnings.length <= FEW && !this.#beginnings.some((beginning) => text.includes(beginning))) return NONE;
    const [first] = this.#rungs;
    let found: KnownSpan[] | undefined;
    let before = NO_WORD;
    for (let at = 0; at < text.length; at++) {
      if ((at & PART) === PART) yield;
      const now = classAt(text, at);
      if (now !== NO_WORD && (now !== before || now === IDEOGRAPH)) {
        const group = first?.get(text.charAt(at));
        if (group !== undefined) found = this.#climb(text, at, group, found);
        // Return the whole text as one finding: it is hidden completely, and the search ends.
        if (this.#steps < 0) return [{ start: 0, end: text.length, type, value: text }];
      }
      // In JSON within a text, the letter of `\n` belongs to no word.
      before = before === NO_WORD && isEscape(text, at) ? NO_WORD : now;
    }
    return found ?? NONE;
  }

  /** The values that a word leads to, by longer and longer beginnings. */
  #climb(text: string, at: number, first: Group, already: KnownSpan[] | undefined): KnownSpan[] | undefined {
    let found = already;
    let group: Group | undefined = first;
    for (let rung = 0; group !== undefined && this.#steps >= 0;) {
      const { ends } = group;
      for (const { tail, known } of group.list) {
        if (this.#isAt(text, tail, at)) found = this.#take(text, at, at + tail.length, known, found);
      }
      if (ends === undefined) return found;
      for (const length of group.lengths) {
        this.#steps -= 1 + (length >> HASHED);
        if (this.#steps < 0) return found;
        const same = ends.get(text.slice(at, at + length));
        if (same !== undefined) found = this.#take(text, at, at + length, same.known, found);
      }
      const length = RUNGS[++rung] ?? 0;
      this.#steps -= 1 + (length >> HASHED);
      group = this.#rungs[rung]?.get(text.slice(at, at + length));
    }
    return found;
  }

  /**
   * `text.startsWith(wanted, at)` in larger and larger parts: an early mismatch costs little, and a late one is
   * counted.
   */
  #isAt(text: string, wanted: string, at: number): boolean {
    for (let from = 0, to = 0; ; from = to) {
      to = Math.min(wanted.length, from === 0 ? BEGINNING : 8 * from);
      this.#steps -= 1 + ((to - from) >> COMPARED);
      if (this.#steps < 0) return false;
      // V8 searches for a beginning character by character, but compares two strings of one length at once.
      if (
        from === 0
          ? !text.startsWith(wanted.slice(0, to), at)
          : text.slice(at + from, at + to) !== wanted.slice(from, to)
      )
        return false;
      if (to === wanted.length) return true;
    }
  }

  #take(
    text: string,
    at: number,
    end: number,
    same: readonly KnownValue[],
    already: KnownSpan[] | undefined,
  ): KnownSpan[] | undefined {
    let found = already;
    for (const { lead, type, value } of same) {
      const start = at - lead.length;
      if (
        start < 0 ||
        !this.#isAt(text, lead, start) ||
        (this.#exact
          ? continues(text, start) || continues(text, end)
          : end - at < LONG && (continues(text, start) || continues(text, end)))
      )
        continue;
      found = withSpan(found, { start, end, type, value }, text);
    }
    return found;
  }
}

/** The value as it is, as a JSON string, as a JSON string within a JSON string, and with escaped slashes. */
function spellingsOf(value: string): readonly string[] {
  if (!/["\\/\u0000-\u001f]/.test(value)) return [value];
  const once = escaped(value);
  return [value, once, escaped(once), once.replaceAll('/', '\\/'), value.replaceAll('/', '\\/')];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Whether a word continues across `at`. */
function continues(text: string, at: number): boolean {
  const after = at < text.length ? classAt(text, at) : NO_WORD;
  const before = at > 0 ? classAt(text, at - 1) : NO_WORD;
  return (
    after !== NO_WORD && before !== NO_WORD && after !== IDEOGRAPH && before !== IDEOGRAPH && !isEscape(text, at - 1)
  );
}
