/** Tokens that no list has, by their shape; and ids, which must not be taken for one. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';
import { ALNUM, DIGITS, LOWER, Random, UPPER } from '../corpus/random.ts';

const detector = secret();
const URL64 = `${ALNUM}-_`;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function share(made: (random: Random) => string, count = 400): number {
  const random = new Random(29);
  let found = 0;
  for (let i = 0; i < count; i++) {
    const text = made(random);
    // Its end may be the end of a sentence.
    found += detector.find(`It is ${text} for now`).some(({ start, end }) => start <= 6 && end >= 5 + text.length)
      ? 1
      : 0;
  }
  return found / count;
}

const uuid = (r: Random): string => `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-a${r.hex(3)}-${r.hex(12)}`;

test.each<readonly [string, number, (r: Random) => string]>([
  ['letters of both cases and digits after a short word', 0.97, (r) => `qx_${r.of(ALNUM, 40)}`],
  ['the same after a hyphen', 0.97, (r) => `qxy-${r.of(ALNUM, 40)}`],
  ['letters of both cases', 0.6, (r) => `qx_${r.of(ALNUM.replace(/\d/g, ''), 34)}`],
  ['base64url', 0.75, (r) => `qxyz_${r.of(URL64, 43)}`],
  ['base64url after a version', 0.75, (r) => `qxyz_v1_${r.of(URL64, 43)}`],
  ['base64url after two words', 0.8, (r) => `qxyz_cloud_${r.of(URL64, 43)}`],
  ['a signed object', 1, (r) => `qxyz_eyJ${r.of(URL64, 80)}`],
  ['several words', 0.97, (r) => `qxyz_prod_${r.of(ALNUM, 32)}`],
  ['a test key', 0.95, (r) => `sk_test_qxyz_${r.of(ALNUM, 24)}`],
  ['digits of base 16 after a word for keys', 0.97, (r) => `qxyz_live_${r.hex(40)}`],
  ['a UUID after a word for secrets', 0.97, (r) => `qxyz-pat-${uuid(r)}`],
  ['a UUID after an environment', 0.97, (r) => `qxyz-production-${uuid(r)}`],
  ['small letters and digits', 0.9, (r) => `qxy_${r.of(LOWER + DIGITS, 40)}`],
  ['capitals and digits', 0.9, (r) => `QXYZ-${r.of(UPPER + DIGITS, 32)}`],
  ['a long text in base 16', 0.95, (r) => `qxy_${r.hex(64)}`],
  ['a beginning with a dot', 0.8, (r) => `qxy.${r.of(ALNUM, 40)}`],
])('finds tokens of unknown issuers: %s', (_, least, made) => {
  expect(share(made)).toBeGreaterThanOrEqual(least);
});

test.each<readonly [string, (r: Random) => string]>([
  ['states that servers sign', (r) => `v1.eyJwIjp7ImFmdGVyIjoi${r.of(ALNUM, 30)}.${r.of(URL64, 43)}`],
  ['of payments', (r) => `pi_3${r.of(ALNUM, 23)}`],
  ['of checkouts', (r) => `cs_test_a1${r.of(ALNUM, 56)}`],
  ['of replies of models', (r) => `resp_${r.hex(48)}`],
  ['of completions', (r) => `chatcmpl-${r.of(ALNUM, 29)}`],
  ['of users, by time', (r) => `usr_2${r.of(ALNUM, 26)}`],
  ['TypeIDs', (r) => `account_01${r.of(LOWER + DIGITS, 24)}`],
  ['ULIDs', (r) => `ORD-01${r.of(CROCKFORD, 24)}`],
  ['of deployments', (r) => `dpl_${r.of(ALNUM, 28)}`],
  ['of nodes', (r) => `PVTSSF_lADO${r.of(ALNUM, 19)}`],
  ['of requests', (r) => `req-${uuid(r)}`],
  ['of images', (r) => `crm-api-${r.hex(40)}`],
  ['of pods', (r) => `crm-api-${r.hex(10)}-${r.of(LOWER, 5)}`],
  ['of files', (r) => `index-${r.of(ALNUM, 8)}`],
  ['hashes', (r) => `sha256-${createHash('sha256').update(r.hex(8)).digest('base64')}`],
  ['of documents', (r) => `1${r.of(URL64, 43)}`],
])('takes no ids for tokens: %s', (_, made) => {
  expect(share(made)).toBe(0);
});

test('takes few texts of base64url for a token with a beginning', () => {
  expect(share((r) => r.of(URL64, 44), 2_000)).toBeLessThan(0.02);
});

test.each(['fingerprint', 'requestId', 'file_hash', 'next_cursor', 'code_challenge', 'entity_id', 'requestState'])(
  'takes nothing under %s for a token because of its shape',
  (name) => {
    const random = new Random(31);
    for (let i = 0; i < 50; i++) {
      const text = `qxyz_${random.of(ALNUM, 40)}`;
      expect(detector.find(text, { field: name })).toEqual([]);
      expect(detector.find(`{"${name}": "${text}"}`)).toEqual([]);
      expect(detector.find(`{"x": "${text}"}`)).toHaveLength(1);
    }
  },
);

test('finds a token by its checksum, whatever it is called and of whatever letters it is', () => {
  // GitHub's example of 2021, with another beginning.
  const published = 'zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17';
  expect(detector.find(`see qx_${published} there`)).toHaveLength(1);
  const random = new Random(37);
  for (let i = 0; i < 100; i++) {
    const body = random.hex(20);
    const sum = crc32(body).toString(16).padStart(8, '0');
    expect(detector.find(`qxyzv_${body}_${sum}`)).toHaveLength(1);
    expect(detector.find(`qxyzv_${body}_${random.hex(8)}`)).toEqual([]);
  }
});

test('takes no names of programs for tokens', () => {
  for (const name of [
    'relativeOffsetEndOfZip64CentralDir.relativeOffsetEndOfZip64CentralDirectory',
    'Square.TenderBuyNowPayLaterDetailsStatus',
    'NextAction.UpiHandleRedirectOrDisplayQrCode',
    'use_TenderBuyNowPayLaterDetailsStatus2',
    'test_api_v2_get_users_by_id_returns_404_if_missing',
    'ERR_TLS_CERT_ALTNAME_INVALID_FOR_HTTP2_SESSION_42',
  ])
    expect(detector.find(`see ${name} here`), name).toEqual([]);
});
