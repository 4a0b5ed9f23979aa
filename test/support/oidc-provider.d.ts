/** The part of `oidc-provider` (which ships no types) that the token issuer uses. */
declare module 'oidc-provider' {
  import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
  export interface GrantContext {
    readonly headers: IncomingHttpHeaders;
    readonly oidc: { readonly body?: Record<string, string> };
  }
  export interface CustomGrantContext {
    body: unknown;
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly params: Readonly<Record<string, string | undefined>>;
      readonly provider: { readonly AccessToken: new (options: object) => IssuedToken };
    };
  }
  interface IssuedToken {
    resourceServer: unknown;
    scope: string | undefined;
    readonly expiration: number;
    save(): Promise<string>;
  }
  /** An OAuth error (RFC 6749 §5.2). */
  interface ErrorClass {
    new (description?: string): Error;
  }
  export const errors: {
    readonly InvalidGrant: ErrorClass;
    readonly InvalidRequest: ErrorClass;
    readonly CustomOIDCProviderError: new (code: string, description: string) => Error;
  };
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    registerGrantType(
      name: string,
      handler: (context: CustomGrantContext) => Promise<void>,
      parameters: readonly string[],
    ): void;
    readonly ResourceServer: new (identifier: string, data: object) => unknown;
    on(event: 'grant.success' | 'grant.error', listener: (context: GrantContext) => void): void;
  }
}
