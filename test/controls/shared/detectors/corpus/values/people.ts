/** E-mail addresses, dates of birth, passport numbers and passwords. */
import { ALNUM, LOWER, type Random } from '../random.ts';
import type { Value } from '../sample.ts';

const FIRST =
  'amelia noah ines mateo freya anton lukas zoe yuki hana priya arjun olga pavel dimitra nikos ayşe emre søren astrid łucja błażej jürgen chloé íñigo'.split(
    ' ',
  );
const LAST =
  "walker o'neill fischer kaya nowak ferrari santos dubois yamamoto kim patel ivanova papadakis lindqvist van-dijk murphy novák".split(
    ' ',
  );
const DOMAINS =
  'gmail.com outlook.com yahoo.co.jp gmx.net libero.it orange.fr seznam.cz mail.ru naver.com qq.com proton.me icloud.com example.org corp.example.net acme.so app.next data.map get.zip town.amsterdam shop.africa müller.example почта.рф 例え.jp xn--bcher-kva.example sub.domain.uni-wien.ac.at nhs.uk k12.ca.us'.split(
    ' ',
  );

export function email(random: Random): Value {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  const local = random.pick([
    `${first}.${last}`,
    first,
    `${first[0]}${last}`,
    `${last}${random.int(1, 2010)}`,
    `${first}_${last}`,
    `${first}+${random.word('news shop invoices 2026')}`,
    `${last}-${first}.${random.int(1, 99)}`,
    random.word('billing hr no-reply kontakt office.berlin'),
  ]);
  const text = `${local}@${random.pick(DOMAINS)}`;
  return { text: random.chance(0.06) ? text.toUpperCase() : text, kind: 'made', proves: true };
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

export function birth(random: Random): Value {
  const y = random.int(1930, 2019);
  const m = random.int(1, 12);
  const d = random.int(1, 28);
  const pad = (n: number): string => String(n).padStart(2, '0');
  const name = MONTHS[m - 1] ?? '';
  const [kind, text] = random.pick([
    ['iso', `${y}-${pad(m)}-${pad(d)}`],
    ['iso', `${y}-${pad(m)}-${pad(d)}`],
    ['iso', `${y}-${pad(m)}-${pad(d)}`],
    ['dotted', `${pad(d)}.${pad(m)}.${y}`],
    ['slashes', `${pad(d)}/${pad(m)}/${y}`],
    ['slashes, month first', `${pad(m)}/${pad(d)}/${y}`],
    ['named', `${d} ${name} ${y}`],
    ['named, month first', `${name} ${d}, ${y}`],
    ['short name', `${pad(d)}-${name.slice(0, 3)}-${y}`],
    ['time', `${y}-${pad(m)}-${pad(d)}T00:00:00Z`],
    ['digits', `${y}${pad(m)}${pad(d)}`],
    ['unpadded', `${m}/${d}/${y}`],
  ] as const);
  return { text, kind, proves: false, ...(kind === 'time' && { core: text.slice(0, 10) }) };
}

/** Country: the form of its passports' numbers, `A` a letter, `n` a digit, `c` either. */
const PASSPORTS: Readonly<Record<string, string>> = {
  US: 'nnnnnnnnn',
  'US, next generation': 'Annnnnnnn',
  GB: 'nnnnnnnnn',
  DE: 'Cnnnnnnnn',
  FR: 'nnAAnnnnn',
  ES: 'AAAnnnnnn',
  IT: 'AAnnnnnnn',
  NL: 'AAnnnnnnn',
  PL: 'AAnnnnnnn',
  IN: 'Annnnnnn',
  JP: 'AAnnnnnnn',
  CN: 'Annnnnnnn',
  BR: 'AAnnnnnn',
  CA: 'AAnnnnnn',
  AU: 'Annnnnnn',
};

export function passport(random: Random): Value {
  const kind = random.pick(Object.keys(PASSPORTS));
  const text = (PASSPORTS[kind] ?? '').replace(/[Anc]/g, (c) =>
    c === 'A'
      ? random.of('ABCDEFGHJKLMNPRSTUVWXYZ', 1)
      : c === 'n'
        ? random.digits(1)
        : random.of('0123456789CFGHJK', 1),
  );
  return { text, kind, proves: false };
}

const PLACES = 'Lisbon Harbor Copper Falcon Nimbus Willow Juniper Orchid Marble Saturn'.split(' ');

export function password(random: Random): Value {
  const text = random.pick([
    () => `${random.pick(PLACES)}${random.int(10, 2026)}${random.word('! # $ ? * & @')}`,
    () => `${random.of(LOWER, 2)}${random.of(`${ALNUM}!#$%*+=?@^_~&,;`, random.int(8, 16))}${random.digits(1)}`,
    () => `Tr0ub4dor&${random.digits(1)}`,
    () => `p@ss,w0rd;${random.of(LOWER, 1)}`,
    () => `${random.pick(PLACES).toLowerCase()}-${random.pick(PLACES).toLowerCase()}-${random.int(1, 99)}`,
    () => `${random.of(ALNUM, random.int(10, 16))}${random.digits(1)}`,
  ])();
  return { text, kind: 'password', proves: false };
}
