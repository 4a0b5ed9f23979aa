/** Names of one upstream that people and models take for another upstream's. */
import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Member } from './member.ts';
import { formsOf } from './naming.ts';

/** Characters of a name that is compared. No model's API takes one as long, so a longer one is nobody's loss. */
const LONGEST_COMPARED = 1_024;

/** What an upstream without a prefix lists. */
export interface Bare {
  readonly names: ReadonlySet<string>;
  /** What the names look like. */
  readonly forms: ReadonlySet<string>;
}

const kept = new WeakMap<object, Bare>();

/** Reads names, and keeps what was read with whatever lists them. Thousands of names are not read in one go. */
export async function readBare(list: object, names: readonly string[]): Promise<Bare> {
  const known = kept.get(list);
  if (known !== undefined) return known;
  const forms = new Set<string>();
  for (const name of names) {
    if (name.length <= LONGEST_COMPARED) for (const form of formsOf(name)) forms.add(form);
    if (isTurnOver()) await nextTurn();
  }
  const read = { names: new Set(names), forms };
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
  const forms = formsOf(name);
  return (
    members.find(({ prefixForms }) => prefixForms.some((prefix) => forms.some((form) => form.startsWith(prefix)))) ??
    bare.find((other) => other.member !== member && forms.some((form) => other.forms.has(form)))?.member
  );
}
