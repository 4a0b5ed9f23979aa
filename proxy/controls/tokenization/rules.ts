/** What a tokenization control was told to do, compiled. */
import type { Place } from '../surfaces/index.ts';
import type { Scope, Scopes } from './scope.ts';

/** A field whose value is hidden, whole, whatever it looks like. */
export interface Field extends Scope {
  /** What kind of value it is: a detector's name, or one of your own. Tokens of one type can be compared with one another. */
  readonly type: string;
  /**
   * Tokens without a marker are turned back, too, wherever this field comes back. Set it only where the upstream has nothing but
   * tokens in that field: anything else there would be turned into something else.
   * @default false
   */
  readonly reverses?: boolean;
}

/** A field at which tokens are turned back on their way to the upstream. */
export interface RestoreField extends Scope {
  /** Also those without a marker, taken as tokens of this type. @default - only tokens with a marker */
  readonly type?: string;
}

export interface Rules {
  readonly fields: Scopes<Field>;
  readonly keep: Scopes<true>;
  readonly restore: Scopes<RestoreField>;
  readonly whenNoToken: 'refuse' | 'redact';
}

/** What is said of a place: its field, that it is left alone, or nothing. */
export function ruleAt({ fields, keep, restore }: Rules, at: Place): Field | 'keep' | undefined {
  if (keep.at(at) !== undefined || (at.direction === 'upstream' && restore.at(at) !== undefined)) return 'keep';
  return fields.at(at);
}
