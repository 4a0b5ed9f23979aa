/**
 * Reads a client certificate with its private key from the text of a secret: PEM with both, or a JSON object with one
 * member each. Errors hold nothing of the text.
 */
import { createPrivateKey, hash, type KeyObject, X509Certificate } from 'node:crypto';
import { UpstreamFailure } from '../../base/errors.ts';
import { isObject } from '../../json/lossless.ts';
import type { KeyPair } from '../../network/dialer.ts';

/** A certificate that can be shown now. */
export interface ClientKeyPair extends KeyPair {
  /** Differs for each certificate and chain. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Names of the members, in lower case without other characters than letters: as people, ACM and Kubernetes write them. */
const MEMBERS = {
  certificate: ['certificate', 'cert', 'tlscrt', 'clientcertificate'],
  key: ['privatekey', 'key', 'tlskey', 'clientkey'],
  chain: ['certificatechain', 'chain'],
} as const;
const EXPECTED =
  'expected PEM with the certificate, its chain and the private key, or a JSON object with certificate and privateKey (and certificateChain)';
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----((?:[A-Za-z0-9+/=\s]|\\[nr])*)-----END \1-----/g;
/** Extended key usages (RFC 5280 §4.2.1.12): TLS clients, and any. */
const FOR_CLIENTS = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/** @throws UpstreamFailure also for a certificate that isn't valid now */
export function keyPairIn(text: string, now: number): ClientKeyPair {
  const blocks = [...joined(text).matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    pem: pemOf(label, body),
  }));
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [first] = keys;
  if (/ENCRYPTED/.test(text) && (first === undefined || first.label.startsWith('ENCRYPTED')))
    throw fault('has an encrypted private key, expected one without a passphrase (openssl pkey -in FILE)');
  if (first === undefined || keys.length > 1)
    throw fault(`has ${first === undefined ? 'no private key' : 'several private keys'}, ${EXPECTED}`);
  const key = parsed('the private key', () => createPrivateKey(first.pem));
  const chain = blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ pem }) => ({ pem, certificate: parsed('a certificate', () => new X509Certificate(pem)) }));
  if (chain.length === 0) throw fault(`has no certificate, ${EXPECTED}`);
  const own = chain.find(({ certificate }) => certificate.checkPrivateKey(key));
  if (own === undefined) throw fault('has no certificate of its private key, expected the two to belong together');
  const { certificate } = own;
  checkTime(certificate, now);
  const cert = [own, ...chain.filter((other) => other !== own)].map(({ pem }) => pem).join('');
  return {
    cert,
    key: pemOfKey(key),
    id: hash('sha256', cert),
    expiresAt: certificate.validToDate.getTime(),
    shown: shownOf(certificate),
  };
}

/** The PEM texts of a JSON object, one after another; any other text as it is. */
function joined(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw fault(`begins like JSON and is none, ${EXPECTED}`);
  const given = Object.entries(value).map(
    ([name, member]) => [name.toLowerCase().replace(/[^a-z]/g, ''), member] as const,
  );
  const textOf = (kind: keyof typeof MEMBERS): string => {
    const found = given.filter(([name]) => (MEMBERS[kind] as readonly string[]).includes(name));
    if (found.length > 1) throw fault(`has several members for the ${kind}, expected one`);
    const [, member] = found[0] ?? [];
    return typeof member === 'string' ? member : '';
  };
  return `${textOf('certificate')}\n${textOf('chain')}\n${textOf('key')}`;
}

/** A form in one line, as consoles store it, becomes PEM again. */
function pemOf(label: string, body: string): string {
  const base64 = body.replace(/\\[nr]|\s/g, '');
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

function pemOfKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

/** Hides the parser's error, which may hold a part of the text. */
function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw fault(`has ${what} that can't be read, ${EXPECTED}`);
  }
}

function checkTime({ validFromDate, validToDate }: X509Certificate, now: number): void {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  if (now > to)
    throw fault(
      `has a certificate that expired at ${isoOf(validToDate)}, expected one that is valid now: store a renewed one with its key`,
    );
  if (now < from)
    throw fault(
      `has a certificate that is valid from ${isoOf(validFromDate)}, expected one that is valid now: check this machine's clock`,
    );
}

function shownOf({ raw, validToDate, keyUsage }: X509Certificate): string {
  // The type says that there always is one.
  const usages: readonly string[] | undefined = keyUsage;
  const forServers = usages !== undefined && !usages.some((usage) => FOR_CLIENTS.includes(usage));
  return `SHA-256 ${hash('sha256', raw, 'hex').slice(0, 16)}…, valid until ${isoOf(validToDate)}${forServers ? ', by its extended key usage not for TLS clients' : ''}`;
}

function isoOf(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function fault(got: string): UpstreamFailure {
  return new UpstreamFailure('upstream-auth', `the secret of the client certificate ${got}`);
}
