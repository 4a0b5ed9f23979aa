/** What a control needs from its deployment under one environment variable, known without running anything. */

/**
 * - `value`: any text
 * - `table`: the ARN of a DynamoDB table with the keys `pk` and `sk` and the TTL attribute `expiresAt`; read and
 *   written item by item
 * - `keyring`: the ARN of a Secrets Manager secret holding `{ "current": id, "keys": { id: key } }`. A key is a text of
 *   43 characters or more, random ones: it is hashed into keys (HKDF), not decoded. One that the stack creates begins
 *   as `{ "current": id, "keys": key }`, which stands for the one key of that id: Secrets Manager generates nothing
 *   that is nested
 * - `secret`: the ARN of a Secrets Manager secret, read whole
 *
 * Tables and keyrings are created with the stack where nothing is bound.
 */
export type BindingKind = 'value' | 'table' | 'keyring' | 'secret';

export interface BindingNeed {
  /** In words, for errors and `--describe`. */
  readonly for: string;
  /** @default 'value' */
  readonly kind?: BindingKind;
  /** IAM actions beyond those of its kind, granted on the ARN that is bound and on nothing else: `['kms:Sign']`. */
  readonly actions?: readonly string[];
}

const KINDS: readonly string[] = ['value', 'table', 'keyring', 'secret'] satisfies BindingKind[];
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const ACTION = /^[a-z0-9-]+:[A-Za-z]+$/;

/** A need in its full form. Throws where it can't be one. */
export function needOf(name: string, need: string | BindingNeed): BindingNeed {
  const full = typeof need === 'string' ? { for: need } : need;
  if (!VARIABLE.test(name))
    throw new TypeError(
      `a binding's name is that of an environment variable (letters, digits, underscores): got ${JSON.stringify(name)}`,
    );
  if (full.kind !== undefined && !KINDS.includes(full.kind))
    throw new TypeError(
      `binding ${name}: expected a kind out of ${KINDS.join(', ')}, got ${JSON.stringify(full.kind)}`,
    );
  for (const action of full.actions ?? []) {
    // A wildcard would be more than anybody read when they approved the control.
    if (!ACTION.test(action))
      throw new TypeError(
        `binding ${name}: expected IAM actions such as kms:Sign, without wildcards, got ${JSON.stringify(action)}`,
      );
  }
  return Object.freeze({ ...full });
}
