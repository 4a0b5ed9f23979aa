/** A bundle of private authorities, and what is wrong with one. */
import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseAuthorities } from '../../proxy/network/authorities.ts';
import { createAuthority } from '../support/certificate.ts';

const ONE = createAuthority('one');
const TWO = createAuthority('two');
const BROKEN = ONE.cert.replace(/\n.{20}/, '\n');

test('takes certificates in any company of text, with any line ends', () => {
  const text = `# exported\r\n${ONE.cert.replaceAll('\n', '\r\n')}subject: two\n${TWO.cert}\n`;
  expect(parseAuthorities(text)).toMatchObject({ certificates: [expect.any(String), TWO.cert.trim()], warnings: [] });
});

test.each([
  ['', 'expected certificates in PEM (-----BEGIN CERTIFICATE-----), got a text without any block'],
  ['MIIB', 'expected certificates in PEM (-----BEGIN CERTIFICATE-----), got a text without any block'],
  [ONE.key, 'got in block 1 of 1 (line 1) a PRIVATE KEY, which doesn'],
  [createPrivateKey(ONE.key).export({ type: 'sec1', format: 'pem' }), 'block 1 of 1 (line 1) an EC PRIVATE KEY'],
  [ONE.cert + ONE.key, 'got in block 2 of 2 (line 10) a PRIVATE KEY'],
  [`${ONE.cert}\n\n${BROKEN}${TWO.cert}`, 'got in block 2 of 3 (line 12) something else: it is cut, changed'],
  [ONE.cert + TWO.cert.slice(0, 200), 'got in block 2 of 2 (line 10) no line -----END CERTIFICATE-----'],
  [TWO.cert.slice(0, 200) + ONE.cert, 'got in block 1 of 2 (line 1) no line -----END CERTIFICATE-----'],
])('says which block is wrong, without repeating it (case %#)', (text, fault) => {
  const read = parseAuthorities(text);
  expect(read).toContain(fault);
  expect(read).not.toContain(ONE.key.split('\n')[1]);
});

test('warns of one that has expired, which TLS refuses', () => {
  const later = Date.now() + 7 * 24 * 3_600_000;
  expect(parseAuthorities(ONE.cert + TWO.cert, later)).toMatchObject({
    warnings: [
      expect.stringMatching(/^block 1 of 2 \(line 1\) expired on .*: CN=one$/),
      expect.stringMatching(/^block 2 of 2 \(line 10\) expired on .*: CN=two$/),
    ],
  });
});
