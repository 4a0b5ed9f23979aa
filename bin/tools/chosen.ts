import { type Environment } from '../../proxy/base/environment.ts';
/** Which upstreams of a config a command is about, and where they are: `--upstream NAME`, `URL` or `NAME=URL`. */
import { shownUrl } from '../../proxy/base/shown-url.ts';
import { prefixOf } from '../../proxy/config/bindings.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { ConfigError } from '../../proxy/start-proxy.ts';
import { byName } from '../named-values.ts';
import { OptionError } from '../option-error.ts';

export interface Chosen {
  /** Its controls aren't used. */
  readonly config: ProxyConfig;
  /** Addresses in place of those that are bound, by upstream. */
  readonly urls: ReadonlyMap<string, string>;
}

/** Throws an `OptionError` if an option names no upstream of the config. */
export function chosen({ upstreams = { default: {} }, separator }: ProxyConfig, given: readonly string[]): Chosen {
  const names = Object.keys(upstreams);
  const only = given.filter((value) => names.includes(value));
  const others = given.filter((value) => !names.includes(value));
  const faults = others
    .filter((value) => !value.includes('://') && !value.includes('='))
    .map((value) => `--upstream: expected a URL or one of ${names.join(', ')}, got ${JSON.stringify(shownUrl(value))}`);
  const urls = faults.length > 0 ? new Map<string, string>() : byName('--upstream', 'URL', others, names, faults);
  if (faults.length > 0) throw new OptionError(faults);
  const kept = Object.entries(upstreams).filter(([name]) => only.length === 0 || only.includes(name));
  return {
    config: { controls: [], upstreams: Object.fromEntries(kept), ...(separator === undefined ? {} : { separator }) },
    urls,
  };
}

/** The variables of a proxy before these upstreams. */
export function boundTo({ urls }: Chosen, environment: Environment): Environment {
  const bound: Record<string, string | undefined> = { ...environment };
  for (const [name, url] of urls) {
    bound[`${prefixOf(name)}_URL`] = url;
    bound[`${prefixOf(name)}_ARN`] = undefined;
  }
  return bound;
}

/** An error about addresses in the words of the options. */
export function inOptions(error: ConfigError, { config, urls }: Chosen): ConfigError {
  const names = Object.keys(config.upstreams ?? {});
  const optionOf = (name: string, what: string): string =>
    `--upstream ${names.length === 1 ? what : `${name}=${what}`}`;
  let isOption = false;
  const faults = error.faults.map((fault) => {
    const name = names.find((each) => fault.startsWith(`${prefixOf(each)}_URL:`));
    if (name === undefined) return fault;
    if (fault.endsWith(', got nothing')) return `${fault}: set it, or give ${optionOf(name, 'URL')}`;
    if (!urls.has(name)) return fault;
    isOption = true;
    return fault.replace(/^[A-Z0-9_]+/, names.length === 1 ? '--upstream' : `--upstream ${name}`);
  });
  return isOption ? new OptionError(faults) : new ConfigError(faults);
}
