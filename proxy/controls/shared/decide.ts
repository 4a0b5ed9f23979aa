/**
 * The one question of access: may this caller do that? Asked for calls, for the entries of lists, for what the upstream
 * asks the client, and, by the tokenization control, for restoring a token (`detokenize`).
 */
import type { Caller } from '../../call/caller.ts';
import type { ExactNumbers } from '../../json-schema/digits.ts';
import type { JsonObject } from '../../json/value.ts';

/**
 * An MCP method, verbatim: `tools/call`, `prompts/get`, `resources/read`, `elicitation/create`, … What isn't decided by
 * itself (`resources/subscribe`, `completion/complete`, lists, tasks) is asked as the method whose decision it shares.
 * And one that is none of MCP's: `detokenize`.
 */
export type Action = string;

/**
 * What an action is done to, by the name that the client sees. A URI is decided by whatever it may be read as.
 * `Upstream` is for actions that are about nothing in particular.
 */
export type ResourceRef =
  | { readonly type: 'Tool' | 'Prompt'; readonly name: string }
  | { readonly type: 'Resource'; readonly uri: string }
  | { readonly type: 'Upstream' };

/** What rules may look at beyond caller and resource. */
export interface DecisionContext {
  /** The arguments of the call; for what the upstream asks, its parameters. Left out: not known. */
  readonly arguments?: JsonObject | undefined;
  /** @internal What their numbers are in the text that goes on, where it isn't what doubles make of them. */
  readonly digits?: ExactNumbers | undefined;
  /** Of `detokenize`: where the token stands, in whatever form the policy is meant to name it. */
  readonly field?: string | undefined;
  /** Of `detokenize`: who gets to see the value. */
  readonly to?: 'client' | 'upstream' | undefined;
  /** Of `detokenize`: what kind of value it is (`email`, `card`, …). */
  readonly kind?: string | undefined;
}

export interface Decision {
  /**
   * `undecidable`: it depends on arguments that were not given. Whoever must act on that denies; a list shows the
   * entry.
   */
  readonly verdict: 'allow' | 'deny' | 'undecidable';
  /** The policies that decided, by their ids. None: nothing permits it, which denies. */
  readonly policies: readonly string[];
}

/** Who asks: a `Call` is one. */
export interface Asker {
  readonly caller: Caller;
  readonly upstream: { readonly name: string };
}

/**
 * Never rejects because of what was asked: what can't be decided is denied. At once, but for the time it takes to load
 * the policies.
 */
export type Decide = (
  asker: Asker,
  action: Action,
  resource: ResourceRef,
  context?: DecisionContext,
) => Decision | Promise<Decision>;
