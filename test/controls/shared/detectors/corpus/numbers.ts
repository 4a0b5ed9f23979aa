/** Payment cards, bank accounts and social security numbers, by the rules of their issuers. */
import { type Random, UPPER } from './random.ts';
import { filled, PLAIN_FRAMES, type Sample, under } from './sample.ts';

/** Issuer: the first digits of numbers, their lengths, and the sizes of printed groups. */
const ISSUERS: Readonly<
  Record<string, readonly (readonly [starts: string, length: number, groups: readonly number[]])[]>
> = {
  visa: [['4', 16, [4, 4, 4, 4]]],
  mastercard: [['51 52 53 54 55 2221 2300 2450 2600 2719', 16, [4, 4, 4, 4]]],
  amex: [['34 37', 15, [4, 6, 5]]],
  discover: [['6011 644 649 65', 16, [4, 4, 4, 4]]],
  diners: [['300 305 36 38', 14, [4, 6, 4]]],
  jcb: [['3528 3566 3589', 16, [4, 4, 4, 4]]],
  unionpay: [
    ['62', 16, [4, 4, 4, 4]],
    ['62', 19, [4, 4, 4, 4, 3]],
  ],
  maestro: [['5018 5020 6304 6759 6761', 16, [4, 4, 4, 4]]],
  mir: [['2200 2204', 16, [4, 4, 4, 4]]],
};
export const CARD_KINDS = Object.keys(ISSUERS);

const CARD_FIELDS =
  `cardNumber card_number card creditCard credit_card_number pan ccNumber payment.card tarjeta kartennummer carte card.number notes message`.split(
    /\s+/,
  );
const CARD_FRAMES = [
  ...PLAIN_FRAMES,
  'Card: {}',
  'card={}',
  'Paid with {} (exp 04/29)',
  '{}, 04/29, 123',
  'My card number is {}.',
  'charge {} for 49.90 EUR',
  'VISA {}',
  '{"card":"{}"}',
  '{name},{},04/29',
  'customer://card/{}',
  '%B{}^DOE/JANE^2904',
  'CC#{}',
  '"pan":"{}"',
  'Kreditkarte {} abgelehnt',
  'tarjeta {}',
];

export function cards(issuer: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const [starts, length, groups] = random.pick(ISSUERS[issuer] ?? []);
    const start = random.word(starts);
    const body = start + random.digits(length - start.length - 1);
    const number = body + checkDigit(body);
    const style = random.next();
    const separator = style < 0.45 ? '' : style < 0.8 ? ' ' : style < 0.95 ? '-' : '\u00a0';
    let at = 0;
    const text = separator === '' ? number : groups.map((size) => number.slice(at, (at += size))).join(separator);
    return random.chance(0.3)
      ? under(random.pick(CARD_FIELDS), text, issuer)
      : filled(random.pick(CARD_FRAMES), text, issuer, random);
  });
}

/** ISO/IEC 7812-1, annex B. */
function checkDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const product = Number(body.at(-1 - i)) * (i % 2 === 0 ? 2 : 1);
    sum += Math.trunc(product / 10) + (product % 10);
  }
  return String((10 - (sum % 10)) % 10);
}

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
export const IBAN_COUNTRIES = Object.keys(ACCOUNTS);
const IBAN_FIELDS =
  `iban IBAN accountNumber account bankAccount bank_account konto kontonummer compte cuenta payee.iban notes beneficiary`.split(
    /\s+/,
  );
const IBAN_FRAMES = [
  ...PLAIN_FRAMES,
  'IBAN: {}',
  'IBAN {} (BIC DEUTDEFF)',
  'Bitte auf {} überweisen',
  'iban={}',
  'transfer 100 EUR to {} today',
  'Virement sur le compte {}.',
  '{"iban":"{}"}',
  'Account:{}',
  'bank:{} ref {n}',
];

export function ibans(country: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const account = (ACCOUNTS[country] ?? '').replace(/[Anc]/g, (c) =>
      c === 'A'
        ? random.of(UPPER, 1)
        : c === 'n'
          ? random.digits(1)
          : random.of('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1),
    );
    const number = `${account}${country}00`.replace(/[A-Z]/g, (c) => String(Number.parseInt(c, 36)));
    const iban = `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`;
    const style = random.next();
    const text =
      style < 0.45
        ? iban
        : style < 0.9
          ? iban.replace(/(.{4})(?=.)/g, '$1 ')
          : style < 0.95
            ? iban.toLowerCase()
            : iban.replace(/(.{4})(?=.)/g, '$1\u00a0');
    return random.chance(0.3)
      ? under(random.pick(IBAN_FIELDS), text, country)
      : filled(random.pick(IBAN_FRAMES), text, country, random);
  });
}

const SSN_FIELDS =
  'ssn SSN socialSecurityNumber social_security_number employee.ssn taxpayerSsn applicant_ssn SocialSecurityNo ssnNumber SSN_FULL socialSec ss_number spouse.ssn ssn1'.split(
    ' ',
  );
const SSN_LABELLED = [
  'SSN: {}',
  'SSN {}',
  'ssn={}',
  'Social Security Number: {}',
  'social security no. {}',
  'My social is {}',
  'SSN# {}',
  '{name}, SSN {}, born 1980',
  '{"ssn":"{}"}',
  'Soc. Sec. {}',
  'His SSN is {}.',
  'Social: {}',
  'SS# {}',
  'soc sec # {}',
  'Social Security No {}',
  'the last known SSN was {}',
  'SSN/TIN {}',
  'SSN ({})',
];

export function ssns(count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    let area: number;
    do area = random.int(1, 899);
    while (area === 666);
    const groups = [
      String(area).padStart(3, '0'),
      String(random.int(1, 99)).padStart(2, '0'),
      String(random.int(1, 9999)).padStart(4, '0'),
    ];
    const style = random.next();
    const [text, plain] =
      style < 0.6
        ? [groups.join('-'), true]
        : style < 0.75
          ? [groups.join(' '), false]
          : style < 0.95
            ? [groups.join(''), false]
            : [groups.join('\u2011'), true];
    const where = random.next();
    if (where < 0.4) return under(random.pick(SSN_FIELDS), text, 'US');
    return filled(random.pick(plain && where > 0.7 ? PLAIN_FRAMES : SSN_LABELLED), text, 'US', random);
  });
}

const IP_FIELDS =
  'ip ipAddress ip_address clientIp remoteAddr host address source.ip x-forwarded-for message notes'.split(' ');
const IP_FRAMES = [
  ...PLAIN_FRAMES,
  'login from {}',
  'http://{}/admin',
  '{} - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 {n}',
  'connect to {} failed',
  'ip={}',
  'X-Forwarded-For: {}, 10.9.8.7',
  'host {} is down',
  'ssh root@{}',
  '"ip":"{}"',
  'ping {}.',
  'from {} to us',
  'Blocked {} (5 tries)',
  'src={} dst=x',
];

export function ips(kind: 'v4' | 'v6', count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const text = kind === 'v4' ? v4(random) : v6(random);
    if (random.chance(0.3)) return under(random.pick(IP_FIELDS), text, kind);
    const frame = random.pick(IP_FRAMES);
    return filled(kind === 'v6' ? frame.replace('//{}/', '//[{}]/') : frame, text, kind, random);
  });
}

function v4(random: Random): string {
  let head: number;
  do head = random.int(1, 223);
  while (head === 127);
  return [head, random.int(0, 255), random.int(0, 255), random.int(1, 254)].join('.');
}

function v6(random: Random): string {
  const group = (): string => random.hex(4);
  const short = (): string => group().replace(/^0{1,3}/, '');
  const head = random.pick(['2001', '2a02', '2600', '2404', 'fd12', 'fe80', `2${random.hex(3)}`]);
  return random.pick([
    () => [head, ...Array.from({ length: 7 }, group)].join(':'),
    () => [head, ...Array.from({ length: 7 }, short)].join(':').toUpperCase(),
    () => `${head}:${short()}:${short()}::${short()}`,
    () => `${head}::${short()}:${short()}:${short()}:${short()}`,
    () => `${head}:db8::1`,
    () => `::ffff:${v4(random)}`,
  ])();
}

const PASSPORT_SHAPES: Readonly<Record<string, string>> = {
  US: 'ddddddddd',
  US2: 'Adddddddd',
  GB: 'ddddddddd',
  DE: 'CccdccDdd',
  FR: 'ddAAddddd',
  IN: 'Addddddd',
  CN: 'Edddddddd',
  JP: 'AAddddddd',
  IT: 'AAddddddd',
  ES: 'AAAdddddd',
  BR: 'AAdddddd',
  CA: 'AAdddddd',
  AU: 'Addddddd',
  PL: 'AAddddddd',
};
export const PASSPORT_KINDS = Object.keys(PASSPORT_SHAPES);
const PASSPORT_FIELDS =
  `passport passportNumber passport_number passport_no PassportNo passportId traveler.passport.number reisepass reisepassnummer passeport pasaporte passaporto numeroPassaporto
  passengerPassport document.passport_num passportNum passport_id_number passport.documentNumber nr_passaporto travelDocument.passportNumber PassportNumber__c パスポート番号 护照号码`.split(
    /\s+/,
  );
const PASSPORT_FRAMES = [
  'Passport: {}',
  'Passport No. {}',
  'passport number {}',
  'passport no: {}, valid until 2030',
  '{name} travels on passport {}.',
  'Reisepass Nr. {}',
  'Reisepassnummer: {}',
  'passeport n° {}',
  'Pasaporte: {}',
  'passaporto {}',
  '{"passport":"{}"}',
  'passport={}',
  'Passport # {}',
  'her passport number is {}',
  '护照号码：{}',
  'パスポート番号: {}',
  'Passport Number - {}',
  'passport: # {}',
  'holder of passport {}',
  'Pass-Nr. {}',
  'N° de passeport {}',
  'Num. pasaporte {}',
  'travel document (passport) {}',
  'with Indian passport {}',
  'Passport#{}',
];

export function passports(kind: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const text = (PASSPORT_SHAPES[kind] ?? '').replace(/[AdDc]/g, (c) =>
      c === 'A'
        ? random.of(UPPER, 1)
        : c === 'c'
          ? random.of('0123456789CFGHJKLMNPRTVWXYZ', 1)
          : c === 'D'
            ? String(random.int(1, 9))
            : random.digits(1),
    );
    return random.chance(0.5)
      ? under(random.pick(PASSPORT_FIELDS), text, kind)
      : filled(random.pick(PASSPORT_FRAMES), text, kind, random);
  });
}
