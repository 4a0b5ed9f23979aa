/**
 * Certificates for an upstream on loopback, made on the spot: X.509 (RFC 5280) in DER, with nothing that a client does
 * not need.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { work } from './work.ts';

const DAY_MS = 86_400_000;

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

interface Wanted {
  /** An IPv4 address or a name. */
  readonly host: string;
  /** Days from now until it expires. */
  readonly days: number;
}

const AUTHORITY = { name: nameOf('test authority'), ...generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) };

/** The file with the authority that a client has to trust. */
export const AUTHORITY_FILE = join(work, 'authority.pem');
writeFileSync(
  AUTHORITY_FILE,
  pem(
    certificate(AUTHORITY.name, AUTHORITY, AUTHORITY.name, AUTHORITY.publicKey, 1, [
      extension('551d13', [TRUE()], true),
    ]),
  ),
);

/** A certificate of the authority's. */
export function certify(wanted: Wanted): Certificate {
  return issue(wanted, AUTHORITY);
}

/** A certificate that only itself vouches for. */
export function selfSigned(wanted: Wanted): Certificate {
  return issue(wanted, undefined);
}

function issue({ host, days }: Wanted, authority: typeof AUTHORITY | undefined): Certificate {
  const own = { name: nameOf(host), ...generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) };
  const alternative = /^[\d.]+$/.test(host)
    ? der(0x87, Buffer.from(host.split('.').map(Number)))
    : der(0x82, Buffer.from(host));
  const issuer = authority ?? own;
  const made = certificate(issuer.name, issuer, own.name, own.publicKey, days, [extension('551d11', [alternative])]);
  return { cert: pem(made), key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

function certificate(
  issuer: Buffer,
  signer: { readonly privateKey: KeyObject },
  subject: Buffer,
  publicKey: KeyObject,
  days: number,
  extensions: readonly Buffer[],
): Buffer {
  const now = Date.now();
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256(),
    issuer,
    sequence(time(now - 30 * DAY_MS), time(now + days * DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, signer.privateKey);
  return sequence(content, ecdsaWithSha256(), der(0x03, Buffer.concat([Buffer.of(0), signature])));
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))));
}

function extension(id: string, values: readonly Buffer[], isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [TRUE()] : []), der(0x04, sequence(...values)));
}

function ecdsaWithSha256(): Buffer {
  return sequence(oid('2a8648ce3d040302'));
}

function TRUE(): Buffer {
  return der(0x01, Buffer.of(0xff));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice('20'.length)));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pem(content: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${content.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
