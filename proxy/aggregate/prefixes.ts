/** Finds the upstream of a prefix, in a time that doesn't grow with the upstreams. */
import type { Member } from './member.ts';

export class Prefixes {
  readonly #members = new Map<string, Member>();
  /** Lengths of prefixes: few are different. */
  readonly #lengths: readonly number[];

  constructor(members: readonly Member[]) {
    for (const member of members) if (member.naming.prefix !== '') this.#members.set(member.naming.prefix, member);
    this.#lengths = [...new Set([...this.#members.keys()].map(({ length }) => length))];
  }

  /** The upstream whose prefix begins a client's name. There is one at most: the build refuses prefixes of prefixes. */
  of(shown: string): Member | undefined {
    for (const length of this.#lengths) {
      const member = this.#members.get(shown.slice(0, length));
      if (member !== undefined) return member;
    }
    return undefined;
  }
}
