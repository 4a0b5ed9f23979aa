/** The upstreams of `npm start`: from its options or from variables, or the embedded calculator. */
import { shownUrl } from '../proxy/base/shown-url.ts';
import { prefixOf } from '../proxy/config/bindings.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import { byName } from './named-values.ts';
import { OptionError } from './option-error.ts';

export interface LocalUpstreams {
  /** Variables of the proxy, over those of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The option that each variable came from. */
  readonly options: ReadonlyMap<string, string>;
  /** One line each, for a person. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export interface UpstreamOptions {
  /** `URL`, or `NAME=URL`. */
  readonly upstream?: readonly string[] | undefined;
  /** `WAY`, or `NAME=WAY`. */
  readonly auth?: readonly string[] | undefined;
}

/** Throws an `OptionError` if an option names no upstream of the config, or if one of several has no address. */
export async function localUpstreams(
  config: ProxyConfig,
  { upstream = [], auth = [] }: UpstreamOptions,
  given: NodeJS.ProcessEnv,
): Promise<LocalUpstreams> {
  const names = Object.keys(config.upstreams ?? { default: {} });
  const faults: string[] = [];
  const urls = byName('--upstream', 'URL', upstream, names, faults);
  const ways = byName('--auth', 'WAY', auth, names, faults);
  const addressOf = (name: string): string | undefined =>
    urls.get(name) ?? (given[`${prefixOf(name)}_URL`] || given[`${prefixOf(name)}_ARN`] || undefined);
  const unbound = names.filter((name) => addressOf(name) === undefined);
  if (names.length > 1 && unbound.length > 0)
    faults.push(
      `--upstream: expected an address for each upstream of the config, got none for ${unbound.join(', ')}: give ${unbound.map((name) => `--upstream ${name}=URL`).join(' ')}, or set ${unbound.map((name) => `${prefixOf(name)}_URL`).join(', ')}`,
    );
  if (faults.length > 0) throw new OptionError(faults);
  const [only = 'default'] = names;
  const calculator = unbound.length > 0 ? await (await import('../local/calculator.ts')).startCalculator() : undefined;
  if (calculator !== undefined) urls.set(only, calculator.url);
  const optionOf = (option: string, name: string): string => (names.length > 1 ? `${option} ${name}` : option);
  return {
    environment: Object.fromEntries([
      ...[...urls].flatMap(([name, url]) => [
        [`${prefixOf(name)}_URL`, url],
        [`${prefixOf(name)}_ARN`, undefined],
      ]),
      ...[...ways].map(([name, way]) => [`${prefixOf(name)}_AUTH`, way]),
    ]),
    options: new Map([
      ...(calculator === undefined
        ? [...urls.keys()].map((name) => [`${prefixOf(name)}_URL`, optionOf('--upstream', name)] as const)
        : []),
      ...[...ways.keys()].map((name) => [`${prefixOf(name)}_AUTH`, optionOf('--auth', name)] as const),
    ]),
    lines: names.map((name) =>
      [
        ...(names.length > 1 ? [name] : []),
        shownUrl(addressOf(name) ?? ''),
        ...(calculator === undefined ? [] : ['(an embedded calculator with sample data)']),
      ].join('  '),
    ),
    close: async () => calculator?.close(),
  };
}
