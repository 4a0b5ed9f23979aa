/** The one seam between sending a request and proving who sends it. */
import type { IncomingHttpHeaders } from 'node:http';

/** A request about to leave, as far as credentials depend on it. */
export interface Outgoing {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** `host[:port]` exactly as the `Host` header will carry it. */
  readonly host: string;
  /** Path and query exactly as the request line will carry them, percent-encoding included; `apply` may add to the query. */
  path: string;
  /** The exact bytes of the body; undefined where there is none. */
  readonly body: Buffer | undefined;
  /** Flat list of header names and values (`[name, value, name, value]`), in lower case; `apply` appends to it. */
  readonly headers: string[];
}

/** Adds credentials to requests towards one upstream. One instance per upstream, shared by all calls. */
export interface Authenticator {
  /** Appends the credential headers. Synchronous whenever they are at hand: the hot path doesn't wait for nothing. */
  apply(request: Outgoing): void | Promise<void>;
  /**
   * The upstream refused these credentials (401, or 403 where that means us): forget what is cached.
   * True if a retry with fresh ones makes sense. `headers` are the reply's: what it says of its issuer or error type.
   * `request` is what was refused: credentials renewed since then are not forgotten again.
   */
  refused(status: number, headers: IncomingHttpHeaders, request?: Outgoing): boolean | Promise<boolean>;
}
