/**
 * How a client learns where it gets a token (RFC 9728; MCP, authorization): the challenge of a refusal, and the
 * document that it points to. For a proxy that verifies tokens itself; on AgentCore Runtime, the platform's authorizer
 * does this.
 */
import { isLoopback } from '../base/loopback.ts';

export interface ProtectedResourceOptions {
  /** The issuers whose tokens are accepted, as their tokens name them. */
  readonly issuers: readonly string[];
  /** The scopes that a client may ask for. */
  readonly scopes: readonly string[];
  /**
   * The URL at which clients reach `/mcp`.
   * @default - the URL of the request on this machine; else unknown, and the challenge doesn't point to a document
   */
  readonly publicUrl: URL | undefined;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

export class ProtectedResource {
  readonly #options: ProtectedResourceOptions;
  readonly #paths: ReadonlySet<string>;
  /** The last one: nearly every request has the same Host. */
  #challenge: { readonly host: string | undefined; readonly text: string } | undefined;

  constructor(options: ProtectedResourceOptions) {
    this.#options = options;
    // Clients try the form with the resource's path first, then the one without (MCP, authorization, discovery).
    this.#paths = new Set([WELL_KNOWN, `${WELL_KNOWN}/mcp`, metadataOf(options.publicUrl)?.pathname ?? WELL_KNOWN]);
  }

  /** The value of `WWW-Authenticate`, to which the error's own parameters are added. */
  challenge(host: string | undefined): string {
    if (this.#challenge === undefined || this.#challenge.host !== host) {
      const metadata = metadataOf(this.#resource(host));
      const text = metadata === undefined ? 'Bearer' : `Bearer resource_metadata="${metadata.href}"`;
      this.#challenge = { host, text };
    }
    return this.#challenge.text;
  }

  /** The document, as JSON; undefined for another path, or if the resource's URL isn't known. */
  document(path: string, host: string | undefined): string | undefined {
    if (!this.#paths.has(path)) return undefined;
    const resource = this.#resource(host);
    if (resource === undefined) return undefined;
    const { issuers, scopes } = this.#options;
    return JSON.stringify({
      resource: resource.href,
      authorization_servers: issuers,
      ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
      bearer_methods_supported: ['header'],
    });
  }

  #resource(host: string | undefined): URL | undefined {
    const { publicUrl } = this.#options;
    if (publicUrl !== undefined || host === undefined) return publicUrl;
    const url = URL.parse(`http://${host}/mcp`);
    // Any other host may be that of a component in front, with TLS or without.
    const isPlain = url?.pathname === '/mcp' && url.username + url.password + url.search + url.hash === '';
    return isPlain && isLoopback(url.hostname) ? url : undefined;
  }
}

/** RFC 9728 §3.1: the well-known part comes before the path. */
function metadataOf(resource: URL | undefined): URL | undefined {
  if (resource === undefined) return undefined;
  return new URL(`${WELL_KNOWN}${resource.pathname === '/' ? '' : resource.pathname}`, resource);
}
