/** The form of the tables of words. */

/** Words, separated by white space, by language or by the standard whose names they are. */
type ByLanguage = Readonly<Record<string, string>>;

export interface Table {
  /** Whole words, and phrases without spaces. */
  readonly words: ByLanguage;
  /** Found anywhere in a name: for scripts without spaces between words, or with many endings. */
  readonly stems: ByLanguage;
  /** Words beside which it is something else. */
  readonly not?: string;
}
