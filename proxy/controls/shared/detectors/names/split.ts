/** Splits names into words that can be compared: without case, accents and variants of letters. */

/** Letters that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ß: 'ss',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ς: 'σ',
  ة: 'ه',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
};

/** Lower case without accents; one form for a syllable of Hangul, full-width and half-width letters. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  return (
    lower
      .normalize('NFKD')
      // Marks of Latin, Greek and Cyrillic, vowel points, Japanese voicing, and signs that a writer may leave out. Vowel
      // signs of other scripts stay.
      .replace(/\u200c|\u200d/g, '')
      .replace(/[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u093c\u3099-\u309a]/g, '')
      .replace(/[øłđðßıæœþħŧςةىیک]/g, (letter) => LETTERS[letter] ?? letter)
      .normalize('NFC')
  );
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** Splits a name into words: `dateOfBirth`, `date_of_birth` and `Date of birth` give the same. */
export function wordsOf(name: string): string[] {
  const parts = isAscii(name)
    ? name
        // `governmentIDs` has two words.
        .replace(/([A-Z]{2})s(?![a-z])/g, '$1S')
        .replace(/([a-z\d])([A-Z])/g, '$1 $2')
        .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    : name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return splitFolded(fold(parts));
}

/** The words of text in lower case, without regard to capitals within a word. */
export function wordsOfText(text: string): string[] {
  return splitFolded(fold(text));
}

function splitFolded(text: string): string[] {
  const words = isAscii(text) ? text.split(/[^a-z\d]+/) : text.split(/[^\p{L}\p{M}\p{N}]+/u);
  return words.filter((word) => word !== '');
}

/** A set of words, made on first use: a start without detectors needs none. */
export class Words {
  readonly #text: string;
  #words: ReadonlySet<string> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  has(word: string): boolean {
    return this.#set().has(word);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#set().values();
  }

  #set(): ReadonlySet<string> {
    return (this.#words ??= new Set(fold(this.#text).trim().split(/\s+/)));
  }
}

/** @param words separated by white space, in any spelling */
export function set(words: string): Words {
  return new Words(words);
}
