/** Tokens of dates are dates that software takes for plausible. */
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const hide = (value: string, type = 'date-of-birth'): string =>
  tokens.token(TENANT, { type, value, percent: false }, 'shaped') ?? '';
const show = (token: string, type = 'date-of-birth'): string | undefined => tokens.openShaped(TENANT, type, token);

/** Undefined: there is no such day. */
function iso(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : undefined;
}

const day = (from: string, to: string): fc.Arbitrary<string> =>
  fc
    .date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

test('the token of a date of birth is in the past: from 1900 on, or in the same century before', () => {
  fc.assert(
    fc.property(day('1900-01-01', '2025-12-31'), (value) => {
      const token = hide(value);
      expect(token >= '1900-01-01' && token <= '2025-12-31').toBe(true);
      expect(show(token)).toBe(value);
    }),
  );
  fc.assert(
    fc.property(day('1800-01-01', '1899-12-31'), fc.constantFrom('date-of-birth', 'deadline'), (value, type) => {
      const token = hide(value, type);
      expect(token).toMatch(/^18\d\d-/);
      expect(show(token, type)).toBe(value);
    }),
  );
  // A token may not depend on the day on which it is made, so a later one stays in its month.
  vi.useFakeTimers({ now: new Date('2100-01-01') });
  fc.assert(
    fc.property(day('2026-01-01', '2099-12-31'), (value) => {
      const token = hide(value);
      expect(token.slice(0, 7)).toBe(value.slice(0, 7));
      expect(show(token)).toBe(value);
    }),
  );
  vi.useRealTimers();
  expect(hide('2025-12-31T23:59:59Z') < '2026').toBe(true);
});

test('a date of birth has no token before its month is over: it could be in the future', () => {
  onTestFinished(() => void vi.useRealTimers());
  const notations = ['2027-03-02', '2027-03-02T08:30:00Z', '02.03.2027', '2027/03/02'];
  for (const [now, isOver] of [
    ['2027-03-02', false],
    ['2027-03-31T23:59:59Z', false],
    ['2027-04-01', true],
  ] as const) {
    vi.useFakeTimers({ now: new Date(now) });
    for (const value of notations) {
      const token = hide(value);
      expect(token !== '', `${value} at ${now}`).toBe(isOver);
      if (isOver) expect(show(token)).toBe(value);
    }
    expect(hide('2027-03-02', 'deadline')).not.toBe('');
    expect(hide('2026-12-24', 'date-of-birth')).toMatch(/^2026-12-/);
  }
});

test('tokens of dates are one to one', () => {
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ now: new Date('2029-01-01') });
  const days = Array.from({ length: 366 }, (_, i) => new Date(Date.UTC(2028, 0, 1 + i)).toISOString().slice(0, 10));
  expect(new Set(days.map((value) => hide(value))).size).toBe(366);
});

test.each([
  ['02/29/1980', 'MDY'],
  ['12/25/1980', 'MDY'],
  ['29/02/1980', 'DMY'],
  ['03.02.1980', 'both'],
  ['3.2.1980', 'both'],
  ['31-1-1980', 'DMY'],
  ['02/29/80', 'MDY'],
  ['1980/02/29', 'YMD'],
  ['1890/02/03', 'YMD'],
])('the token of %s is a date in the same notation', (value, order) => {
  const token = hide(value);
  const shape = (text: string): string => text.replace(/\d+/g, (digits) => (digits.length > 2 ? '0000' : '0'));
  expect(shape(token)).toBe(shape(value));
  expect(token).not.toBe(value);
  expect(show(token)).toBe(value);
  if (/^0|\D0/.test(value)) expect(token.length).toBe(value.length);
  const [a = 0, b = 0, c = 0] = token.split(/\D/).map(Number);
  const readings: Readonly<Record<string, string | undefined>> = {
    MDY: iso(c < 100 ? c + 2000 : c, a, b),
    DMY: iso(c < 100 ? c + 2000 : c, b, a),
    YMD: iso(a, b, c),
  };
  if (order === 'both') expect([readings['MDY'], readings['DMY']]).not.toContain(undefined);
  else expect(readings[order]).toBeDefined();
  const date = readings[order === 'both' ? 'DMY' : order] ?? '';
  if (!/\d\/80$/.test(value)) expect(date < '2026').toBe(true);
});

test('every date in such a notation comes back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 1790, max: 2110 }),
      fc.constantFrom('/', '.', '-'),
      fc.boolean(),
      fc.constantFrom('MDY', 'DMY', 'YMD'),
      (month, dayOfMonth, year, separator, isPadded, order) => {
        const two = (n: number): string => String(n).padStart(isPadded ? 2 : 1, '0');
        const [m, d] = [two(month), two(dayOfMonth)];
        const value = (order === 'MDY' ? [m, d, year] : order === 'DMY' ? [d, m, year] : [year, m, d]).join(separator);
        const token = hide(value, 'it');
        if (token !== '') expect(show(token, 'it')).toBe(value);
      },
    ),
    { numRuns: 500 },
  );
});
