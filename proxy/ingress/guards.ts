/** Checks `Host` and `Origin` against DNS rebinding (MCP, transports, security). */
import { ProxyError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';

export interface HostRules {
  /** The address that the server listens on. */
  readonly listenHost: string;
  /** `ALLOWED_HOSTS`: `host` or `host:port`. */
  readonly allowedHosts: readonly string[];
}

export class Guards {
  readonly #loopback: boolean;
  readonly #allowed: ReadonlySet<string>;
  readonly #checksHost: boolean;
  /** The last accepted Host: nearly every request has the same. */
  #known: string | undefined;

  constructor({ listenHost, allowedHosts }: HostRules) {
    this.#loopback = isLoopback(listenHost);
    this.#allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    // In the image (0.0.0.0) the platform decides who can connect, and the Host of its probes is not documented.
    this.#checksHost = this.#loopback || this.#allowed.size > 0;
  }

  /** Throws `forbidden-host`, or `invalid-request` if there is none (RFC 9112, 3.2). */
  checkHost(host: string | undefined): void {
    if (host === undefined) throw new ProxyError('invalid-request', 'expected a Host header, got none');
    if (!this.#checksHost || host === this.#known) return;
    if (this.#accepts(host.toLowerCase())) {
      this.#known = host;
      return;
    }
    throw new ProxyError('forbidden-host', `the Host header is ${this.#expected()}`, {
      clientMessage: `the Host header names no host that is allowed here; got ${quoted(host)}`,
    });
  }

  /** Only browsers send `Origin`. It must be a page that may call this proxy. Throws `forbidden-origin`. */
  checkOrigin(origin: string | undefined): void {
    if (origin === undefined) return;
    const match = /^https?:\/\/([^/\s]+)$/.exec(origin.toLowerCase());
    if (match?.[1] !== undefined && this.#accepts(match[1])) return;
    throw new ProxyError('forbidden-origin', `the Origin header is ${this.#expected()}`, {
      clientMessage: `the Origin header names no page that may call this proxy; got ${quoted(origin)}`,
    });
  }

  #accepts(authority: string): boolean {
    const name = authority.replace(/:\d+$/, '');
    return (this.#loopback && isLoopback(name)) || this.#allowed.has(authority) || this.#allowed.has(name);
  }

  #expected(): string {
    const allowed = [...(this.#loopback ? ['localhost', '127.0.0.1', '[::1]'] : []), ...this.#allowed];
    return allowed.length === 0
      ? 'expected to be absent (bind ALLOWED_HOSTS to allow some)'
      : `expected to name one of ${allowed.join(', ')} (ALLOWED_HOSTS)`;
  }
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
