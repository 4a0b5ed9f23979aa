/** The corpus: for each detector what it must find, and for all of them what none may find. One half is held out. */
import { births, BIRTH_LOCALES } from './births.ts';
import { emails, EMAIL_LOCALES } from './emails.ts';
import { lookAlikes, LOOK_ALIKES } from './look-alikes.ts';
import { CARD_KINDS, cards, IBAN_COUNTRIES, ibans, ips, PASSPORT_KINDS, passports, ssns } from './numbers.ts';
import { COUNTRIES, phones } from './phones.ts';
import { Random } from './random.ts';
import type { Sample } from './sample.ts';
import { SECRET_KINDS, secrets } from './secrets.ts';

export type { Sample } from './sample.ts';
export { COUNTRIES } from './phones.ts';

/** Developers may look at `development` while they write detectors; only `heldOut` counts. */
export type Half = 'development' | 'heldOut';
const SEEDS: Readonly<Record<Half, number>> = { development: 20_261_122, heldOut: 977_113 };

export interface Corpus {
  readonly positives: Readonly<Record<PositiveKind, readonly Sample[]>>;
  readonly lookAlikes: readonly Sample[];
}

export type PositiveKind =
  | 'email'
  | 'phone'
  | 'payment-card'
  | 'iban'
  | 'us-ssn'
  | 'ip'
  | 'date-of-birth'
  | 'passport'
  | 'secret';

/** @param each how many samples of each locale, issuer and kind */
export function corpus(half: Half, each = 200): Corpus {
  const random = new Random(SEEDS[half]);
  const all = (
    kinds: readonly string[],
    make: (kind: string, count: number, random: Random) => Sample[],
    count = each,
  ): Sample[] => kinds.flatMap((kind) => make(kind, count, random));
  return {
    positives: {
      email: all(EMAIL_LOCALES, emails),
      phone: all(COUNTRIES, phones),
      'payment-card': all(CARD_KINDS, cards),
      iban: all(IBAN_COUNTRIES, ibans, Math.ceil(each / 2)),
      'us-ssn': ssns(each * 8, random),
      ip: all(['v4', 'v6'], (kind, count) => ips(kind as 'v4' | 'v6', count, random), each * 4),
      'date-of-birth': all(BIRTH_LOCALES, births),
      passport: all(PASSPORT_KINDS, passports),
      secret: all(SECRET_KINDS, secrets, Math.ceil(each / 2)),
    },
    lookAlikes: all(LOOK_ALIKES, lookAlikes, each * 2),
  };
}
