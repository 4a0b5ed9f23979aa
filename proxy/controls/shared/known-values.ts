/** Values that were taken out of one place, looked for in the text beside it, which says the same in other words. */
import { atOnce, type Work } from '../../base/turns.ts';
import { DecodedView, type Range } from './surfaces/index.ts';

/** A value that was found: what it says, whatever its spelling. */
export interface KnownSpan extends Range {
  readonly type: string;
  readonly value: string;
}

interface Known {
  readonly type: string;
  readonly value: string;
  /** What stands before its first word. */
  readonly lead: string;
}

/** Values that are the same from their first word on. */
interface Tail {
  readonly tail: string;
  readonly known: Known[];
}

/** Those that begin alike. */
class Group {
  /** Compared one by one, while they are few. */
  list: Tail[] = [];
  /** Once they are more: those that end before the next rung. The others are found there. */
  ends: Map<string, Tail> | undefined;
  readonly lengths = new Set<number>();
}

/** Shorter ones are found in too many places where they are something else. */
const SHORTEST = 3;
/** From here on a value may end within a word: what is as long is hardly a part of another. */
const LONG = 8;
/** So few are looked for one by one before a text is read for their words. */
const FEW = 4;
/** So many that begin alike are compared one by one. */
const ALIKE = 8;
/**
 * Lengths of the beginnings by which values are found, from a value's first word on: by the first character alone, or
 * by more where many begin alike. Longer strings are nobody's key in a map: V8 hashes those beyond 16,383 characters by
 * their length alone.
 */
const RUNGS: readonly number[] = [1, 3, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];
const LAST = RUNGS.length - 1;
const TOP = RUNGS[LAST] ?? 0;
/** Comparisons for each character of the values and of the text, and for all together. A long one counts as several. */
const STEPS = 2;
const BASE_STEPS = 100_000;
/** How many characters a step compares, and how many it hashes: as powers of two. */
const COMPARED = 9;
const HASHED = 6;
const BEGINNING = 16;
/** After so many characters, a search may stop. */
const PART = 0x3fff;
const NONE: readonly KnownSpan[] = Object.freeze([]);

/**
 * However many values there are, and whatever they are, a text is read once: each word leads to the values that begin
 * with it. They may be written with the escapes of JSON or percent-encoded. A text that takes more comparing than it is
 * worth counts as found, whole.
 */
export class KnownValues {
  readonly #spellings = new Set<string>();
  /** How the first of them begin. */
  readonly #beginnings: string[] = [];
  /** By rung, then by the characters up to there. */
  readonly #rungs: readonly Map<string, Group>[] = RUNGS.map(() => new Map<string, Group>());
  readonly #exact: boolean;
  #steps = BASE_STEPS;
  #first: Known | undefined;

  /** @param exact only as they are written, and only where no word goes on before or after them */
  constructor({ exact = false }: { readonly exact?: boolean } = {}) {
    this.#exact = exact;
  }

  add(value: string, type: string): void {
    if (value.length < SHORTEST || this.#spellings.has(value)) return;
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

  #has(same: readonly Known[], lead: string): boolean {
    for (const other of same) {
      this.#steps -= 1 + (lead.length >> COMPARED);
      // There are too many: every text will be found.
      if (this.#steps < 0 || other.lead === lead) return true;
    }
    return false;
  }

  /** Those that are the same from their first word on. */
  #sameAs(tail: string): Known[] {
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

  /** Those that are long enough go up a rung, all of them alike: they then split that group in turn. */
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

  /** Where too many were compared, any will do: every text will be found. */
  #equal(one: string, other: string): boolean {
    if (one.length !== other.length) return false;
    this.#steps -= 1 + (one.length >> COMPARED);
    return this.#steps < 0 || one === other;
  }

  /** Where they occur; they may overlap. */
  in(text: string): readonly KnownSpan[] {
    return this.#first === undefined || text.length < SHORTEST ? NONE : atOnce(this.search(text));
  }

  /** The same of a long text, in turns. */
  *search(text: string): Work<readonly KnownSpan[]> {
    if (this.#first === undefined || text.length < SHORTEST) return NONE;
    this.#steps += STEPS * text.length;
    const found = yield* this.#search(text, this.#first);
    const view = this.#exact ? undefined : yield* DecodedView.read(text);
    if (view === undefined) return found;
    const more = (yield* this.#search(view.text, this.#first)).map((span) => ({ ...span, ...view.original(span) }));
    return more.length === 0 ? found : [...found, ...more];
  }

  *#search(text: string, { type }: Known): Work<readonly KnownSpan[]> {
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
        // All of it, then: nothing of it is shown, and nobody waits.
        if (this.#steps < 0) return [{ start: 0, end: text.length, type, value: text }];
      }
      before = now;
    }
    return found ?? NONE;
  }

  /** Those that a word leads to, by longer and longer beginnings. */
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
   * `text.startsWith(wanted, at)`, in larger and larger parts: what ends early costs little, and what doesn't is
   * counted.
   */
  #isAt(text: string, wanted: string, at: number): boolean {
    for (let from = 0, to = 0; ; from = to) {
      to = Math.min(wanted.length, from === 0 ? BEGINNING : 8 * from);
      this.#steps -= 1 + ((to - from) >> COMPARED);
      if (this.#steps < 0) return false;
      // V8 looks for a beginning character by character; two strings of one length it compares at once.
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
    same: readonly Known[],
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

/** More findings in one text are put together where they overlap: a text may be made of nothing else. */
const MANY = 65_536;

/** Adds one that is found at the same word as the last, or further on. What lies within the last is found already. */
function withSpan(found: KnownSpan[] | undefined, span: KnownSpan, text: string): KnownSpan[] {
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

/**
 * As it is, and as JSON writes it in a string, and in a string of JSON in a string; with slashes escaped as some do.
 */
function spellingsOf(value: string): readonly string[] {
  if (!/["\\/\u0000-\u001f]/.test(value)) return [value];
  const once = escaped(value);
  return [value, once, escaped(once), once.replaceAll('/', '\\/'), value.replaceAll('/', '\\/')];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Whether one word goes on from before `at` to after it. */
function continues(text: string, at: number): boolean {
  const after = at < text.length ? classAt(text, at) : NO_WORD;
  const before = at > 0 ? classAt(text, at - 1) : NO_WORD;
  return after !== NO_WORD && before !== NO_WORD && after !== IDEOGRAPH && before !== IDEOGRAPH;
}

const NO_WORD = 0;
const LETTER = 1;
const DIGIT = 2;
/** Of a script without spaces between words: each may begin one. */
const IDEOGRAPH = 3;
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code >= 0x30 && code <= 0x39 ? DIGIT : /[A-Za-z]/.test(String.fromCharCode(code)) ? LETTER : NO_WORD,
);

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return ASCII[code] ?? NO_WORD;
  // Thai and Lao, Tibetan and Burmese, Khmer, and all from the radicals on: Chinese, Japanese, Korean, and pairs of
  // surrogates.
  if ((code >= 0xe00 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800) || code >= 0x2e80) return IDEOGRAPH;
  const c = String.fromCharCode(code);
  return /\p{N}/u.test(c) ? DIGIT : /[\p{L}\p{M}]/u.test(c) ? LETTER : NO_WORD;
}
