/** What a rule looks at, and what it finds. */
import type { KindName } from '../../../proxy/controls/tool-lock/kinds.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

/** Another entry that clients see. */
export interface Other {
  readonly name: string;
  readonly upstream: string;
}

/** One tool, prompt, template or skill, or the server's instructions as an entry with one text. */
export interface Subject {
  readonly kind: KindName | 'instructions';
  readonly name: string;
  readonly upstream: string;
  readonly entry: JsonObject;
  /** As it was locked; undefined: it is new, or there is no lock. */
  readonly before: JsonObject | undefined;
  /** All tools that clients see, this one included. */
  readonly tools: readonly Other[];
}

export interface Found {
  /** The path of the member in the entry. */
  readonly where: string;
  readonly what: string;
}

export interface Rule {
  readonly name: string;
  readonly find: (subject: Subject) => readonly Found[];
}
