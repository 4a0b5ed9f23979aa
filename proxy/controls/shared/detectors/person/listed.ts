/** Looks words up in the lists of names, which are loaded with the first search. */
import { endsLikeSurname, inLatin } from './transliterated.ts';

/** Words are in folded form. */
export class NameLists {
  readonly #given: ReadonlySet<string>;
  readonly #ambiguous: ReadonlySet<string>;
  readonly #surnames: ReadonlySet<string>;

  private constructor(given: string, ambiguous: string, surnames: string) {
    this.#given = setOf(given);
    this.#ambiguous = setOf(ambiguous);
    this.#surnames = setOf(surnames);
  }

  static async load(): Promise<NameLists> {
    const [{ GIVEN, AMBIGUOUS }, { SURNAMES }] = await Promise.all([
      import('./given-names.ts'),
      import('./surnames.ts'),
    ]);
    return new NameLists(GIVEN, AMBIGUOUS, SURNAMES);
  }

  isGiven(word: string): boolean {
    return (
      this.#given.has(inLatin(word)) || (word.includes('-') && word.split('-').every((each) => this.mayBeGiven(each)))
    );
  }

  /** Also words that are more often something else. */
  mayBeGiven(word: string): boolean {
    const latin = inLatin(word);
    return this.#given.has(latin) || this.#ambiguous.has(latin);
  }

  isSurname(word: string): boolean {
    if (word.includes('-')) return word.split('-').some((each) => this.isSurname(each));
    return this.#surnames.has(inLatin(word)) || endsLikeSurname(word);
  }
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
