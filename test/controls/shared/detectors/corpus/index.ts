import { anyField, code, setting } from './places/code.ts';
import { unusualField, usualField } from './places/fields.ts';
import { medical } from './places/medical.ts';
import { contrary, label, prose } from './places/prose.ts';
import { extension, odd } from './places/spellings.ts';
import { siblings, table } from './places/tables.ts';
import { Random } from './random.ts';
import { type Group, GROUPS, type Made, type Making, type PlaceKind, type Sample, type Value } from './sample.ts';
import { card } from './values/cards.ts';
import { account, address, ssn } from './values/numbers.ts';
import { birth, email, passport, password } from './values/people.ts';
/**
 * The corpus: for each group of data what must be found, by kind of place. Its names and sentences are those of
 * `words/`, which are split by source: words of the half that is held out are nowhere in the other.
 */
import { international, type MorePhones, national, COUNTRIES, OTHERS } from './values/phones.ts';
import { type Format, FORMATS, known, machineSecret } from './values/secrets.ts';
import { type Half, NO_WORDS, sourcesIn, Words, type Source } from './words.ts';

export { type Group, GROUPS, type PlaceKind, PLACES, type Sample } from './sample.ts';
export { COUNTRIES } from './values/phones.ts';
export type { Half } from './words.ts';

const SEEDS: Readonly<Record<Half, number>> = { development: 20_261_130, heldOut: 613_477 };

/** Data from packages, if they are installed. */
export interface More {
  readonly phones: MorePhones;
  readonly formats: readonly Format[];
  /** The forms of secrets of every corpus. @default - those of the list */
  readonly known?: readonly Format[];
  readonly sources: readonly Source[];
  /** Values by group, from `faker`. */
  readonly values: ReadonlyMap<Group, readonly Value[]>;
}
export const NOTHING: More = { phones: new Map(), formats: [], sources: [], values: new Map() };

type Make = (value: Value, making: Making) => Made | undefined;
type Places = readonly (readonly [place: PlaceKind, make: Make])[];

const PERSONAL: Places = [
  ['usual field', usualField],
  ['unusual field', unusualField],
  ['label', label],
  ['prose', prose],
  ['table', table],
  ['siblings', siblings],
  ['contrary word', contrary],
  ['odd spelling', odd],
  ['medical and HR', medical],
];

interface Kind {
  readonly type: string;
  readonly places: Places;
  readonly value: (random: Random, more: More) => Value;
}

/** A find may be longer than the value by so many characters. */
const SLACK = 4;
/** How often a value comes from `faker`, if it is there. */
const FROM_FAKER = 0.5;

const KINDS: Readonly<Record<Group, Kind>> = {
  email: { type: 'email', places: PERSONAL, value: email },
  'phone-international': {
    type: 'phone',
    places: [...PERSONAL, ['extension', extension]],
    value: (random, { phones }) => international(random, phones),
  },
  'phone-national': {
    type: 'phone',
    places: [...PERSONAL, ['extension', extension]],
    value: (random, { phones }) => national(COUNTRIES, random, phones),
  },
  'phone-elsewhere': {
    type: 'phone',
    places: PERSONAL.slice(0, 4),
    value: (random, { phones }) => national(OTHERS, random, phones),
  },
  'payment-card': { type: 'payment-card', places: PERSONAL, value: card },
  iban: { type: 'iban', places: PERSONAL, value: account },
  'us-ssn': { type: 'us-ssn', places: PERSONAL, value: ssn },
  ip: { type: 'ip', places: PERSONAL, value: address },
  'date-of-birth': { type: 'date-of-birth', places: PERSONAL, value: birth },
  passport: { type: 'passport', places: PERSONAL, value: passport },
  'secret-known': {
    type: 'secret',
    places: [
      ['usual field', anyField],
      ['code', code],
      ['prose', prose],
      ['contrary word', contrary],
    ],
    value: (random, { formats, known: always = FORMATS }) => known([...always, ...formats], random),
  },
  'secret-named': {
    type: 'secret',
    places: [
      ['usual field', usualField],
      ['unusual field', unusualField],
      ['label', label],
      ['code', setting],
      ['table', table],
      ['siblings', siblings],
      ['contrary word', contrary],
    ],
    value: (random) => (random.chance(0.5) ? password(random) : machineSecret(random)),
  },
};

/** The type of a group's data: `phone` for its three groups. */
export function typeOf(group: Group): string {
  return KINDS[group].type;
}

/** Places whose words come from the lists alone. */
const BY_WORDS: ReadonlySet<PlaceKind> = new Set([
  'usual field',
  'unusual field',
  'label',
  'table',
  'siblings',
  'code',
]);

/** The corpus with the words of some sources only: of the others it takes what says nothing. */
export function corpusOf(half: Half, each: number, more: More, groups: readonly Group[] = GROUPS): Sample[] {
  const neutral = sourcesIn(half).map((source): Source => {
    const { wrappers, neutral: texts } = source.sections;
    return { ...source, sections: { ...NO_WORDS, wrappers, neutral: texts } };
  });
  const own = more.sources.filter((source) => source.half === half);
  const only = { ...more, known: [] };
  // Some lists have no rules.
  const some = groups.filter((group) => group !== 'secret-known' || more.formats.length > 0);
  return made(new Words([...neutral, ...own]), half, each, only, some, BY_WORDS);
}

/**
 * @param each how many samples of each group at each kind of place
 * @param groups all of them unless given
 */
export function corpus(half: Half, each: number, more: More = NOTHING, groups: readonly Group[] = GROUPS): Sample[] {
  const words = new Words([...sourcesIn(half), ...more.sources.filter((source) => source.half === half)]);
  return made(words, half, each, more, groups);
}

function made(
  words: Words,
  half: Half,
  each: number,
  more: More,
  groups: readonly Group[],
  places?: ReadonlySet<PlaceKind>,
): Sample[] {
  return groups.flatMap((group) =>
    KINDS[group].places.flatMap(([place, make], i) => {
      if (places !== undefined && !places.has(place) && group !== 'secret-known') return [];
      // A seed for each, so that a part of the groups gives the same samples as all of them.
      const random = new Random(SEEDS[half] + GROUPS.indexOf(group) * 101 + i * 7);
      return some(group, place, make, each, random, words, half, more);
    }),
  );
}

function some(
  group: Group,
  place: PlaceKind,
  make: Make,
  each: number,
  random: Random,
  words: Words,
  half: Half,
  more: More,
): Sample[] {
  const { type, value: makeValue } = KINDS[group];
  const others = more.values.get(group) ?? [];
  const samples: Sample[] = [];
  for (let tries = 0; samples.length < each && tries < each * 8; tries++) {
    const value = others.length > 0 && random.chance(FROM_FAKER) ? random.pick(others) : makeValue(random, more);
    const making: Making = { random, words, half, type: value.kind === 'password' ? 'password' : type };
    const made = make(value, making);
    if (made === undefined) continue;
    const { shape, document, value: written = value.core ?? value.text, slack } = made;
    const longer = written === value.core ? value.text.length - written.length : 0;
    samples.push({ group, place, shape, kind: value.kind, document, value: written, slack: slack ?? SLACK + longer });
  }
  return samples;
}
