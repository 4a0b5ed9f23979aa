import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { certificateDigest } from '../../../proxy/upstream/auth/certificate-digest.ts';

const DIGEST = createHash('sha256').update('a certificate').digest();
const HEX = DIGEST.toString('hex');
const BASE64URL = DIGEST.toString('base64url');

it.each([
  ['hex', HEX],
  ['hex in capitals', HEX.toUpperCase()],
  ['hex as OpenSSL writes it', HEX.toUpperCase().replaceAll(/..(?!$)/g, '$&:')],
  ['base64url', BASE64URL],
])('reads %s', (_form, text) => {
  expect(certificateDigest(text)).toBe(BASE64URL);
});

it.each([
  ['nothing', ''],
  ['a digit of hex too few', HEX.slice(1)],
  ['a digit of hex too many at its start', `0${HEX}`],
  ['a digit of hex too many at its end', `${HEX}0`],
  ['another letter', `g${HEX.slice(1)}`],
  ['a SHA-1 digest in hex', HEX.slice(0, 40)],
  ['a SHA-1 digest in base64url', DIGEST.subarray(0, 20).toString('base64url')],
  ['a longer digest in base64url', Buffer.concat([DIGEST, DIGEST]).toString('base64url')],
  ['base64 with padding', DIGEST.toString('base64')],
  ['base64url with a letter that is skipped', `${BASE64URL.slice(0, 5)} ${BASE64URL.slice(5)}`],
])('does not read %s', (_form, text) => {
  expect(certificateDigest(text)).toBeUndefined();
});
