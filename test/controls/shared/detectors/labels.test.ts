/** Dates of birth and passport numbers after labels of forms and in sentences, in many languages: `labels/` has the lists. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findAll } from '../../../../proxy/controls/shared/detectors/find-all.ts';
import { dateOfBirth, passport } from '../../../../proxy/controls/shared/detectors/index.ts';

const KINDS = [
  { kind: 'birth', detector: dateOfBirth(), value: '1980-02-03' },
  { kind: 'passport', detector: passport(), value: 'C01X00T47' },
];

/** How a form shows a label and its value. */
const FORMS = [
  'L: {}',
  '**L:** {}',
  'L {}',
  'L\n{}',
  '1) L ........ {}\n2) –',
  'L ({})',
  '<dt>L</dt><dd>{}</dd>',
  '| L | {} |',
];

function list(name: string): string[] {
  return readFileSync(new URL(`labels/${name}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
}

test.each(KINDS)('finds a $kind in every form after labels in many languages', ({ kind, detector, value }) => {
  const texts = list(`${kind}-labels`).flatMap((label) =>
    FORMS.map((form) => form.replace('L', () => label).replace('{}', value)),
  );
  expect(texts.filter((text) => !isFound(text))).toEqual([]);

  function isFound(text: string): boolean {
    return findAll([detector], text).some(({ start, end }) => text.slice(start, end) === value);
  }
});

test.each(KINDS)('finds a $kind in sentences in many languages', ({ kind, detector, value }) => {
  const texts = list(`${kind}-sentences`).map((sentence) => sentence.replace('{}', value));
  expect(
    texts.filter((text) => !findAll([detector], text).some(({ start, end }) => text.slice(start, end).includes(value))),
  ).toEqual([]);
});

test.each([
  'The card of 3 May 2020 is the last one.',
  'released on 2020-05-03 as a beta',
  'merged 2020-05-03 is the date of the merge',
  'updated 2020-05-03 date of birth: unknown',
  'on 2020-05-03 her passport was stolen',
])('takes no date for one of birth in "%s"', (text) => {
  expect(findAll([dateOfBirth()], text)).toEqual([]);
});

test.each(['order 12345678 for the passport', 'build 12345678 is ready', 'ticket 12345678 on hold'])(
  'takes no number for one of a passport in "%s"',
  (text) => {
    expect(findAll([passport()], text)).toEqual([]);
  },
);

test('finds a value in the last row of a table, with or without a line break after it', () => {
  const table = '| Name | Birth date |\n|---|---|\n| Ida | 1980-02-03 |';
  for (const text of [table, `${table}\n`])
    expect(findAll([dateOfBirth()], text).map(({ start, end }) => text.slice(start, end))).toEqual(['1980-02-03']);
});
