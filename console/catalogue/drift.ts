/** What changed at the upstreams since a lock was written. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { driftOf } from '../../bin/tools/drift.ts';
import type { Fault } from '../../bin/tools/live.ts';
import { lockOfOffered, readLock } from '../../bin/tools/lock-file.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { KINDS } from '../../proxy/controls/tool-lock/kinds.ts';
import { type Lock, lockOf } from '../../proxy/controls/tool-lock/lock.ts';
import type { Drift, MatrixNote } from './catalogued.ts';
import { offeredBy } from './offered.ts';

/** @param file where a lock may be, if no control of the config holds one */
export async function drift(config: ProxyConfig, environment: Environment, file: string | undefined): Promise<Drift> {
  const found = lockFor(config, file);
  if (found === undefined) return { lock: undefined, changes: [], notes: [] };
  const faults: Fault[] = [];
  const offered = await offeredBy(config, environment, (fault) => faults.push(fault));
  // What could not be read was not removed.
  const missing = new Set<string>(faults.flatMap(({ kind, isWhole }) => (isWhole === true ? KINDS[kind].word : [])));
  const changes = driftOf(found.lock, lockOfOffered(offered)).filter(({ kind }) => !missing.has(kind));
  return {
    lock: found.from,
    changes: changes.map(({ what, kind, name, members, dangers }) => ({
      what,
      kind,
      name,
      members,
      dangers: dangers.map(({ rule, what: found }) => `${rule}: ${found}`),
    })),
    notes: notesOf(faults),
  };
}

/** Each fault once: clients of both eras meet it. */
export function notesOf(faults: readonly Fault[]): readonly MatrixNote[] {
  const notes = new Map<string, MatrixNote>();
  for (const { kind, name, why, isWhole } of faults) {
    const { word, method } = KINDS[kind];
    const what = isWhole === true ? method : name === undefined ? `a ${word} without a name` : `the ${word} ${name}`;
    notes.set(`${what}\n${why}`, { what, why });
  }
  return [...notes.values()];
}

function lockFor(
  { controls }: ProxyConfig,
  file: string | undefined,
): { readonly lock: Lock; readonly from: string } | undefined {
  for (const { name, builtIn } of controls) {
    const lock = builtIn?.pins === undefined ? undefined : lockOf(builtIn.pins.lock, []);
    if (lock !== undefined) return { lock, from: `the lock of the control ${name}` };
  }
  return file !== undefined && existsSync(file) ? { lock: readLock(file), from: basename(file) } : undefined;
}
