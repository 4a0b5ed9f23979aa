/** Values that were taken out of one place, looked for in the text beside it, which says the same in other words. */
import { DecodedView, type Range } from '../surfaces/index.ts';

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

/** Those that begin alike, by all that follows their lead; and the lengths that there are. */
interface Group {
  readonly lengths: Set<number>;
  readonly byTail: Map<string, Known[]>;
}

/** Shorter ones are found in too many places where they are something else. */
const SHORTEST = 3;
/** From here on a value may end within a word: what is as long is hardly a part of another. */
const LONG = 8;
/** So few are looked for one by one before a text is read for their words. */
const FEW = 8;
/** What may be compared for each character of the values and of the text, and for all together. */
const STEPS = 32;
const BASE_STEPS = 100_000;
const NONE: readonly KnownSpan[] = Object.freeze([]);

/**
 * However many values there are, a text is read once: each word leads to the values that begin with it. They may be written with
 * the escapes of JSON or percent-encoded. A text that takes more comparing than it is worth counts as found, whole.
 */
export class KnownValues {
  readonly #spellings = new Set<string>();
  /** By the first characters of their first word. */
  readonly #short = new Map<string, Group>();
  readonly #long = new Map<string, Group>();
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
    this.#spellings.add(spelling);
    this.#steps += STEPS * spelling.length;
    const known = { type, value, lead: spelling.slice(0, at) };
    this.#first ??= known;
    const tail = spelling.slice(at);
    const [groups, prefix] = tail.length < LONG ? [this.#short, tail.slice(0, SHORTEST)] : [this.#long, tail.slice(0, LONG)];
    let group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, (group = { lengths: new Set(), byTail: new Map() }));
    group.lengths.add(tail.length);
    const same = group.byTail.get(tail);
    if (same === undefined) group.byTail.set(tail, [known]);
    else same.push(known);
  }

  /** Where they occur; they may overlap. */
  in(text: string): readonly KnownSpan[] {
    if (this.#first === undefined || text.length < SHORTEST) return NONE;
    this.#steps += STEPS * text.length;
    const found = this.#in(text);
    const view = this.#exact ? undefined : DecodedView.of(text);
    if (view === undefined) return found;
    const more = this.#in(view.text).map((span) => ({ ...span, ...view.original(span) }));
    return more.length === 0 ? found : [...found, ...more];
  }

  #in(text: string): readonly KnownSpan[] {
    if (this.#spellings.size <= FEW && ![...this.#spellings].some((spelling) => text.includes(spelling))) return NONE;
    let found: KnownSpan[] | undefined;
    let before = NO_WORD;
    for (let at = 0; at < text.length; at++) {
      const now = classAt(text, at);
      if (now !== NO_WORD && (now !== before || now === IDEOGRAPH)) {
        for (const [groups, length] of [[this.#short, SHORTEST], [this.#long, LONG]] as const) {
          const group = groups.size === 0 ? undefined : groups.get(text.slice(at, at + length));
          if (group !== undefined) found = this.#compare(text, at, group, found);
        }
        // All of it, then: nothing of it is shown, and nobody waits.
        if (this.#steps < 0 && this.#first !== undefined) return [{ start: 0, end: text.length, type: this.#first.type, value: text }];
      }
      before = now;
    }
    return found ?? NONE;
  }

  #compare(text: string, at: number, { lengths, byTail }: Group, found: KnownSpan[] | undefined): KnownSpan[] | undefined {
    for (const length of lengths) {
      this.#steps -= 1 + (length >> 2);
      if (this.#steps < 0) return found;
      const end = at + length;
      if (end > text.length) continue;
      const same = byTail.get(text.slice(at, end));
      if (same === undefined) continue;
      for (const { lead, type, value } of same) {
        this.#steps -= 1 + (lead.length >> 2);
        const start = at - lead.length;
        if (start < 0 || !text.startsWith(lead, start) || (this.#exact ? continues(text, start) || continues(text, end) : length < LONG && (continues(text, start) || continues(text, end)))) continue;
        (found ??= []).push({ start, end, type, value });
      }
    }
    return found;
  }
}

/** As it is, and as JSON writes it in a string, and in a string of JSON in a string; with slashes escaped as some do. */
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
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => (code >= 0x30 && code <= 0x39 ? DIGIT : /[A-Za-z]/.test(String.fromCharCode(code)) ? LETTER : NO_WORD));

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return ASCII[code] ?? NO_WORD;
  // Thai and Lao, Tibetan and Burmese, Khmer, and all from the radicals on: Chinese, Japanese, Korean, and pairs of surrogates.
  if ((code >= 0xe00 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800) || code >= 0x2e80) return IDEOGRAPH;
  const c = String.fromCharCode(code);
  return /\p{N}/u.test(c) ? DIGIT : /[\p{L}\p{M}]/u.test(c) ? LETTER : NO_WORD;
}
