/** Bank accounts, US social security numbers and IP addresses, by the rules of their issuers. */
import { type Random, UPPER } from '../random.ts';
import type { Value } from '../sample.ts';

/** Country: the account number's form; `A` a letter, `n` a digit, `c` either. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  DE: 'nnnnnnnnnnnnnnnnnn',
  GB: 'AAAAnnnnnnnnnnnnnn',
  FR: 'nnnnnnnnnncccccccccccnn',
  ES: 'nnnnnnnnnnnnnnnnnnnn',
  IT: 'Annnnnnnnnncccccccccccc',
  NL: 'AAAAnnnnnnnnnn',
  BE: 'nnnnnnnnnnnn',
  CH: 'nnnnncccccccccccc',
  AT: 'nnnnnnnnnnnnnnnn',
  PL: 'nnnnnnnnnnnnnnnnnnnnnnnn',
  SE: 'nnnnnnnnnnnnnnnnnnnn',
  NO: 'nnnnnnnnnnn',
  DK: 'nnnnnnnnnnnnnn',
  IE: 'AAAAnnnnnnnnnnnnnn',
  PT: 'nnnnnnnnnnnnnnnnnnnnn',
  FI: 'nnnnnnnnnnnnnn',
  MT: 'AAAAnnnnncccccccccccccccccc',
  BR: 'nnnnnnnnnnnnnnnnnnnnnnnAc',
  SA: 'nncccccccccccccccccc',
  TR: 'nnnnnnnnnnnnnnnnnnnnnn',
  LC: 'AAAAcccccccccccccccccccccccc',
};

export function account(random: Random): Value {
  const country = random.pick(Object.keys(ACCOUNTS));
  const own = (ACCOUNTS[country] ?? '').replace(/[Anc]/g, (c) =>
    c === 'A'
      ? random.of(UPPER, 1)
      : c === 'n'
        ? random.digits(1)
        : random.of('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1),
  );
  const number = `${own}${country}00`.replace(/[A-Z]/g, (c) => String(Number.parseInt(c, 36)));
  const iban = `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${own}`;
  return { text: random.chance(0.5) ? iban : iban.replace(/(.{4})(?=.)/g, '$1 '), kind: country, proves: true };
}

export function ssn(random: Random): Value {
  let area: number;
  do area = random.int(1, 899);
  while (area === 666);
  const groups = [
    String(area).padStart(3, '0'),
    String(random.int(1, 99)).padStart(2, '0'),
    String(random.int(1, 9999)).padStart(4, '0'),
  ];
  const style = random.next();
  if (style < 0.7) return { text: groups.join('-'), kind: 'hyphens', proves: true };
  if (style < 0.8) return { text: groups.join(' '), kind: 'spaces', proves: false };
  return { text: groups.join(''), kind: 'digits', proves: false };
}

export function address(random: Random): Value {
  return random.chance(0.7) ? v4(random) : v6(random);
}

function v4(random: Random): Value {
  let head: number;
  do head = random.int(1, 223);
  while (head === 127);
  return {
    text: [head, random.int(0, 255), random.int(0, 255), random.int(1, 254)].join('.'),
    kind: 'v4',
    proves: true,
  };
}

function v6(random: Random): Value {
  const groups = Array.from({ length: 8 }, (_, i) =>
    i === 0 ? random.word('2001 2a00 2600 fd12 2405') : random.int(0, 65535).toString(16),
  );
  const style = random.next();
  const text =
    style < 0.4
      ? groups.join(':')
      : style < 0.8
        ? `${groups.slice(0, random.int(2, 4)).join(':')}::${random.int(1, 65535).toString(16)}`
        : `fe80::${groups.slice(4).join(':')}`;
  return { text, kind: 'v6', proves: true };
}
