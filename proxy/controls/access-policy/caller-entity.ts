/**
 * The caller as a Cedar entity. It contains only claims that the rules read, so that callers whom no rule distinguishes
 * share decisions.
 */
import type { EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/web';
import type { Caller } from '../../call/caller.ts';
import type { JsonValue } from '../../json/value.ts';
import { keyOf, type Reads } from './reads.ts';

/** `strings`: a list of strings; a single string counts as a list of one. `number`: whole numbers. */
export type ClaimType = 'string' | 'number' | 'boolean' | 'strings';

export interface CallerModel {
  /** Claims with groups. */
  readonly groups: readonly string[];
  /** Claims that rules may read, with their types. */
  readonly claims: Readonly<Record<string, ClaimType>>;
}

export interface CallerEntity {
  readonly uid: { readonly type: 'Caller'; readonly id: string };
  readonly entity: EntityJson;
  /** Its groups and scopes, in the form of `keyOf`. */
  readonly memberships: readonly string[];
  /** Equal for callers whom the rules can't distinguish. */
  readonly key: string;
}

/** Claims with OAuth scopes: a string with spaces (RFC 8693, `scope`), or a list. */
const SCOPES = ['scope', 'scp'];

/**
 * Claims of another type than the policies expect: such a caller is denied everything. The message names the claim, but
 * not its value.
 */
export class UnfitClaims extends Error {}

export function callerEntity(
  { subject, claims }: Caller,
  { groups, claims: types }: CallerModel,
  reads: Reads,
): CallerEntity {
  const parents: EntityUidJson[] = [];
  const memberships: string[] = [];
  const member = (type: string, id: string): void => {
    const membership = keyOf({ type, id });
    if ((!reads.wholeCaller && !reads.named.has(membership)) || memberships.includes(membership)) return;
    parents.push({ type, id });
    memberships.push(membership);
  };
  for (const claim of groups) for (const group of namesIn(claims[claim], claim)) member('Group', group);
  for (const claim of SCOPES)
    for (const scope of namesIn(claims[claim], claim)) for (const one of scope.split(' ')) member('Scope', one);
  const attrs: Record<string, string | number | boolean | string[]> = {};
  for (const [name, type] of Object.entries(types)) {
    const value = claims[name];
    if (value !== undefined && value !== null && (reads.wholeCaller || reads.claims.has(name)))
      attrs[name] = typed(value, type, name);
  }
  // Without its name if no rule reads that name, so that such callers are equal.
  const named = subject !== undefined && (reads.wholeCaller || reads.named.has(keyOf({ type: 'Caller', id: subject })));
  const uid = { type: 'Caller', id: named ? subject : '' } as const;
  return {
    uid,
    entity: { uid, attrs, parents },
    memberships,
    key: JSON.stringify([uid.id, memberships.toSorted(), attrs]),
  };
}

function namesIn(value: JsonValue | undefined, claim: string): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]).map((name) => {
    if (typeof name !== 'string' && typeof name !== 'number')
      throw new UnfitClaims(`expected the claim ${claim} to be a list of names`);
    return String(name);
  });
}

function typed(value: JsonValue, type: ClaimType, claim: string): string | number | boolean | string[] {
  if (type === 'strings') return namesIn(value, claim);
  if (typeof value === 'string' && type === 'string') return value;
  if (typeof value === 'boolean' && type === 'boolean') return value;
  if (typeof value === 'number' && type === 'number' && Number.isSafeInteger(value)) return value;
  throw new UnfitClaims(`expected the claim ${claim} to be a ${type}`);
}
