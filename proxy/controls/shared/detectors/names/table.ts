/** The form of the tables of words. */

/** Words, separated by white space, by language or by the standard whose names they are. */
type ByLanguage = Readonly<Record<string, string>>;

export interface Table {
  /** Whole words, and phrases without spaces. */
  readonly words: ByLanguage;
  /** Found anywhere in a name: for scripts without spaces between words, and for words with many endings. */
  readonly stems: ByLanguage;
  /** Abbreviations and words of wider meaning: they count beside a word for a date or a number (`fec_nac`, `kk_nr`). */
  readonly weak?: string;
  /** Words beside which it is something else. */
  readonly not?: string;
}
