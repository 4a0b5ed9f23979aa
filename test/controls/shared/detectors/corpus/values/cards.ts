/** Payment cards: published test numbers, and numbers by the issuers' public ranges. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Value } from '../sample.ts';

/** Issuer: the first digits of numbers, their length, and the sizes of printed groups. */
const ISSUERS: readonly (readonly [kind: string, starts: string, length: number, groups: readonly number[]])[] = [
  ['Visa', '4', 16, [4, 4, 4, 4]],
  ['Mastercard', '51 52 53 54 55 2221 2300 2450 2600 2719', 16, [4, 4, 4, 4]],
  ['American Express', '34 37', 15, [4, 6, 5]],
  ['Discover', '6011 644 649 65', 16, [4, 4, 4, 4]],
  ['Diners', '300 305 36 38', 14, [4, 6, 4]],
  ['JCB', '3528 3566 3589', 16, [4, 4, 4, 4]],
  ['UnionPay', '62', 16, [4, 4, 4, 4]],
  ['UnionPay', '62', 19, [4, 4, 4, 4, 3]],
  ['Maestro', '5018 5020 6304 6759 6761', 16, [4, 4, 4, 4]],
  ['Maestro', '5018 6304 6759', 19, [4, 4, 4, 4, 3]],
  ['Mir', '2200 2204', 16, [4, 4, 4, 4]],
  ['RuPay', '6521 6522 607482', 16, [4, 4, 4, 4]],
  ['Elo', '506700 509050 636368 650485', 16, [4, 4, 4, 4]],
  ['Verve', '506105 650010', 16, [4, 4, 4, 4]],
  ['Troy', '979200 979210', 16, [4, 4, 4, 4]],
  ['Hipercard', '606282', 16, [4, 4, 4, 4]],
  ['Bancontact', '670300 670376', 17, [4, 4, 4, 4, 1]],
  ['Dankort', '5019', 16, [4, 4, 4, 4]],
];

/** `brand numbers…`, one brand a line. */
const PUBLISHED = readFileSync(join(import.meta.dirname, 'test-cards.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .flatMap((line) => {
    const [brand = '', numbers = ''] = line.split(': ');
    return numbers.split(' ').map((number) => ({ kind: `${brand} (test card)`, number }));
  });
export const TEST_CARDS: readonly { readonly kind: string; readonly number: string }[] = PUBLISHED;

export function card(random: Random): Value {
  if (random.chance(0.5)) {
    const { kind, number } = random.pick(PUBLISHED);
    const groups = number.length === 15 ? [4, 6, 5] : number.length === 14 ? [4, 6, 4] : [4, 4, 4, 4, 3];
    return { text: written(number, groups, random), kind, proves: true };
  }
  const [kind, starts, length, groups] = random.pick(ISSUERS);
  const start = random.word(starts);
  const body = start + random.digits(length - start.length - 1);
  return { text: written(body + checkDigit(body), groups, random), kind, proves: true };
}

function written(number: string, groups: readonly number[], random: Random): string {
  const style = random.next();
  const separator = style < 0.45 ? '' : style < 0.8 ? ' ' : '-';
  if (separator === '') return number;
  let at = 0;
  return groups
    .map((size) => number.slice(at, (at += size)))
    .filter((group) => group !== '')
    .join(separator);
}

/** ISO/IEC 7812-1, annex B. */
export function checkDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const product = Number(body.at(-1 - i)) * (i % 2 === 0 ? 2 : 1);
    sum += Math.trunc(product / 10) + (product % 10);
  }
  return String((10 - (sum % 10)) % 10);
}
