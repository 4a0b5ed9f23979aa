/** The containers of a value in JSON, as evidence of what it is. */
import type { JsonObject, JsonValue } from '../../../json/value.ts';

/** An object or a list, as it was parsed. */
export type Holder = JsonObject | readonly JsonValue[];

/** One for a walk. It also keeps what was last found in them, because several detectors ask about one value. */
export class Holders {
  /** The container of each segment of the path. */
  readonly list: Holder[] = [];
  /** The value that was last asked about, and its hints. */
  holder: Holder | undefined;
  segment: string | number | undefined;
  hints = 0;
  /** The last list that may be a row, and its headings. */
  row: Holder | undefined;
  headings: readonly JsonValue[] | undefined;
  /** The last object that may be a table, and its headings. */
  table: Holder | undefined;
  named: NamedHeadings | undefined;
}

export interface NamedHeadings {
  /** The member that contains them. */
  readonly key: string;
  readonly list: readonly JsonValue[];
}

export function isList(value: Holder): value is readonly JsonValue[] {
  return Array.isArray(value);
}
