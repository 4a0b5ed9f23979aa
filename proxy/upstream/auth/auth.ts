/** The interface between sending a request and authenticating it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../../call/exchange.ts';
import type { Response } from '../http/response.ts';

/** A request that is about to be sent: the parts that credentials depend on. */
export interface Outgoing {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** `host[:port]` exactly as the `Host` header will carry it. */
  readonly host: string;
  /** Path and query exactly as the request line will carry them, percent-encoding included; `apply` may add to the query. */
  path: string;
  /** The exact bytes of the body, or its text; undefined if there is none. */
  readonly body: Buffer | string | undefined;
  /** Flat list of header names and values (`[name, value, name, value]`), in lower case; `apply` appends to it. */
  readonly headers: string[];
  /** Who calls, and with which tokens; undefined for a request that is made for no caller. */
  readonly exchange?:
    | (Pick<Exchange, 'caller' | 'inbound'> & Partial<Pick<Exchange, 'channels' | 'aborted'>>)
    | undefined;
}

/** Adds credentials to requests to one upstream. One instance per upstream, shared by all calls. */
export interface Authenticator {
  /** Loads what the first request would load. Fetches no credentials, and connects to nothing. */
  readonly warm?: (() => Promise<unknown>) | undefined;
  /**
   * Names whose credentials the requests of an exchange are sent with. What the upstream listed for one is not shown to
   * another. Throws `unauthenticated-caller` if the exchange has no token to get credentials with.
   * @default - the same credentials for all callers
   */
  readonly whose?: (exchange: Pick<Exchange, 'inbound'>) => string;
  /** Appends the credential headers. Synchronous if they are in memory, so that the hot path doesn't wait. */
  apply(request: Outgoing): void | Promise<void>;
  /** Takes the credentials out of an answer, where servers tend to repeat them. @default - they don't */
  readonly cleaned?: (response: Response, request: Outgoing) => Promise<Response>;
  /**
   * The upstream refused these credentials (401, or 403 if that status means the proxy): drops the cached ones.
   * Returns true if a retry with fresh ones makes sense. `headers` are the reply's, which may name its issuer or the
   * type of error. `request` is what was refused: credentials renewed since then are not dropped. `body` may say why.
   */
  refused(status: number, headers: IncomingHttpHeaders, request?: Outgoing, body?: Buffer): boolean | Promise<boolean>;
  /** The upstream refused the retry, too. @default - it learns nothing from that */
  readonly refusedAgain?: () => void;
}
