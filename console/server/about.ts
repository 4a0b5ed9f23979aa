/** What the page shows of the proxy. Types only: the page imports them. */

export interface About {
  readonly version: string;
  /** Where clients reach the proxy. */
  readonly url: string;
  /** Names and addresses. */
  readonly upstreams: readonly { readonly name: string; readonly address: string }[];
  /** Outermost first. */
  readonly controls: readonly {
    readonly name: string;
    readonly auditOnly: boolean;
    readonly does?: string | undefined;
  }[];
  readonly callers: readonly string[];
  /** The config's source of the caller. */
  readonly callerSource: string;
  readonly showsValues: boolean;
  /** When each error code occurs, and the page with a paragraph about each. */
  readonly errors: Readonly<Record<string, string>>;
  readonly errorsPage: string;
  /** A command that makes a call. */
  readonly tryIt: string;
}

/** A changed config serves. */
export interface Swapped {
  /** `Date.now()`. */
  readonly at: number;
  /** Outermost first. */
  readonly controls: readonly string[];
}
