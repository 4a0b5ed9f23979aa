/** The part of `oidc-provider` (which ships no types) that the token issuer uses. */
declare module 'oidc-provider' {
  import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
  export interface GrantContext {
    readonly headers: IncomingHttpHeaders;
    readonly oidc: { readonly body?: Record<string, string> };
  }
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: 'grant.success' | 'grant.error', listener: (context: GrantContext) => void): void;
  }
}
