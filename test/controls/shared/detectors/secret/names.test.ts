/** What names, labels and sentences say is a secret, in many languages. */
import { expect, test } from 'vitest';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';
import {
  ABOUT_PASSWORDS,
  ABOUT_SECRETS,
  ACCESS_CODES,
  CODE_FIELDS,
  CODE_SENTENCES,
  HINTS,
  HINTS_OF_OTHERS,
  KEY_FIELDS,
  KEY_LABELS,
  KEY_LABELS_OF,
  KEY_SENTENCES,
  KEYS_WITHIN,
  OTHERS,
  PASSWORD_FIELDS,
  PASSWORD_LABELS,
  PASSWORD_LABELS_OF,
  PASSWORD_SENTENCES,
  PASSWORDS_WITHIN,
} from './names.ts';

const detector = secret();
const KEY = ['tResKeZgAMQ', '7gNuDvSAQEhp4I'].join('');

function finds(text: string, value: string, name?: string): boolean {
  const path = name?.split('.');
  const spans = detector.find(text, path === undefined ? undefined : { field: path.at(-1), path });
  return spans.some(({ start, end }) => text.slice(start, end) === value);
}

test.each([
  ['passwords', PASSWORD_FIELDS, 'Harbor193?'],
  ['pass phrases', PASSWORD_FIELDS, 'falcon-harbor-12'],
  ['keys and tokens', KEY_FIELDS, KEY],
  ['codes', CODE_FIELDS, '482913'],
])('finds %s under the names that schemas and settings give them', (_, names, value) => {
  const missed = names.filter(
    (name) =>
      !finds(value, value, name) || !finds(`${name}=${value}`, value) || !finds(`{"${name}":"${value}"}`, value),
  );
  expect(missed).toEqual([]);
});

test.each([
  ['passwords', PASSWORD_LABELS, 'Harbor193?'],
  ['pass phrases', PASSWORD_LABELS, 'falcon-harbor-12'],
  ['keys and tokens', KEY_LABELS, KEY],
])('finds %s after the labels of forms', (_, labels, value) => {
  expect(labels.filter((label) => !finds(`${label}: ${value}`, value))).toEqual([]);
});

test.each([
  ['passwords', PASSWORD_SENTENCES, 'Harbor193?'],
  ['pass phrases', PASSWORD_SENTENCES, 'falcon-harbor-12'],
  ['keys and tokens', KEY_SENTENCES, KEY],
  ['codes', CODE_SENTENCES, '482913'],
])('finds %s in sentences, before and after what they are', (_, sentences, value) => {
  expect(
    sentences.filter(
      (text) =>
        !finds(
          text.replace('{}', () => value),
          value,
        ),
    ),
  ).toEqual([]);
});

test('finds keys under names that say what a secret is for after what it is', () => {
  expect(KEYS_WITHIN.filter((name) => !finds(KEY, KEY, name))).toEqual([]);
});

test('leaves random values under names for what is known about a secret', () => {
  expect(ABOUT_SECRETS.filter((name) => finds(KEY, KEY, name))).toEqual([]);
});

test('leaves numbers and words under names that only have such a word in them', () => {
  expect(OTHERS.filter((name) => finds('482913', '482913', name) || finds('harbor', 'harbor', name))).toEqual([]);
});

/** In a field, in settings and in JSON in a text. */
function isFoundUnder(name: string, value: string): boolean {
  return (
    finds(value, value, name) && finds(`${name}=${value}\nPORT=80`, value) && finds(`{"${name}":"${value}"}`, value)
  );
}

test('finds made passwords under names that say what a password is for after what it is', () => {
  const values = ['Saturn175@', 'p@ss,w0rd;e', '1tC3uqXPTC80'];
  expect(PASSWORDS_WITHIN.filter((name) => !values.every((value) => isFoundUnder(name, value)))).toEqual([]);
  expect(PASSWORDS_WITHIN.filter((name) => finds('harbor-12', 'harbor-12', name))).toEqual([]);
});

test('finds passwords with signs under names for what is known about one, and no other values', () => {
  expect(ABOUT_PASSWORDS.filter((name) => !isFoundUnder(name, 'Saturn175@'))).toEqual([]);
  const others = ['falcon-harbor-12', '2026-01-02T03:04:05Z', 'bob7@example.com', 'https://a.example/?p=1#x', KEY];
  expect(ABOUT_PASSWORDS.filter((name) => others.some((value) => finds(value, value, name)))).toEqual([]);
});

/** As long and as random as keys of APIs. */
const TOKENS = [
  ['wLcMVy+woP+ju3fjiMIo', 'EsfRLagNe0fKLSLtT/+/'],
  ['PIhD_sf7CJGvSBkMbJdI04', 'Su9r8ZkMjhAKu95J24u'],
  ['cd14d1223dd0a11d7a08195f91d61cd6', 'ddb1d8720969dbd7e210934aaf213f21'],
  ['tResKeZgAMQ7gNu', 'DvSAQEhp4I'],
].map((parts) => parts.join(''));

test.each(TOKENS)('finds %s under names that only hint at a secret', (value) => {
  expect(HINTS.filter((name) => !isFoundUnder(name, value))).toEqual([]);
});

test.each([
  ['an id', 'V1StGXR8_Z5jdHi6B-myT'],
  ['a UUID', '6f1c2d3e-4b5a-4c6d-8e7f-901a2b3c4d5e'],
  ['an id of a database', '65f0c2d3e4b5a6978d8c7b6a'],
  ['a name', 'MyCompanyServicePrincipal2Production'],
  ['a path', 'apps/Billing/Region1/services/v2'],
  ['a suite', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ['letters', 'NoticeOfCopyrightAndPermission'],
])('leaves %s under names that only hint at a secret', (_, value) => {
  expect(HINTS.filter((name) => finds(value, value, name) || finds(`${name}=${value}\nPORT=80`, value))).toEqual([]);
});

test.each(TOKENS)('leaves %s under names of ids, sums, people and places with such a hint', (value) => {
  expect(HINTS_OF_OTHERS.filter((name) => finds(value, value, name))).toEqual([]);
});

test('takes no hint for a label without a sign after it', () => {
  const texts = ['the license', 'see headers', 'a wallet'].map((text) => `${text} ${TOKENS[3] ?? ''} is here`);
  expect(texts.filter((text) => detector.find(text).length > 0)).toEqual([]);
});

test('finds a password under a name for a code to get in', () => {
  expect(ACCESS_CODES.filter((name) => !finds('Harbor193?', 'Harbor193?', name))).toEqual([]);
});

test('finds a value after the longest names of settings', () => {
  const name = 'SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_GOOGLE_CLIENT_SECRET';
  expect(finds(`export ${name}=${KEY}`, KEY)).toBe(true);
});

/** How a form shows a label and its value. */
const FORMS = ['L: {}', '**L**: {}', '2) L ........ {}\n3) –', 'L – {}', 'L\n{}', 'L ({})'];

test.each([
  ['passwords', PASSWORD_LABELS_OF, 'Harbor193?'],
  ['pass phrases', PASSWORD_LABELS_OF, 'falcon-harbor-12'],
  ['keys', KEY_LABELS_OF, KEY],
])('finds %s after labels that say whose they are, in every form', (_, labels, value) => {
  const texts = labels.flatMap((label) =>
    FORMS.map((form) => form.replace('L', () => label).replace('{}', () => value)),
  );
  expect(texts.filter((text) => !finds(text, value))).toEqual([]);
});

test.each([
  'Password policy – abc12345',
  'password reset (ticket-12345)',
  'token limit ........ 4096abcd\n',
  'run with mkduff2.go – go1.26',
])('takes nothing in "%s" for a secret', (text) => {
  expect(detector.find(text)).toEqual([]);
});
