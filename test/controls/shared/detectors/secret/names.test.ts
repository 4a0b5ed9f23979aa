/** What names, labels and sentences say is a secret, in many languages. */
import { expect, test } from 'vitest';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';
import {
  ABOUT_SECRETS,
  CODE_FIELDS,
  CODE_SENTENCES,
  KEY_FIELDS,
  KEY_LABELS,
  KEY_SENTENCES,
  KEYS_WITHIN,
  OTHERS,
  PASSWORD_FIELDS,
  PASSWORD_LABELS,
  PASSWORD_SENTENCES,
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
