/** The compiled rules of a tokenization control. */
import { hiddenAt } from '../shared/surfaces/hidden-at.ts';
import type { Place } from '../shared/surfaces/index.ts';
import type { Scope, Scopes } from '../shared/surfaces/scope.ts';

/** A field whose value is hidden completely, in any form. */
export interface Field extends Scope {
  /** The type of value: a detector's name, or one of your own. Tokens of one type can be compared with one another. */
  readonly type: string;
  /**
   * Whether the field may get tokens without a marker, and every value in it is turned back wherever it returns. Set it
   * only if the upstream has nothing but tokens in that field: any other value would be changed.
   * @default false - a call whose schema has no room for a marker is refused
   */
  readonly reverses?: boolean;
}

/** A field at which tokens are restored on the way to the upstream. */
export interface RestoreField extends Scope {
  /**
   * Only tokens of this type, including those without a marker.
   * @default - tokens of any type, with a marker
   */
  readonly type?: string;
  /**
   * Also within a text, where a token is a separate word: in `Dear Qtk_…,`, but not in `Qtk_….example.com`.
   * @default false - only where the token is the whole value
   */
  readonly within?: boolean;
}

export interface Rules {
  readonly fields: Scopes<Field>;
  readonly keep: Scopes<true>;
  readonly restore: Scopes<RestoreField>;
  readonly whenNoToken: 'refuse' | 'redact';
  /** Whether a call may hold anything to hide, as its text shows. Undefined: that takes a parse. */
  readonly mayConcern: ((json: string | Buffer) => boolean) | undefined;
}

/** The rule at a place: its field, `keep`, or none. */
export function ruleAt({ fields, keep, restore }: Rules, at: Place): Field | 'keep' | undefined {
  if (keep.permits(at) !== undefined || (at.direction === 'upstream' && restore.permits(at) !== undefined))
    return 'keep';
  return hiddenAt(fields, at);
}
