/** Cards that issuers and payment services publish for tests are found at every kind of place. */
import { describe, expect, test } from 'vitest';
import { paymentCard } from '../../../../proxy/controls/shared/detectors/index.ts';

const PUBLISHED: Readonly<Record<string, string>> = {
  Visa: '4111111111111111 4012888888881881 4242424242424242 4000056655665556 4917610000000000 4484070000000000',
  Mastercard: '5555555555554444 2223003122003222 5200828282828210 5105105105105100',
  'American Express': '378282246310005 371449635398431 378734493671000',
  Discover: '6011111111111117 6011000990139424 6011981111111113',
  'Diners Club': '30569309025904 38520000023237 3056930009020004 36227206271667',
  JCB: '3566002020360505 3530111333300000 3528000000000007',
  UnionPay: '6200000000000005 6200000000000047 6205500000000000004 8171999927660000',
  Maestro: '6759649826438453 6799990100000000019 5018000000000009 6703444444444449',
  Mir: '2200000000000004 2201382000000013',
  RuPay: '6073849700004947',
  Troy: '9792030394440796',
  Verve: '5060990580000217499 5061460410120223210',
  Elo: '5066991111111118 6362970000457013',
  Hipercard: '6062828888666688',
  Dankort: '5019717010103742 5019555544445555',
  InstaPayment: '6370950000000005',
};

const grouped = (number: string, separator: string): string =>
  (number.length < 16 ? number.match(/^\d{4}|\d{6}|\d+$/g) : number.match(/\d{1,4}/g))?.join(separator) ?? '';

describe.each(
  Object.entries(PUBLISHED).flatMap(([brand, numbers]) => numbers.split(' ').map((n) => [brand, n] as const)),
)('%s %s', (_brand, number) => {
  test.each([
    ['in prose', number],
    ['in groups', grouped(number, ' ')],
    ['in groups with hyphens', grouped(number, '-')],
  ])('is found %s', (_how, value) => {
    for (const frame of ['{}', 'She gave {} to us.', '"x":"{}"', 'order 5521: paid with {} today', 'Card: {}'])
      expect(
        paymentCard()
          .find(frame.replace('{}', value))
          .map(({ start, end }) => frame.replace('{}', value).slice(start, end)),
      ).toEqual([value]);
  });

  test('is found near the word for an order, in groups or as a card', () => {
    for (const text of [`order ${grouped(number, ' ')}`, `card for order ${number}`, `order ${number} is on my card`])
      expect(paymentCard().find(text), text).toHaveLength(1);
  });

  test('is not found with another check digit', () => {
    const other = number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
    for (const text of [other, grouped(other, ' '), `card ${other}`]) expect(paymentCard().find(text)).toEqual([]);
  });
});
