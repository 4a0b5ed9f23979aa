import type { ProxyConfig } from '../../proxy/config/config.ts';
/**
 * Started by the doctor and `verify`, with a deployment's bindings as its environment. Compares what the upstreams offer
 * with the lock of the deployment's config, reports to its parent, and ends.
 */
import { anyOf } from '../../proxy/controls/shared/glob.ts';
import { lockOf } from '../../proxy/controls/tool-lock/lock.ts';
import { ConfigError } from '../../proxy/start-proxy.ts';
import { explain } from '../explain.ts';
import { loadConfig } from '../load-config.ts';
import { driftOf } from '../tools/drift.ts';
import { lockOfOffered } from '../tools/lock-file.ts';
import { changeLines } from '../tools/show.ts';
import { readOffered } from '../tools/upstreams.ts';
import type { Compared } from './checks/lock.ts';

process.send?.(await compared(process.argv[2] || undefined, process.argv.slice(3)));
process.disconnect?.();

/** @param names of the upstreams that are read; none: only whether there is a lock is asked */
async function compared(file: string | undefined, names: readonly string[]): Promise<Compared> {
  try {
    const config = await loadConfig(file);
    const pins = config.controls.flatMap(({ builtIn }) => builtIn?.pins ?? []).at(0);
    if (pins === undefined) return { hasLock: false };
    const faults: string[] = [];
    const lock = lockOf(pins.lock, faults);
    if (lock === undefined) throw new ConfigError(faults);
    if (names.length === 0) return { hasLock: true, changes: [] };
    const offered = await readOffered({ config: only(config, names), urls: new Map() }, process.env);
    const isExcepted = anyOf(pins.except);
    const changes = driftOf(lock, lockOfOffered(offered)).filter(
      ({ kind, name }) => kind === 'instructions' || !isExcepted(name),
    );
    return {
      hasLock: true,
      changes: changes.map((change) => ({
        upstream: change.kind === 'instructions' ? undefined : change.upstream,
        lines: changeLines(change),
      })),
    };
  } catch (error) {
    const message = explain(error, '')
      .split('\n')
      .map((line) => line.trim())
      .join(' ');
    return { message };
  }
}

function only({ upstreams = { default: {} }, separator }: ProxyConfig, names: readonly string[]): ProxyConfig {
  const kept = Object.entries(upstreams).filter(([name]) => names.includes(name));
  return { controls: [], upstreams: Object.fromEntries(kept), ...(separator === undefined ? {} : { separator }) };
}
