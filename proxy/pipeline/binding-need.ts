/** What a control needs from its deployment under one environment variable; can be read without running code. */

/**
 * - `value`: any text
 * - `table`: the ARN of a DynamoDB table with the keys `pk` and `sk` and the TTL attribute `expiresAt`; read and
 *   written item by item
 * - `keyring`: the ARN of a Secrets Manager secret holding `{ "current": id, "keys": { id: key } }`. A key is a random
 *   text of 43 characters or more; keys are derived from it (HKDF), it is not decoded. A keyring that the stack creates
 *   starts as `{ "current": id, "keys": key }`, with one key of that id, since Secrets Manager can't generate nested
 *   values
 * - `secret`: the ARN of a Secrets Manager secret, read whole
 *
 * If nothing is bound, the stack creates tables and keyrings.
 */
export type BindingKind = 'value' | 'table' | 'keyring' | 'secret';

export interface BindingNeed {
  /** Description, for errors and `--describe`. */
  readonly for: string;
  /** @default 'value' */
  readonly kind?: BindingKind;
  /** IAM actions in addition to those of its kind, granted only on the bound ARN: `['kms:Sign']`. */
  readonly actions?: readonly string[];
  /**
   * IAM condition keys under which `actions` are granted, with the one value of each:
   * `{ 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }`.
   * @default - none
   */
  readonly conditions?: Readonly<Record<string, string>>;
}

const KINDS: readonly string[] = ['value', 'table', 'keyring', 'secret'] satisfies BindingKind[];
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const ACTION = /^[a-z0-9-]+:[A-Za-z]+$/;

/** A need in its full form. Throws if it is invalid. */
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
    // A wildcard would grant more than the reader of a control expects.
    if (!ACTION.test(action))
      throw new TypeError(
        `binding ${name}: expected IAM actions such as kms:Sign, without wildcards, got ${JSON.stringify(action)}`,
      );
  }
  for (const key of Object.keys(full.conditions ?? {})) {
    if (!ACTION.test(key) || (full.actions ?? []).length === 0)
      throw new TypeError(
        `binding ${name}: expected conditions of its actions, by IAM condition keys such as kms:SigningAlgorithm, got ${JSON.stringify(key)}${(full.actions ?? []).length === 0 ? ' without actions' : ''}`,
      );
  }
  return Object.freeze({ ...full });
}
