/**
 * The upstreams of a config as their client sees them, without any control: through the proxy itself in this process, so
 * that addresses, credentials and names are those of the config.
 */
import { registerHooks } from 'node:module';
import { Naming } from '../../proxy/aggregate/naming.ts';
import { wrapUri } from '../../proxy/aggregate/uris.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import { shownUrl } from '../../proxy/base/shown-url.ts';
import { prefixOf } from '../../proxy/config/bindings.ts';
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';
import { isAggregate, type UpstreamSettings } from '../../proxy/config/upstreams.ts';
import { canonical } from '../../proxy/controls/tool-lock/canonical.ts';
import { KIND_NAMES, type KindName, KINDS } from '../../proxy/controls/tool-lock/kinds.ts';
import { LOCK_VERSION } from '../../proxy/controls/tool-lock/lock.ts';
import { lockable } from '../../proxy/controls/tool-lock/lockable.ts';
import { ConfigError, startProxy } from '../../proxy/start-proxy.ts';
import { loadConfig } from '../load-config.ts';
import { boundTo, chosen, type Chosen, inOptions } from './chosen.ts';
import { type Fault, type Live, LiveError, type Named, readLive } from './live.ts';

/** Where an entry comes from. */
export interface Origin {
  readonly upstream: string;
  readonly upstreamName: string;
}

/** What all upstreams offer together. */
export interface Offered {
  readonly live: Live;
  /** What stands before the names of each upstream. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly originOf: (kind: KindName, name: string) => Origin;
}

/** @param given values of `--upstream`. @default - all upstreams, as they are bound */
export async function readUpstreams(
  config: string | undefined,
  given: readonly string[] = [],
  environment: Environment,
): Promise<Offered> {
  lockMayBeMissing();
  const meant = chosen(await loadConfig(config), given);
  try {
    return await readOffered(meant, environment);
  } catch (error) {
    throw error instanceof ConfigError ? inOptions(error, meant) : error;
  }
}

/** @param onFault gets each list or entry that can't be read, which is left out. @default - it is an error */
export async function readOffered(
  meant: Chosen,
  environment: Environment,
  onFault?: (fault: Fault) => void,
): Promise<Offered> {
  const { config } = meant;
  const faults: string[] = [];
  const settings = settingsOf(config, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  const { upstreams, separator } = settings;
  const [only] = upstreams;
  const bound = boundTo(meant, environment);
  const prefixes = Object.fromEntries(
    upstreams.map(({ name, prefix }) => [name, new Naming(prefix, separator).prefix]),
  );
  const live = await readThrough(
    config,
    bound,
    only === undefined || upstreams.length > 1
      ? { what: 'the upstreams', variables: 'UPSTREAM_NAME' }
      : namedBy(only.name, bound),
    onFault,
  );
  if (only !== undefined && !isAggregate(settings)) {
    const originOf = (_kind: KindName, name: string): Origin => ({ upstream: only.name, upstreamName: name });
    return { live, upstreams: prefixes, originOf };
  }
  const origins = new Map<string, Origin>();
  for (const one of upstreams) await addOrigins(one, separator, config, bound, origins, onFault);
  for (const { name } of upstreams)
    if (
      !KIND_NAMES.some((kind) =>
        [...live[kind].keys()].some((shown) => origins.get(`${kind}\n${shown}`)?.upstream === name),
      )
    )
      console.error(`note: clients see nothing of the upstream ${name}`);
  return {
    live,
    upstreams: prefixes,
    originOf(kind, name) {
      const origin = origins.get(`${kind}\n${name}`);
      if (origin === undefined)
        throw new LiveError(`${JSON.stringify(name)}: expected an upstream that lists it, found none: try again`);
      return origin;
    },
  };
}

/** What one upstream lists by itself, under its client's names. */
async function addOrigins(
  { name, prefix }: UpstreamSettings,
  separator: string,
  { upstreams = {} }: ProxyConfig,
  environment: Environment,
  origins: Map<string, Origin>,
  onFault: ((fault: Fault) => void) | undefined,
): Promise<void> {
  const alone = { controls: [], upstreams: { [name]: { ...upstreams[name], prefix: false } } };
  // All faults were found in the lists of all upstreams together.
  const live = await readThrough(alone, environment, namedBy(name, environment), onFault && (() => {}));
  const naming = new Naming(prefix, separator);
  for (const kind of KIND_NAMES)
    for (const own of live[kind].keys()) {
      const origin = { upstream: name, upstreamName: own };
      const isNamed = kind === 'tools' || kind === 'prompts';
      for (const shown of isNamed ? [naming.shown(own)] : [own, wrapUri(name, own)])
        if (!origins.has(`${kind}\n${shown}`)) origins.set(`${kind}\n${shown}`, origin);
    }
}

/**
 * What clients of both eras see together: a legacy upstream behind several is shown to legacy clients only, a modern one
 * to modern clients only.
 */
async function readThrough(
  config: ProxyConfig,
  environment: Environment,
  named: Named,
  onFault: ((fault: Fault) => void) | undefined,
): Promise<Live> {
  const proxy = await startProxy(config, { ...environment, HOST: '127.0.0.1', PORT: '0' });
  try {
    const live = await readLive(proxy.url, named, 'auto', onFault);
    if (!live.isModern) return live;
    const legacy = await readLive(proxy.url, named, 'legacy', onFault).catch((error: unknown) => {
      // A modern upstream may have no legacy clients.
      if (error instanceof LiveError) return undefined;
      throw error;
    });
    return legacy === undefined ? live : together(live, legacy);
  } finally {
    await proxy.close(0);
  }
}

function together(modern: Live, legacy: Live): Live {
  const both = (kind: KindName): Live[KindName] => {
    const entries = new Map(modern[kind]);
    for (const [name, entry] of legacy[kind]) {
      const other = entries.get(name);
      if (other === undefined) entries.set(name, entry);
      else if (canonical(lockable(other)) !== canonical(lockable(entry)))
        console.error(
          `note: the ${KINDS[kind].word} ${JSON.stringify(name)} is described otherwise to clients of 2025-11-25 and before, who won't see it under the control tool-lock`,
        );
    }
    return entries;
  };
  if (canonical(modern.serverInfo) !== canonical(legacy.serverInfo))
    console.error(
      'note: the server says something else of itself to clients of 2025-11-25 and before, who see its name and version under the control tool-lock',
    );
  return {
    ...modern,
    instructions: [...new Set([...modern.instructions, ...legacy.instructions])],
    tools: both('tools'),
    prompts: both('prompts'),
    resourceTemplates: both('resourceTemplates'),
    skills: both('skills'),
  };
}

/** An upstream in words: its name, if it has one, and its address. */
function namedBy(name: string, environment: Environment): Named {
  const variables = prefixOf(name);
  const address = environment[`${variables}_URL`] || environment[`${variables}_ARN`] || 'no address';
  return { what: `the upstream ${name === 'default' ? '' : `${name} `}at ${shownUrl(address)}`, variables };
}

/** A config imports its lock before it was written, or while it is out of date: its controls aren't used here. */
function lockMayBeMissing(): void {
  const empty = {
    version: LOCK_VERSION,
    server: '',
    upstreams: {},
    instructions: [],
    tools: [],
    prompts: [],
    resourceTemplates: [],
    skills: [],
  };
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.endsWith('.lock.json') && context.parentURL !== undefined
        ? {
            url: new URL(specifier, context.parentURL).href,
            format: 'json',
            shortCircuit: true,
            importAttributes: { type: 'json' },
          }
        : next(specifier, context),
    load: (url, context, next) =>
      url.endsWith('.lock.json')
        ? { format: 'json', source: JSON.stringify(empty), shortCircuit: true }
        : next(url, context),
  });
}
