/** A value that was found, without its escapes. */
import type { Range } from './surfaces/index.ts';

export interface KnownSpan extends Range {
  readonly type: string;
  readonly value: string;
}
