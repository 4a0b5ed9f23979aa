/** What the detectors must reach on the half that is held out: recall by kind of place, and false alarms. */
import type { Group, PlaceKind } from './corpus/index.ts';

type ByPlace = Readonly<Partial<Record<PlaceKind | 'any', number>>>;

/** `any` is for the places that have no floor of their own. */
const RECALL: Readonly<Partial<Record<Group, ByPlace>>> = {
  email: { any: 0.995, 'odd spelling': 0.95 },
  'phone-international': { any: 0.995, 'odd spelling': 0.95, extension: 0.98 },
  'phone-national': {
    'usual field': 0.98,
    label: 0.98,
    table: 0.98,
    siblings: 0.98,
    'contrary word': 0.98,
    'unusual field': 0.92,
    prose: 0.92,
    'odd spelling': 0.95,
    extension: 0.98,
  },
  'payment-card': { any: 0.995 },
  'us-ssn': { any: 0.98, 'odd spelling': 0.95, 'medical and HR': 0.9 },
  ip: { any: 0.99, 'contrary word': 0.97, 'odd spelling': 0.95 },
  'date-of-birth': {
    any: 0.99,
    'odd spelling': 0.95,
    'unusual field': 0.9,
    table: 0.95,
    siblings: 0.95,
    'medical and HR': 0.9,
  },
  passport: {
    any: 0.99,
    'odd spelling': 0.95,
    'unusual field': 0.85,
    table: 0.95,
    siblings: 0.95,
    'medical and HR': 0.85,
  },
  'secret-known': { any: 0.97, code: 0.98, prose: 0.95 },
  'secret-named': { any: 0.97 },
};

export function recallFloor(group: Group, place: PlaceKind): number | undefined {
  const floors = RECALL[group];
  return floors?.[place] ?? floors?.any;
}

/** False alarms on real text, in {@link CHUNKS} parts of it. */
export const CHUNKS = 29_350;
export const ALARMS: Readonly<Record<string, number>> = {
  'payment-card': 0,
  passport: 0,
  'date-of-birth': 3,
  'us-ssn': 5,
  'phone (US)': 30,
  'phone (DE)': 72,
  secret: 38,
};

/** Of the traps, for each detector. */
export const MISTAKEN = 0.005;
