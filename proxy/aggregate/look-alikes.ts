/** Names of one upstream that people and models take for another upstream's. */
import { keyOfLook, type Look, looksLike, looksLikeStart } from '../base/name-shapes.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Member } from './member.ts';
import { lookOfName } from './naming.ts';

/** Characters of a name that is compared. No model's API takes one as long, so a longer one is nobody's loss. */
const LONGEST_COMPARED = 1_024;
/** Names with the same key that are compared one by one. If a list has more, each name with that key counts as a look-alike. */
const MOST_COMPARED = 8;

/** What an upstream without a prefix lists. */
export interface Bare {
  readonly names: ReadonlySet<string>;
  /** The same by their keys: those that look alike have one in common. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
}

const kept = new WeakMap<object, Bare>();

/** Reads names, and keeps what was read with whatever lists them. Thousands of names are not read in one go. */
export async function readBare(list: object, names: readonly string[]): Promise<Bare> {
  const known = kept.get(list);
  if (known !== undefined) return known;
  const byKey = new Map<string, string[]>();
  for (const name of names) {
    if (name.length <= LONGEST_COMPARED) {
      const key = keyOfLook(lookOfName(name));
      const before = byKey.get(key);
      if (before === undefined) byKey.set(key, [name]);
      else if (before.length <= MOST_COMPARED) before.push(name);
    }
    if (isTurnOver()) await nextTurn();
  }
  const read = { names: new Set(names), byKey };
  kept.set(list, read);
  return read;
}

/** What {@link readBare} read of this list. */
export function knownBare(list: object): Bare | undefined {
  return kept.get(list);
}

export interface BareMember extends Bare {
  readonly member: Member;
}

/**
 * The other upstream that a name could belong to. Names with a prefix have none: the build refuses prefixes that look alike.
 * @param bare what upstreams without a prefix list
 */
export function rivalOf(
  member: Member,
  name: string,
  members: readonly Member[],
  bare: readonly BareMember[],
): Member | undefined {
  if (member.naming.prefix !== '') return undefined;
  if (name.length > LONGEST_COMPARED) return members.find((other) => other !== member);
  const look = lookOfName(name);
  return (
    members.find(({ prefixLook }) => prefixLook !== undefined && looksLikeStart(look, prefixLook)) ??
    bare.find((other) => other.member !== member && holds(other, look))?.member
  );
}

function holds({ byKey }: Bare, look: Look): boolean {
  const names = byKey.get(keyOfLook(look));
  if (names === undefined) return false;
  return names.length > MOST_COMPARED || names.some((name) => looksLike(look, lookOfName(name)));
}
