/** What a TLS server says about a client's certificate when it ends the handshake (RFC 8446 §6.2). */
import { UpstreamFailure } from './errors.ts';

/**
 * A server ended the handshake because of the client's certificate, or because there was none. Its application read
 * nothing of what was sent in that connection.
 */
export class CertificateRefused extends UpstreamFailure {}

const ABOUT_CERTIFICATE =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)$/;

/**
 * The failure for an alert about the client's certificate; undefined for another error.
 * @param who refused it, such as `mcp.example.com: the upstream`
 * @param shown names the certificate; undefined: none was shown
 */
export function refusedCertificate(
  error: unknown,
  who: string,
  shown: string | undefined,
): CertificateRefused | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const alert = ABOUT_CERTIFICATE.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  if (alert === undefined) return undefined;
  const message =
    shown === undefined
      ? `${who} wants a client certificate (TLS alert: ${alert}), got none: bind UPSTREAM_CLIENT_CERTIFICATE`
      : `${who} refused the client certificate (TLS alert: ${alert}), got ${shown}: expected one that it accepts, so check its issuer, its end and that it is registered there`;
  return new CertificateRefused('upstream-auth', message, { cause: error });
}
