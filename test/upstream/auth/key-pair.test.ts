/** How a client certificate is read from a secret's text. What is shown with it: `../client-certificate.test.ts`. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { keyPairIn } from '../../../proxy/upstream/auth/key-pair.ts';
import { createAuthority, FOR_SERVERS } from '../../support/certificate.ts';

const authority = createAuthority();
const { cert, key } = authority.issue(undefined, { name: 'proxy' });
const now = Date.now();
/** Extended key usages in DER (RFC 5280 §4.2.1.12): clients, 1.3.6.1.5.5.7.3.2, and any, 2.5.29.37.0. */
const FOR_CLIENTS = '2b06010505070302';
const FOR_ANY = '551d2500';
const der = (pem: string): string => new X509Certificate(pem).fingerprint256;

test.each([
  ['PEM', `${cert}${key}`],
  ['PEM with the key first', `${key}${cert}`],
  ['PEM with its chain, in any order', `${authority.cert}${cert}${key}`],
  ['PEM after other text', `Bag Attributes: none\nsubject=CN=proxy\n${cert}${key}`],
  ['PEM after a note that a key was ENCRYPTED', `ENCRYPTED once\n${cert}${key}`],
  ['PEM whose lines were joined by spaces', `${cert}${key}`.replaceAll('\n', ' ')],
  ['PEM whose line ends were written out', `${cert}${key}`.replaceAll('\n', '\\n')],
  ['PEM with CRLF', `${cert}${key}`.replaceAll('\n', '\r\n')],
  ['JSON after white space', ` \n${JSON.stringify({ certificate: cert, privateKey: key })}`],
  ['JSON', JSON.stringify({ certificate: cert, privateKey: key })],
  ['JSON as ACM exports it', JSON.stringify({ Certificate: cert, CertificateChain: authority.cert, PrivateKey: key })],
  [
    "JSON as Kubernetes' secrets have it",
    JSON.stringify({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert }),
  ],
  ['JSON with other members', JSON.stringify({ cert, private_key: key, note: 'x', version: 2 })],
  ['a key in SEC 1', `${cert}${createPrivateKey(key).export({ type: 'sec1', format: 'pem' })}`],
])('%s is read', (_, text) => {
  const pair = keyPairIn(text, now);
  expect([der(pair.cert), createPrivateKey(pair.key).equals(createPrivateKey(key))]).toEqual([der(cert), true]);
  expect(pair.expiresAt).toBe(new X509Certificate(cert).validToDate.getTime());
});

test('the chain follows the certificate', () => {
  const { cert: sent } = keyPairIn(`${key}${authority.cert}${cert}`, now);
  const each = sent.match(/-----BEGIN[^]*?END CERTIFICATE-----/g) ?? [];
  expect(each.map(der)).toEqual([der(cert), der(authority.cert)]);
  expect(sent).toBe(each.map((one) => `${one}\n`).join(''));
});

test('a certificate that is only for servers is named so', () => {
  const { cert: forServers, key: itsKey } = authority.issue(undefined, { usages: [FOR_SERVERS] });
  expect(keyPairIn(`${forServers}${itsKey}`, now).shown).toContain('not for TLS clients');
  expect(keyPairIn(`${cert}${key}`, now).shown).toMatch(
    /^SHA-256 [0-9a-f]{16}…, valid until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  );
});

test.each([[[FOR_CLIENTS]], [[FOR_SERVERS, FOR_CLIENTS]], [[FOR_ANY]]])(
  'a certificate for %j is for clients',
  (usages) => {
    const issued = authority.issue(undefined, { usages });
    expect(keyPairIn(`${issued.cert}${issued.key}`, now).shown).not.toContain('not for TLS clients');
  },
);

test('a certificate is valid from its first to its last moment', () => {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  for (const moment of [validFromDate, validToDate])
    expect(keyPairIn(`${cert}${key}`, moment.getTime()).expiresAt).toBe(validToDate.getTime());
  expect(() => keyPairIn(`${cert}${key}`, validFromDate.getTime() - 1)).toThrow('is valid from');
  expect(() => keyPairIn(`${cert}${key}`, validToDate.getTime() + 1)).toThrow('expired at');
});

const encrypted = createPrivateKey(key).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
});

test.each([
  ['nothing', '', 'has no private key'],
  ['a certificate alone', cert, 'has no private key'],
  ['a key alone', key, 'has no certificate, expected PEM'],
  ['two keys', `${cert}${key}${authority.issue().key}`, 'has several private keys'],
  ["another's key", `${cert}${authority.issue().key}`, 'has no certificate of its private key'],
  [
    'a key that is encrypted in an old form',
    cert + key.replace('KEY-----\n', 'KEY-----\nProc-Type: 4,ENCRYPTED\n'),
    'has an encrypted private key',
  ],
  ['an encrypted key', `${cert}${encrypted}`, 'has an encrypted private key, expected one without a passphrase'],
  ['a broken key', `${cert}${key.replace(/\n.{12}/, '\nAAAAAAAAAAAA')}`, "has the private key that can't be read"],
  [
    'a broken certificate',
    `${cert.replace(/\n.{12}/, '\nAAAAAAAAAAAA')}${key}`,
    "has a certificate that can't be read",
  ],
  ['JSON that ends too early', `{"certificate":"${cert}`, 'begins like JSON and is none'],
  [
    'JSON with two certificates',
    JSON.stringify({ cert, certificate: cert, key }),
    'has several members for the certificate',
  ],
  ['JSON with a list of keys', JSON.stringify({ certificate: cert, key: [key] }), 'has no private key'],
  ['JSON without a key', JSON.stringify({ certificate: cert }), 'has no private key'],
  ['an expired one', text({ from: -2e9, to: -1e9 }), 'has a certificate that expired at'],
  ['an early one', text({ from: 1e9, to: 2e9 }), 'has a certificate that is valid from'],
])('%s is refused, and the error shows none of it', (_, given, words) => {
  let error: unknown;
  try {
    keyPairIn(given, now);
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof UpstreamFailure)) throw new Error('expected a failure');
  expect(error.code).toBe('upstream-auth');
  expect(error.message).toContain(`the secret of the client certificate ${words}`);
  expect(error.message).toMatch(/expected /);
  for (const line of given.split('\n').filter((part) => /^[\w+/=]{20,}$/.test(part)))
    expect(error.message).not.toContain(line);
});

function text(times: { readonly from: number; readonly to: number }): string {
  const made = authority.issue(undefined, times);
  return `${made.cert}${made.key}`;
}
