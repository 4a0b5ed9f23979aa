/**
 * While a long text is searched, other work runs in between: a detector takes a limited number of steps between two
 * pauses, however long the text is.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownStepsOf, readByPatterns, startCounting, stopCounting } from './steps.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const {
  custom,
  dateOfBirth,
  email,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  personName,
  phone,
  searchAll,
  secret,
  usSsn,
} = await import('../../proxy/controls/shared/detectors/index.ts');

const DETECTORS = {
  secret: secret(),
  email: email(),
  iban: iban(),
  paymentCard: paymentCard(),
  usSsn: usSsn(),
  phone: phone({ countries: ['DE'] }),
  ip: ip(),
  dateOfBirth: dateOfBirth(),
  passport: passport(),
  personName: personName(),
  custom: custom({ name: 'employee', pattern: 'E-\\d{6}' }),
};
const TEXTS = [
  ['secret', 'password=a1B2c3D4 '],
  ['secret', 'a'],
  ['secret', '?sig='],
  ['secret', 'AccountKey='],
  ['secret', 'token:'],
  ['secret', 'password:'],
  ['secret', '://'],
  ['secret', '-----BEGIN '],
  ['email', 'a@b.co '],
  ['iban', 'DE89 3704 0044 0532 0130 00 '],
  ['paymentCard', '4111 1111 1111 1111 '],
  ['usSsn', '123-45-6789 '],
  ['phone', '(415) 555-2671 '],
  ['phone', '12 '],
  ['phone', '1'],
  ['ip', '1.2.3.4 '],
  ['ip', '1.'],
  ['ip', '2001:db8::1 '],
  ['dateOfBirth', 'born 1980-05-17 '],
  ['passport', 'passport X1234567 '],
  ['passport', 'passport a1'],
  ['personName', 'Mara Lindqvist '],
  ['personName', 'Michael de la '],
  ['custom', 'E-123456 '],
  ['dateOfBirth', 'id,dob\n1,1980-02-03\n'],
  ['dateOfBirth', '<dob>1980-02-03</dob>'],
  ['dateOfBirth', 'dob:\n  a: 1980-02-03\n'],
  ['phone', 'PID|||||||||||||4155552671\r'],
] as const;
/** Steps in blocks of our own code, about 4 ms. A part has 16 thousand characters or some hundred numbers. */
const MOST = 750_000;
const SIZE = 256 * 1024;

beforeAll(() => loadDetectors(Object.values(DETECTORS)));
afterAll(stopCounting);

test.each(TEXTS)('%s in a text of %j', (name, unit) => {
  const search = searchAll([DETECTORS[name]], unit.repeat(SIZE / unit.length));
  let longest = 0;
  let all = 0;
  for (const steps of ownStepsOf(search)) {
    longest = Math.max(longest, steps);
    all += steps;
  }
  expect(longest).toBeLessThan(MOST);
  expect(longest).toBeLessThan(all / 4);
});

// Without a match, a pattern reads a text to its end: from each part, that would be the whole text many times.
test.each(['\u{1f600}', '\u200b', 'привет ', '日本', '\u0301', 'no capital letter '])(
  'patterns for names read a text of %j once',
  (unit) => {
    const text = unit.repeat(SIZE / unit.length);
    const read = readByPatterns(() => {
      for (const search = searchAll([DETECTORS.personName], text); search.next().done !== true;);
    });
    expect(read).toBeLessThan(2 * SIZE);
  },
);
