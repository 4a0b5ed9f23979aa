/** Measures detectors: how much they find in the corpus, and how often they find something in text without any. */
import { z } from 'zod';
import {
  dateOfBirth,
  type Detector,
  email,
  iban,
  ip,
  passport,
  paymentCard,
  phone,
  type PhoneOptions,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { type Group, GROUPS, PLACES, type Sample } from './corpus/index.ts';
import type { Trap } from './corpus/sample.ts';
import { isFound, Probe, removed, type Visited } from './probe.ts';

export const RECALL = z.strictObject({
  group: z.enum(GROUPS),
  place: z.enum(PLACES),
  samples: z.number(),
  found: z.number(),
});
export type Recall = z.infer<typeof RECALL>;

export interface Miss {
  readonly sample: Sample;
  readonly visited: readonly Visited[];
}

type Country = NonNullable<PhoneOptions['countries']>[number];

const MADE: Readonly<Record<Exclude<Group, `phone-${string}`>, () => Detector>> = {
  email,
  'payment-card': paymentCard,
  iban,
  'us-ssn': usSsn,
  ip,
  'date-of-birth': dateOfBirth,
  passport,
  'secret-known': secret,
  'secret-named': secret,
};

/** The detector that a config would have for such data: `phone` with the sample's country. */
function detectorFor({ group, kind }: Sample): readonly [name: string, make: () => Detector] {
  if (group === 'phone-international') return ['phone US', () => phone({ countries: ['US'] })];
  if (group === 'phone-national' || group === 'phone-elsewhere')
    return [`phone ${kind}`, () => phone({ countries: [kind as Country] })];
  return [group, MADE[group]];
}

const probes = new Map<string, Probe>();

async function probeFor(name: string, make: () => Detector): Promise<Probe> {
  let probe = probes.get(name);
  if (probe === undefined) {
    probe = new Probe([make()]);
    await probe.load();
    probes.set(name, probe);
  }
  return probe;
}

export async function recall(
  samples: readonly Sample[],
): Promise<{ readonly rows: readonly Recall[]; readonly missed: readonly Miss[] }> {
  const missed: Miss[] = [];
  for (const sample of samples) {
    const probe = await probeFor(...detectorFor(sample));
    const visited = await probe.visit(sample.document);
    if (!isFound(visited, sample.value, sample.slack)) missed.push({ sample, visited });
  }
  const failed = Map.groupBy(missed, ({ sample }) => keyOf(sample));
  const rows = [...Map.groupBy(samples, keyOf)].flatMap(([key, own]): Recall[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { group, place } = first;
    return [{ group, place, samples: own.length, found: own.length - (failed.get(key)?.length ?? 0) }];
  });
  return { rows, missed };
}

function keyOf({ group, place }: Sample): string {
  return `${group} ${place}`;
}

export interface Alarm {
  readonly detector: string;
  readonly trap: Trap;
  /** What was taken for data. */
  readonly parts: readonly string[];
}

export const ALARMS = z.strictObject({ detector: z.string(), texts: z.number(), mistaken: z.number() });
export type Alarms = z.infer<typeof ALARMS>;

/** Detectors that are tried on text without data, and the groups they belong to. */
const ALONE: readonly (readonly [name: string, groups: readonly Group[], make: () => Detector])[] = [
  ['email', ['email'], email],
  ['phone (US)', ['phone-international', 'phone-national'], () => phone({ countries: ['US'] })],
  ['phone (DE)', ['phone-international', 'phone-national'], () => phone({ countries: ['DE'] })],
  ['payment-card', ['payment-card'], paymentCard],
  ['iban', ['iban'], iban],
  ['us-ssn', ['us-ssn'], usSsn],
  ['ip', ['ip'], ip],
  ['date-of-birth', ['date-of-birth'], dateOfBirth],
  ['passport', ['passport'], passport],
  ['secret', ['secret-known', 'secret-named'], secret],
];

/** The names of the detectors that are tried on text without data. */
export function triedFor(groups: readonly Group[]): readonly string[] {
  return ALONE.filter(([, own]) => own.some((group) => groups.includes(group))).map(([name]) => name);
}

/** @param names of {@link triedFor} */
export async function alarms(
  texts: readonly Trap[],
  names: readonly string[],
): Promise<{ readonly rows: readonly Alarms[]; readonly found: readonly Alarm[] }> {
  const found: Alarm[] = [];
  const rows: Alarms[] = [];
  for (const [detector, , make] of ALONE) {
    if (!names.includes(detector)) continue;
    const probe = await probeFor(detector, make);
    const before = found.length;
    for (const trap of texts) {
      const parts = (await probe.visit(trap.document)).flatMap(({ before: text, after }) =>
        text === after ? [] : removed(text, after).map(([from, to]) => text.slice(from, to)),
      );
      if (parts.length > 0) found.push({ detector, trap, parts });
    }
    rows.push({ detector, texts: texts.length, mistaken: found.length - before });
  }
  return { rows, found };
}
