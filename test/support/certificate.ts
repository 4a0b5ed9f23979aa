/** Certificates for loopback, self-signed or of a private authority, made in DER (RFC 5280), so that no private key is in the project. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface Wanted {
  /** The common name. @default loopback */
  readonly name?: string;
  /** Milliseconds from now. @default - a day before and after */
  readonly from?: number;
  readonly to?: number;
  /** Object identifiers of the extended key usage, in hex. @default - none: for all */
  readonly usages?: readonly string[];
}

/** What only servers may use a certificate for (RFC 5280 §4.2.1.12). */
export const FOR_SERVERS = '2b06010505070301';

/** @param names DNS names that it is valid for, besides 127.0.0.1 */
export function selfSigned(names: readonly string[] = ['localhost']): Certificate {
  return certified({ subject: 'loopback', extensions: [alternatives(names)] });
}

/** A private certificate authority. */
export interface Authority extends Certificate {
  /** @param names DNS names that it is valid for, besides 127.0.0.1. Default: localhost */
  issue(names?: readonly string[], wanted?: Wanted): Certificate;
}

export function createAuthority(subject = 'a private authority'): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = certified({ subject, keys, extensions: [IS_AUTHORITY] });
  return {
    ...own,
    issue: (names = ['localhost'], { name = 'loopback', usages, ...times } = {}) =>
      certified({
        subject: name,
        issuer: { name: subject, key: keys.privateKey },
        extensions: [alternatives(names), ...(usages === undefined ? [] : [usagesOf(usages)])],
        ...times,
      }),
  };
}

function certified({
  subject,
  keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  issuer = { name: subject, key: keys.privateKey },
  extensions,
  from = -DAY,
  to = DAY,
}: {
  readonly subject: string;
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly issuer?: { readonly name: string; readonly key: KeyObject };
  readonly extensions: readonly Buffer[];
  readonly from?: number;
  readonly to?: number;
}): Certificate {
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, ...randomBytes(8)])),
    sequence(ECDSA_WITH_SHA256),
    nameOf(issuer.name),
    sequence(der(0x17, utcTime(Date.now() + from)), der(0x17, utcTime(Date.now() + to))),
    nameOf(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', tbs, issuer.key));
  const cert = sequence(tbs, sequence(ECDSA_WITH_SHA256), signature).toString('base64');
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${cert.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const DAY = 24 * 3_600_000;
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const utcTime = (ms: number): string => `${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`;
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'));
const SUBJECT_ALT_NAME = der(0x06, Buffer.from('551d11', 'hex'));
const EXTENDED_KEY_USAGE = der(0x06, Buffer.from('551d25', 'hex'));
const ECDSA_WITH_SHA256 = der(0x06, Buffer.from('2a8648ce3d040302', 'hex'));
const BASIC_CONSTRAINTS = der(0x06, Buffer.from('551d13', 'hex'));
const IS_AUTHORITY = sequence(
  BASIC_CONSTRAINTS,
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
);

function alternatives(names: readonly string[]): Buffer {
  const listed = sequence(...names.map((text) => der(0x82, text)), der(0x87, Buffer.from([127, 0, 0, 1])));
  return sequence(SUBJECT_ALT_NAME, der(0x04, listed));
}

function usagesOf(ids: readonly string[]): Buffer {
  return sequence(EXTENDED_KEY_USAGE, der(0x04, sequence(...ids.map((id) => der(0x06, Buffer.from(id, 'hex'))))));
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, text))));
}
