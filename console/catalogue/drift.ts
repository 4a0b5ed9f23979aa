/** What changed at the upstreams since a lock was written. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { driftOf } from '../../bin/tools/drift.ts';
import { lockOfOffered, readLock } from '../../bin/tools/lock-file.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { type Lock, lockOf } from '../../proxy/controls/tool-lock/lock.ts';
import type { Drift } from './catalogued.ts';
import { offeredBy } from './offered.ts';

/** @param file where a lock may be, if no control of the config holds one */
export async function drift(config: ProxyConfig, environment: Environment, file: string | undefined): Promise<Drift> {
  const found = lockFor(config, file);
  if (found === undefined) return { lock: undefined, changes: [] };
  const changes = driftOf(found.lock, lockOfOffered(await offeredBy(config, environment)));
  return {
    lock: found.from,
    changes: changes.map(({ what, kind, name, members, dangers }) => ({
      what,
      kind,
      name,
      members,
      dangers: dangers.map(({ rule, what: found }) => `${rule}: ${found}`),
    })),
  };
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
