/**
 * Other words in place of words, and other digits in place of digits: same length, same case, same punctuation. A word has
 * the same pseudonym wherever it stands in one record. The key is drawn for each record and forgotten with it.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isOpaque, otherBase64, otherRun, RUN } from './opaque.ts';

/** What formats of JSON Schema take apart. */
const SHAPED =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?:18|19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/gi;
const UUID_LENGTH = 36;
const WORD = /\p{L}[\p{L}\p{M}]*|\d+/gu;
/** What says something in another way than letters and ASCII digits: other digits, symbols, marks, invisible characters. */
const OTHER = /[^\0-\x7f\p{L}\p{M}\p{P}\p{Z}\p{Sc}]|(?<![\p{L}\p{M}])\p{M}+/gu;
/** Words that say what stands beside them: without them, a detector would find other things. No data. */
const KEPT = new Set(
  `a an and are at by for from in is it no not of on or the to was with yes true false null mr mrs ms dr dear hi hello
  national called call prefers
  account address api bank birth birthday born card cc cell code contact credit customer cvv date debit dob email e expires
  fax first holder iban id invoice ip key last mail mobile name no nr number order passport password phone secret security
  social ssn tel telephone token user visa www com org net io http https`.split(/\s+/),
);
/** Ids of requests that the proxy makes itself. */
const OWN_ID = /^proxy-(?:(?:(?:list|search)-)?[0-9a-f]{24}-\d{1,9}|initialize|restore-[a-z/]{1,40})$/;
/** Bounds of what is remembered. */
const MOST = 100_000;

export class Pseudonyms {
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, string>();

  /** @param nonce another one gives other digits */
  text(text: string, nonce = 0): string {
    let out = '';
    let at = 0;
    for (const { index, 0: found } of text.matchAll(SHAPED)) {
      out += this.#words(text.slice(at, index), nonce) + this.#shaped(found);
      at = index + found.length;
    }
    return out + this.#words(text.slice(at), nonce);
  }

  #words(text: string, nonce: number): string {
    return this.#runs(text, nonce, (part) =>
      part.replaceAll(WORD, (word) =>
        KEPT.has(word.toLowerCase()) ? word : this.word(word, /\d/.test(word) ? nonce : 0),
      ),
    );
  }

  /** Encodings are replaced whole, the rest by words. */
  #runs(text: string, nonce: number, words: (part: string) => string): string {
    let out = '';
    let at = 0;
    for (const { index, 0: run } of text.matchAll(RUN)) {
      if (!isOpaque(run)) continue;
      out += words(text.slice(at, index)) + otherRun(this.#key, run, nonce);
      at = index + run.length;
    }
    return this.#others(out + words(text.slice(at)));
  }

  #others(text: string): string {
    return text.replaceAll(OTHER, (char) => (/\p{N}/u.test(char) ? String(this.pick(char, 10)) : '\u25a1'));
  }

  /** Also of words that {@link text} keeps. */
  all(text: string, nonce = 0): string {
    return this.#runs(text, nonce, (part) => part.replaceAll(WORD, (word) => this.word(word, nonce)));
  }

  /** All of it is one encoding. */
  opaque(text: string, nonce = 0): string {
    return otherRun(this.#key, text, nonce);
  }

  base64(text: string): string {
    return otherBase64(this.#key, text);
  }

  /** What refers to something: short numbers stay, so that different ones stay different. */
  reference(text: string): string {
    if (OWN_ID.test(text)) return text;
    return this.#runs(text, 0, (part) => {
      let out = '';
      let at = 0;
      for (const { index, 0: found } of part.matchAll(SHAPED)) {
        out += this.#referenced(part.slice(at, index)) + this.#shaped(found);
        at = index + found.length;
      }
      return out + this.#referenced(part.slice(at));
    });
  }

  #referenced(text: string): string {
    return text.replaceAll(WORD, (word) =>
      /^\d{1,6}$/.test(word) || word.length < 3 || KEPT.has(word.toLowerCase()) ? word : this.word(word),
    );
  }

  word(word: string, nonce = 0): string {
    const folded = word.toLowerCase();
    const name = `${nonce}\n${folded}`;
    let made = this.#known.get(name);
    if (made === undefined) {
      made = this.#made(folded, name);
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(name, made);
    }
    let out = '';
    let at = 0;
    for (const char of word) {
      const other = made[at++] ?? 'x';
      out += char === char.toLowerCase() ? other : other.toUpperCase();
    }
    return out;
  }

  /** A number below `most` that belongs to a text. */
  pick(text: string, most: number): number {
    return createHmac('sha256', this.#key).update(text).digest().readUInt32BE(0) % most;
  }

  /** Another date, or another id, that formats of schemas still accept. */
  #shaped(text: string): string {
    if (text.length === UUID_LENGTH) {
      const hex = createHmac('sha256', this.#key).update(text.toLowerCase()).digest('hex');
      let at = 0;
      // Version and variant stay.
      return text.replaceAll(/[0-9a-f]/gi, (char, i: number) => (i === 14 || i === 19 ? char : (hex[at++] ?? '0')));
    }
    const days = this.pick(text, 28) + 1;
    const months = this.pick(`${text} month`, 12) + 1;
    return `${text.slice(0, 3)}${this.pick(`${text} year`, 10)}-${String(months).padStart(2, '0')}-${String(days).padStart(2, '0')}`;
  }

  #made(folded: string, name: string): string {
    const chars = Array.from(folded);
    let bytes = createHmac('sha512', this.#key).update(name).digest();
    let made = '';
    for (let i = 0; i < chars.length; i++) {
      if (i % bytes.length === 0 && i > 0) bytes = createHmac('sha512', this.#key).update(`${name}\n${i}`).digest();
      const byte = bytes[i % bytes.length] ?? 0;
      if (/\d/.test(chars[i] ?? '')) {
        // A number keeps its length: no first digit becomes a zero, and a zero stays one.
        const digit = i === 0 && chars[0] !== '0' ? 1 + (byte % 9) : i === 0 ? 0 : byte % 10;
        made += String(digit);
      } else made += String.fromCharCode(97 + (byte % 26));
    }
    return made;
  }
}
