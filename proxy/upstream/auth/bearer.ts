/** A fixed secret in a header: `Authorization: Bearer …`, or the raw value in another header that the upstream reads. */
import type { IncomingHttpHeaders } from 'node:http';
import { UpstreamFailure } from '../../base/errors.ts';
import { isPrivateKey } from '../../credentials/private-key-text.ts';
import type { Authenticator, Outgoing } from './auth.ts';
import { getHeader, setHeader } from './header-list.ts';
import { Renewal } from './renewal.ts';
import { SECRET_HEADER } from './secret-header.ts';

export interface BearerOptions {
  /** @default authorization */
  readonly header?: string | undefined;
  /** Reads the secret. Called when first needed, and again when the upstream refuses the secret. */
  readonly secret: () => Promise<string>;
}

export function bearer(options: BearerOptions): Authenticator {
  const header = (options.header ?? 'authorization').toLowerCase();
  if (!SECRET_HEADER.test(header)) {
    throw new UpstreamFailure(
      'upstream-auth',
      `got the header ${JSON.stringify(header)} for the upstream's secret, expected authorization or a header of the upstream's own such as x-api-key`,
    );
  }
  const before = header === 'authorization' ? 'Bearer ' : '';
  const renewal = new Renewal("the upstream's secret", async () => {
    const value = before + checked(await options.secret());
    return { value, id: value, expiresAt: Infinity };
  });

  return {
    apply(request) {
      const value = renewal.current();
      if (value instanceof Promise) return value.then((read) => setHeader(request.headers, header, read));
      setHeader(request.headers, header, value);
    },
    refused(status: number, _headers: IncomingHttpHeaders, request?: Outgoing) {
      // 403 says what this key may not do; only 401 says that the key itself is invalid.
      return status === 401 && renewal.refused(request === undefined ? undefined : getHeader(request.headers, header));
    },
  };
}

/** RFC 9110 §5.5, narrowed to visible ASCII: no line break gets into a header, and the stored text is sent unchanged. */
function checked(secret: string): string {
  if (isPrivateKey(secret))
    throw new UpstreamFailure(
      'upstream-auth',
      "the upstream's secret is a private key, which would be sent there: expected one line of visible ASCII, the bare key",
    );
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(secret)) {
    const got =
      secret === ''
        ? 'nothing'
        : /[\r\n]/.test(secret)
          ? 'a value with a line break'
          : 'a value with characters that a header cannot carry';
    throw new UpstreamFailure(
      'upstream-auth',
      `the upstream's secret is ${got}, expected one line of visible ASCII: store the bare key`,
    );
  }
  return secret;
}
