/** The same samples and texts, searched by the peers: Presidio's recognizers and detect-secrets. */
import { z } from 'zod';
import type { Group, Sample } from '../corpus/index.ts';
import type { Trap } from '../corpus/sample.ts';
import type { Parts } from '../kept.ts';
import type { Peer } from '../page.ts';
import { runPython } from './python.ts';

/** They are slow: every fourth sample, every tenth part of real text. */
const SAMPLES = 4;
const TEXTS = 10;

const PEERS = [
  ['Presidio', 'presidio'],
  ['detect-secrets', 'detect-secrets'],
] as const;

/** What a peer is asked for, for the alarms of one detector. */
const DETECTORS: readonly (readonly [detector: string, group: Group, kind: string])[] = [
  ['email', 'email', ''],
  ['phone (US)', 'phone-national', 'US'],
  ['phone (DE)', 'phone-national', 'DE'],
  ['payment-card', 'payment-card', ''],
  ['iban', 'iban', ''],
  ['us-ssn', 'us-ssn', ''],
  ['ip', 'ip', ''],
  ['date-of-birth', 'date-of-birth', ''],
  ['passport', 'passport', ''],
  ['secret', 'secret-known', ''],
];

interface Task {
  readonly group: Group;
  readonly kind: string;
  readonly text: string;
  readonly value?: string;
  readonly slack?: number;
}

const RESULTS = z.array(z.boolean().nullable());

/** So many tasks are given to a peer at once. */
const AT_ONCE = 4_000;

/** How many parts {@link measurePeers} has. */
export function partsOfPeers(samples: readonly Sample[], texts: readonly Trap[], groups: readonly Group[]): number {
  return PEERS.length * Math.ceil(tasksOf(samples, texts, groups).tasks.length / AT_ONCE);
}

export async function measurePeers(
  python: string,
  samples: readonly Sample[],
  texts: readonly Trap[],
  groups: readonly Group[],
  measured: Parts,
  key: string,
): Promise<Peer[]> {
  const { some, asked, texts: count, tasks } = tasksOf(samples, texts, groups);
  const peers: Peer[] = [];
  for (const [name, peer] of PEERS) {
    const results: (boolean | null)[] = [];
    for (let i = 0; i < tasks.length; i += AT_ONCE)
      results.push(
        ...(await measured.of(`${name}, texts from ${i + 1} on`, key, RESULTS, () =>
          RESULTS.parse(
            JSON.parse(runPython(python, 'peers.py', [], JSON.stringify({ peer, tasks: tasks.slice(i, i + AT_ONCE) }))),
          ),
        )),
      );
    const found = new Map<string, { samples: number; found: number }>();
    for (const [i, { group, place }] of some.entries()) {
      const result = results[i] ?? null;
      if (result === null) continue;
      const row = found.get(`${group} ${place}`) ?? { samples: 0, found: 0 };
      row.samples++;
      if (result) row.found++;
      found.set(`${group} ${place}`, row);
    }
    const mistaken = new Map<string, { texts: number; mistaken: number }>();
    for (const [i, [detector]] of asked.entries()) {
      const own = results.slice(some.length + i * count, some.length + (i + 1) * count);
      if (own.includes(null)) continue;
      mistaken.set(detector, { texts: own.length, mistaken: own.filter((one) => one === true).length });
    }
    peers.push({ name, found, mistaken });
  }
  return peers;
}

/** What a peer is asked: some of the samples, then some of the texts for each detector. */
function tasksOf(
  samples: readonly Sample[],
  texts: readonly Trap[],
  groups: readonly Group[],
): {
  readonly some: readonly Sample[];
  readonly asked: typeof DETECTORS;
  readonly texts: number;
  readonly tasks: readonly Task[];
} {
  const some = samples.filter((_, i) => i % SAMPLES === 0);
  const parts = texts.filter((_, i) => i % TEXTS === 0);
  const asked = DETECTORS.filter(([, group]) => groups.includes(group));
  const more = asked.flatMap(([, group, kind]) =>
    parts.map(({ document }): Task => ({ group, kind, text: textOf(document) })),
  );
  return { some, asked, texts: parts.length, tasks: [...some.map(taskOf), ...more] };
}

/** A structure is JSON for a peer, on lines of its own: detect-secrets reads line by line. */
function taskOf({ group, kind, document, value, slack }: Sample): Task {
  const text = textOf(document);
  const escaped = JSON.stringify(value).slice(1, -1);
  return { group, kind, text, value: text.includes(value) ? value : escaped, slack };
}

function textOf(document: Trap['document']): string {
  return typeof document === 'string' ? document : JSON.stringify(document, undefined, 1);
}
