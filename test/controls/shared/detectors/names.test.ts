/** What names of fields and labels say about their values. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  dateOfBirth,
  type Detector,
  loadDetectors,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { FIELDS, LABELS, type Meaning, OTHERS } from './names.ts';

const DETECTORS: Readonly<Record<Meaning, Detector>> = {
  birth: dateOfBirth(),
  passport: passport(),
  social: usSsn(),
  phone: phone({ countries: ['US'] }),
  card: paymentCard(),
};
beforeAll(() => loadDetectors(Object.values(DETECTORS)));

/** Each of them is found only if a name or a label says what it is. */
const VALUES: Readonly<Record<Meaning, string>> = {
  birth: '1980-02-03',
  passport: 'C01X00T47',
  social: '123456789',
  phone: '4155552671',
  card: '4222222222222',
};
const MEANINGS = Object.keys(VALUES) as Meaning[];

function isFound(meaning: Meaning, name: string): boolean {
  const path = name.split('.');
  const [span] = DETECTORS[meaning].find(VALUES[meaning], { field: path.at(-1), path });
  return span?.start === 0 && span.end === VALUES[meaning].length;
}

test.each(MEANINGS)('finds values of the kind %s under the names that schemas give them', (meaning) => {
  expect(FIELDS[meaning].filter((name) => !isFound(meaning, name))).toEqual([]);
});

test.each(Object.keys(LABELS) as (keyof typeof LABELS)[])(
  'finds values of the kind %s after labels of forms',
  (meaning) => {
    const value = VALUES[meaning];
    const missed = LABELS[meaning].flatMap((label) =>
      [
        `${label}: ${value}`,
        `**${label}:** ${value}`,
        `${label}:\n${value}`,
        `<dt>${label}</dt>\n<dd>${value}</dd>`,
        `| ${label} | ${value} |`,
      ].filter((text) => !DETECTORS[meaning].find(text).some(({ start, end }) => text.slice(start, end) === value)),
    );
    expect(missed).toEqual([]);
  },
);

test.each(MEANINGS)('finds no value of the kind %s under names of something else', (meaning) => {
  expect(OTHERS.filter((name) => isFound(meaning, name))).toEqual([]);
});

describe('a name', () => {
  test.each([
    ['Hangul', '전화번호'],
    ['Hangul in its parts', '전화번호'.normalize('NFD')],
    ['full-width letters', 'ｐｈｏｎｅ'],
    ['half-width katakana', 'ﾃﾞﾝﾜ電話'],
  ])('is understood in %s', (_, name) => {
    expect(isFound('phone', name)).toBe(true);
  });

  test('of a password is understood in the languages of the page', () => {
    const names = 'hasło adgangskode lösenord heslo şifre пароль סיסמה パスワード 비밀번호 비밀번호'.split(' ');
    expect(names.filter((field) => secret().find('hunter2!', { field }).length === 0)).toEqual([]);
  });

  test('that says nothing is read with the names around it', () => {
    const found = (path: readonly (string | number)[], value: string, meaning: Meaning): boolean =>
      DETECTORS[meaning].find(value, { field: path.findLast((key) => typeof key === 'string'), path }).length > 0;
    expect(found(['person', 'birth', 'date'], '1980-02-03', 'birth')).toBe(true);
    expect(found(['birth', 'place', 'date'], '1980-02-03', 'birth')).toBe(false);
    expect(found(['tax', 'id'], '123456789', 'social')).toBe(true);
    expect(found(['user', 'id'], '123456789', 'social')).toBe(false);
    expect(found(['telecom', 0, 'value'], '4155552671', 'phone')).toBe(true);
    expect(found(['passport', 'value', 'text'], 'C01X00T47', 'passport')).toBe(true);
    expect(found(['dob', 'year'], '1980', 'birth')).toBe(true);
    expect(found(['dob', 'day'], '3', 'birth')).toBe(true);
    expect(found(['hired', 'year'], '1980', 'birth')).toBe(false);
  });
});
