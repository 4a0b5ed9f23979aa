/** What a tokenization control was told to do, compiled. */
import { hiddenAt } from '../shared/surfaces/hidden-at.ts';
import type { Place } from '../shared/surfaces/index.ts';
import type { Scope, Scopes } from '../shared/surfaces/scope.ts';

/** A field whose value is hidden, whole, whatever it looks like. */
export interface Field extends Scope {
  /**
   * What kind of value it is: a detector's name, or one of your own. Tokens of one type can be compared with one
   * another.
   */
  readonly type: string;
  /**
   * Tokens without a marker are turned back, too, wherever this field comes back. Set it only where the upstream has
   * nothing but tokens in that field: anything else there would be turned into something else.
   * @default false
   */
  readonly reverses?: boolean;
}

/** A field at which tokens are turned back on their way to the upstream. */
export interface RestoreField extends Scope {
  /**
   * Tokens of this type alone, and also those without a marker, taken as such.
   * @default - tokens of any type, with a marker
   */
  readonly type?: string;
  /**
   * Also within a text, where a token is a word of its own: in `Dear Qtk_…,`, and not in `Qtk_….example.com`.
   * @default false - only where the token is all that is there
   */
  readonly within?: boolean;
}

export interface Rules {
  readonly fields: Scopes<Field>;
  readonly keep: Scopes<true>;
  readonly restore: Scopes<RestoreField>;
  readonly whenNoToken: 'refuse' | 'redact';
}

/** What is said of a place: its field, that it is left alone, or nothing. */
export function ruleAt({ fields, keep, restore }: Rules, at: Place): Field | 'keep' | undefined {
  if (keep.permits(at) !== undefined || (at.direction === 'upstream' && restore.permits(at) !== undefined))
    return 'keep';
  return hiddenAt(fields, at);
}
