/**
 * Who asks, as Cedar sees it: no more of the claims than the rules look at, so that callers whom no rule tells apart
 * share decisions.
 */
import type { EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/web';
import type { Caller } from '../../call/caller.ts';
import type { JsonValue } from '../../json/value.ts';
import { keyOf, type Reads } from './reads.ts';

/** `strings`: a list of texts; a single text counts as a list of one. `number`: whole numbers. */
export type ClaimType = 'string' | 'number' | 'boolean' | 'strings';

export interface CallerModel {
  /** Claims that hold groups. */
  readonly groups: readonly string[];
  /** Claims that rules may read, with their types. */
  readonly claims: Readonly<Record<string, ClaimType>>;
}

export interface CallerEntity {
  readonly uid: { readonly type: 'Caller'; readonly id: string };
  readonly entity: EntityJson;
  /** Its groups and scopes, as by `keyOf`. */
  readonly memberships: readonly string[];
  /** The same for callers whom the rules can't tell apart. */
  readonly key: string;
}

/** Claims that hold OAuth scopes: a text with spaces (RFC 8693, `scope`), or a list. */
const SCOPES = ['scope', 'scp'];

/**
 * Claims that can't be what the policies take them for: everything is denied to such a caller. The message names the
 * claim, not its value.
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
  // Nobody in particular where no rule would know the name.
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
