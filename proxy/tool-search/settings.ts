/** What a config says about tool search, with everything filled in. */
export interface SearchSettings {
  /** Tools that are listed beside the search, by clients' names; `*` stands for any characters. */
  readonly pinned: readonly string[];
  /** The names of the two tools. */
  readonly names: OwnNames;
  /** Tools that a search returns if its caller doesn't say how many. */
  readonly limit: number;
}

export interface OwnNames {
  readonly search: string;
  readonly call: string;
}

/** Tools that a search returns at most. */
export const MAX_FOUND = 20;
