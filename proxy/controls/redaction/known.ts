/** Values that were taken out of structured content, looked for in the text beside it, which says the same in other words. */
import { added, NONE, type Span } from '../detectors/detector.ts';

/** Shorter ones are found in too many places where they are something else. */
const SHORTEST = 3;
/** Scripts without spaces between words: each of their characters may begin one. */
const WORD = /[\u2e80-\uffff]|(?:(?![\u2e80-\uffff])[\p{L}\p{N}])+/u;
const WORDS = new RegExp(WORD, 'gu');

interface Value {
  readonly type: string;
  /** Where its first word stands in it. */
  readonly at: number;
}

/** However many there are, a text is read once: a word leads to the values that begin with it. */
export class KnownValues {
  readonly #values = new Map<string, Value>();
  /** By first word: how long the values are that have it, and where it stands in them. */
  readonly #byWord = new Map<string, Map<number, Set<number>>>();

  add(value: string, type: string): void {
    if (value.length < SHORTEST || this.#values.has(value)) return;
    const match = WORD.exec(value);
    if (match === null) return;
    this.#values.set(value, { type, at: match.index });
    let lengths = this.#byWord.get(match[0]);
    if (lengths === undefined) this.#byWord.set(match[0], (lengths = new Map()));
    const offsets = lengths.get(value.length);
    if (offsets === undefined) lengths.set(value.length, new Set([match.index]));
    else offsets.add(match.index);
  }

  /** Where they occur as words of their own; they may overlap. */
  in(text: string): readonly Span[] {
    if (this.#values.size === 0) return NONE;
    let spans = NONE;
    for (const { 0: word, index } of text.matchAll(WORDS)) {
      const lengths = this.#byWord.get(word);
      if (lengths === undefined) continue;
      for (const [length, offsets] of lengths) {
        for (const offset of offsets) {
          const start = index - offset;
          const value = start < 0 ? undefined : this.#values.get(text.slice(start, start + length));
          if (value?.at === offset && !goesOn(text, start + length)) spans = added(spans, start, start + length, value.type);
        }
      }
    }
    return spans;
  }
}

/** Whether a word goes on there; a value that ends with a sign ends there, whatever follows. */
function goesOn(text: string, at: number): boolean {
  return IN_WORD.test(text.slice(at, at + 2)) && WORD_END.test(text.slice(Math.max(0, at - 2), at));
}
const IN_WORD = /^(?![\u2e80-\uffff])[\p{L}\p{N}]/u;
const WORD_END = /(?![\u2e80-\uffff])[\p{L}\p{N}]$/u;
