/**
 * `npm run faults [-- --only NAME,…] [--minutes N]`: plays every fault of `cases/` against the built proxy in its own
 * process, through both sets of controls and in both eras. Prints a line for each fault as it ends; exits with 1 if
 * anything differs from what the fault declares. With `--minutes` the faults that share a process are played again until
 * the time is up, and their memory must stay.
 */
import { parseArgs } from 'node:util';
import { FAULTS } from './cases/index.ts';
import { ERAS } from './client.ts';
import type { Fault } from './fault.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { CONFIGS } from './proxies.ts';

/** Processes at a time: most faults wait. */
const AT_ONCE = 6;
const MB = 1024 ** 2;
/** What V8 and small caches take in later rounds, measured after full collections. In an hour, a leak of 1 KB a play is far more. */
const MOST_GROWN = 8 * MB;
/**
 * Where a control reads replies, calls of the legacy era whose stream broke off are kept for a while, in a cache of 32 MB:
 * their client may fetch the rest.
 */
const MOST_KEPT = 48 * MB;
/** More of one fault would hide the others. */
const MOST_SHOWN = 8;

const { values } = parseArgs({ options: { only: { type: 'string' }, minutes: { type: 'string', default: '0' } } });
const names = FAULTS.map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const minutes = Number(values.minutes);
if (!(minutes >= 0) || only.some((name) => !names.includes(name))) {
  console.error(
    `got ${process.argv.slice(2).join(' ')}, expected --minutes N, --only with some of ${names.join(', ')}`,
  );
  process.exit(2);
}
// The exit handlers end the processes and remove the files of an interrupted run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Faults that are played one after another in one process. */
interface Batch extends LaneOptions {
  readonly faults: readonly Fault[];
}

const chosen = FAULTS.filter(({ name }) => only.includes(name));
const startedAt = performance.now();
const end = startedAt + minutes * 60_000;
/** Plays that each fault still waits for, and what differed so far. */
const open = new Map<string, { left: number; ms: number; readonly differences: Map<string, string[]> }>(
  chosen.map((fault) => [fault.name, { left: playsOf(fault), ms: 0, differences: new Map() }]),
);
const widest = Math.max(...chosen.map(({ name }) => name.length));
let plays = 0;
let failed = false;
console.log(`${chosen.length} faults, ${CONFIGS.join(' and ')}, ${ERAS.join(' and ')}`);

const queue = batches();
await Promise.all(Array.from({ length: AT_ONCE }, () => work()));
console.log(
  `${plays} plays in ${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${failed ? 'something differs' : 'all as declared'}`,
);
process.exit(failed ? 1 : 0);

async function work(): Promise<void> {
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) await playAll(batch);
}

function playsOf({ eras = ERAS, configs = CONFIGS }: Fault): number {
  return eras.length * configs.length;
}

/** Those that wait come first, so that others run meanwhile. */
function batches(): Batch[] {
  const shared: Batch[] = [];
  const own: Batch[] = [];
  for (const config of CONFIGS)
    for (const era of ERAS) {
      const here = chosen.filter(
        ({ eras = ERAS, configs = CONFIGS }) => eras.includes(era) && configs.includes(config),
      );
      for (const limits of ['short', 'usual'] as const) {
        const faults = here.filter((fault) => fault.own === undefined && (fault.limits ?? 'usual') === limits);
        if (faults.length > 0) shared.push({ era, config, limits, own: undefined, faults });
      }
      for (const fault of here)
        if (fault.own !== undefined)
          own.push({ era, config, limits: fault.limits ?? 'usual', own: fault.own, faults: [fault] });
    }
  return [
    ...shared.filter(({ limits }) => limits === 'short'),
    ...own,
    ...shared.filter(({ limits }) => limits === 'usual'),
  ];
}

async function playAll(batch: Batch): Promise<void> {
  try {
    await using lane = await Lane.open(batch);
    let first: number | undefined;
    do {
      for (const fault of batch.faults) {
        const began = performance.now();
        const differences = await lane.play(fault).catch((error: unknown) => [messageOf(error)]);
        note(fault, batch, differences, performance.now() - began, first === undefined);
      }
      if (batch.own === undefined) first = grown(batch, await lane.live(), first);
    } while (batch.own === undefined && performance.now() < end);
  } catch (error) {
    for (const fault of batch.faults) note(fault, batch, [messageOf(error)], 0, true);
  }
}

/** Compares live memory after a round with that after the first. Returns that. */
function grown({ config, era, limits }: Batch, live: number, first: number | undefined): number {
  if (first === undefined) return live;
  const most = config === 'inspecting' && era === 'legacy' ? MOST_KEPT : MOST_GROWN;
  if (live - first > most) {
    failed = true;
    console.log(
      `✗  memory: ${config} ${era}, ${limits} limits: ${((live - first) / MB).toFixed(1)} MB more than after the first round, expected at most ${most / MB}`,
    );
  }
  return first;
}

function note(
  fault: Fault,
  { era, config }: Batch,
  differences: readonly string[],
  ms: number,
  isFirst: boolean,
): void {
  plays++;
  if (differences.length > 0) failed = true;
  const where = `${config} ${era}`;
  const row = open.get(fault.name);
  if (row === undefined) return;
  if (!isFirst) {
    for (const difference of differences) console.log(`✗  ${fault.name}\n   ${difference} (${where})`);
    return;
  }
  for (const difference of differences)
    row.differences.set(difference, [...(row.differences.get(difference) ?? []), where]);
  row.ms = Math.max(row.ms, ms);
  if (--row.left > 0) return;
  const mark = row.differences.size === 0 ? 'ok' : '✗ ';
  console.log(`${mark} ${fault.name.padEnd(widest)}  ${fault.happens} (${(row.ms / 1000).toFixed(1)} s)`);
  const shown = [...row.differences].slice(0, MOST_SHOWN);
  for (const [difference, where] of shown) console.log(`   ${difference} (${where.join(', ')})`);
  if (row.differences.size > MOST_SHOWN) console.log(`   and ${row.differences.size - MOST_SHOWN} more`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
