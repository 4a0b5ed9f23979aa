/**
 * Asks whether a caller may do something: make a call, see an entry of a list, get a request of the upstream, or, for
 * the tokenization control, have a token restored (`detokenize`).
 */
import type { UpstreamView } from '../../call/call.ts';
import type { Caller } from '../../call/caller.ts';
import type { ExactNumbers } from '../../json-schema/digits.ts';
import type { JsonObject } from '../../json/value.ts';

/**
 * An MCP method, verbatim: `tools/call`, `prompts/get`, `resources/read`, `elicitation/create`, … Methods without a
 * separate decision (`resources/subscribe`, `completion/complete`, lists, tasks) use the method whose decision they
 * share. `detokenize` is not an MCP method.
 */
export type Action = string;

/**
 * The resource of an action, by the name that the client sees. A URI is decided under every reading that a server may
 * give it. `Upstream` is for actions without a specific resource.
 */
export type ResourceRef =
  | { readonly type: 'Tool' | 'Prompt'; readonly name: string }
  | { readonly type: 'Resource'; readonly uri: string }
  | { readonly type: 'Upstream' };

/** What rules may read beyond caller and resource. */
export interface DecisionContext {
  /** The arguments of the call, or the parameters of the upstream's request. Undefined: not known. */
  readonly arguments?: JsonObject | undefined;
  /** @internal The exact text of numbers that a double would change. */
  readonly digits?: ExactNumbers | undefined;
  /** For `detokenize`: where the token is, in the form that the policy uses for fields. */
  readonly field?: string | undefined;
  /** For `detokenize`: who receives the value. */
  readonly to?: 'client' | 'upstream' | undefined;
  /** For `detokenize`: the kind of value (`email`, `card`, …). */
  readonly kind?: string | undefined;
}

export interface Decision {
  /**
   * `undecidable`: the answer depends on arguments that were not given. A call is then denied; a list shows the entry.
   */
  readonly verdict: 'allow' | 'deny' | 'undecidable';
  /** The ids of the policies that decided. If empty, no policy permits it, so it is denied. */
  readonly policies: readonly string[];
  /** Denied only since the caller's token lacks some of these scopes: with all of them it would be permitted. */
  readonly lacks?: readonly string[];
}

/** The asker; a `Call` is one. */
export interface Asker {
  readonly caller: Caller;
  readonly upstream: Pick<UpstreamView, 'name' | 'among'>;
}

/** Never rejects because of the question: what can't be decided is denied. Synchronous once the policies are loaded. */
export type Decide = (
  asker: Asker,
  action: Action,
  resource: ResourceRef,
  context?: DecisionContext,
) => Decision | Promise<Decision>;
