/** A fixed key in the URL's query, for servers that read it nowhere else. It appears in no log line and no error, and in no failing answer of the upstream. */
import type { IncomingHttpHeaders } from 'node:http';
import { UpstreamFailure } from '../../base/errors.ts';
import { isPrivateKey } from '../../credentials/private-key-text.ts';
import type { Authenticator, Outgoing } from './auth.ts';
import { Renewal } from './renewal.ts';
import { withoutKey } from './without-key.ts';

export interface ApiKeyOptions {
  readonly parameter: string;
  /** Reads the key. Called when first needed, and again when the upstream refuses the key. */
  readonly secret: () => Promise<string>;
}

export function apiKey({ parameter, secret }: ApiKeyOptions): Authenticator {
  const renewal = new Renewal("the upstream's key", async () => {
    const key = await secret();
    if (key === '')
      throw new UpstreamFailure('upstream-auth', "the upstream's key is nothing, expected one: store the bare key");
    if (isPrivateKey(key))
      throw new UpstreamFailure(
        'upstream-auth',
        "the upstream's key is a private key, which would be sent there: expected the bare key",
      );
    const value = `${encodeURIComponent(parameter)}=${encodeURIComponent(key)}`;
    return { value, id: value, expiresAt: Infinity };
  });
  const add = (request: Outgoing, value: string): void => {
    request.path += `${request.path.includes('?') ? '&' : '?'}${value}`;
  };
  return {
    apply(request) {
      const value = renewal.current();
      if (value instanceof Promise) return value.then((read) => add(request, read));
      add(request, value);
    },
    cleaned: (response, request) => withoutKey(response, decodeURIComponent(sentIn(request).split('=')[1] ?? '')),
    refused(status: number, _headers: IncomingHttpHeaders, request?: Outgoing) {
      // 403 says what this key may not do; only 401 says that the key itself is invalid.
      return status === 401 && renewal.refused(request && sentIn(request));
    },
  };
}

/** The parameter as it was sent: the last one. */
function sentIn({ path }: Outgoing): string {
  return path.split(/[?&]/).at(-1) ?? '';
}
