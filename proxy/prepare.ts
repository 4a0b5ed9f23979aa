/** Prepares everything of a proxy but its server, from a config and bindings: connects all rooms. */
import { argumentNamesOf } from './argument-names/when-needed.ts';
import { type Environment, Faults } from './base/environment.ts';
import { log } from './base/log.ts';
import { SELF } from './base/self.ts';
import type { TokenKind } from './call/caller-tokens.ts';
import { NOBODY, type ReadCaller } from './call/caller.ts';
import type { OnRefused } from './call/wire.ts';
import { tokenReader } from './callers/tokens.ts';
import { prefixOf, readUpstream, type UpstreamBindings } from './config/bindings.ts';
import type { CaBundle } from './config/ca-bundle.ts';
import { ConfigError } from './config/config-error.ts';
import { type ProxyConfig, type Settings, settingsOf } from './config/config.ts';
import { checkForwardProxySecret } from './config/forward-proxy-secret.ts';
import { readProcess } from './config/process-variables.ts';
import { readSecretText } from './credentials/secret.ts';
import { Dispatcher } from './dispatch/dispatch.ts';
import { Cors } from './ingress/cors.ts';
import { Guards } from './ingress/guards.ts';
import type { IngressOptions } from './ingress/options.ts';
import { ProtectedResource } from './ingress/protected-resource.ts';
import { type ForwardProxies, readForwardProxies } from './network/forward-proxies.ts';
import { useNetwork } from './network/network.ts';
import { attentionOf, mayChangeResources } from './pipeline/control.ts';
import type { Observer } from './pipeline/observer.ts';
import { oddOrder } from './pipeline/order.ts';
import type { Attention } from './reply/reply.ts';
import { checkControlBindings, setUpControls } from './set-up-controls.ts';
import { loadConsents } from './start-consents.ts';
import { type Carried, type Started, startUpstreams } from './start-upstreams.ts';
import { readTelemetry } from './telemetry/bindings.ts';
import { loadObservers } from './telemetry/telemetry.ts';
import type { ToolSearch } from './tool-search/tool-search.ts';
import { WarmUp } from './warm-up.ts';

/** What a proxy is made with, besides its config and its bindings. */
export interface Around {
  /** Outside those of metrics and traces. @default - none */
  readonly watching?: readonly Observer[];
  /** @default - connections to the upstreams, and nothing around them */
  readonly carried?: Carried | undefined;
  /** Nothing outside is there: calls are replayed from a record. @default false */
  readonly isReplay?: boolean;
  /**
   * What serves until now: its sessions, streams and connections go on, if its upstreams are the same.
   * @default - nothing
   */
  readonly before?: Prepared | undefined;
}

/** What the server needs, but for how it ends. */
export type Serving = Omit<IngressOptions, 'closing'>;

/** Everything of a proxy but its server. */
export interface Prepared {
  readonly host: string;
  readonly port: number;
  readonly settings: Settings;
  readonly attention: Attention;
  readonly started: Started;
  readonly dispatcher: Dispatcher;
  readonly serving: Serving;
  /** Tells observers that it serves, except those that watch. */
  ready(): void;
  /** What controls and observers write at the end. */
  readonly onClose: readonly (() => Promise<void>)[];
}

/** Throws `ConfigError`, or a `ControlFault` if a control's `setup` failed. */
export async function prepare(
  config: ProxyConfig,
  given: Environment,
  { watching = [], carried, before, isReplay = false }: Around = {},
): Promise<Prepared> {
  const faults = new Faults();
  const environment =
    given['UPSTREAMS'] === undefined
      ? given
      : (await import('./config/packed-variables.ts')).unpackedVariables(given, faults);
  const settings = settingsOf(config, faults.errors);
  const {
    sessionSecret,
    forwardProxySecret,
    caBundle,
    plainHttpHosts,
    allowedHosts,
    allowedOrigins,
    publicUrl,
    warmUp: mode,
    host,
    port,
    ...unused
  } = readProcess(environment, faults);
  unused satisfies Record<string, never>;
  const bound = readUpstreams(settings, environment, plainHttpHosts, faults);
  const telemetry = readTelemetry(environment, faults);
  const proxies = readForwardProxies(environment, faults);
  if (forwardProxySecret !== undefined) checkForwardProxySecret(forwardProxySecret, proxies, faults);
  checkControlBindings(settings, environment, faults);
  const readCaller = prepareCaller(settings, environment, faults);
  const tokens = callerTokens(settings, bound, faults);
  if (faults.errors.length > 0) throw new ConfigError(faults.errors);
  for (const warning of faults.warnings) log.warn(warning);
  if (before === undefined) await connectBy(proxies, caBundle);
  oddOrder(settings.controls);

  const own = await loadObservers(telemetry, {
    controls: settings.controls.map(({ name }) => name),
    upstreams: new Map([...bound].map(([name, { address }]) => [name, address.url])),
    version: SELF.version,
    refusesByResult: settings.toolRefusals === 'result',
  });
  const observers = [...watching, ...own];
  // Tool search transforms the lists of tools.
  const attention = settings.search === undefined ? attentionOf(settings.controls, observers.length > 0) : 'transforms';
  const warmUp = new WarmUp(mode);
  // First: what else is read before the first call may be read through it.
  if (forwardProxySecret !== undefined && proxies !== undefined && before === undefined)
    warmUp.begins(async () => proxies.authorize(await readSecretText(forwardProxySecret)));
  const isSame = before !== undefined && upstreamsIn(before.settings) === upstreamsIn(settings);
  const started = isSame
    ? before.started
    : await startUpstreams(settings, bound, {
        secret: sessionSecret,
        sealer: before?.started.sealer,
        attention,
        onBegin: warmUp.begins,
        carried,
      });
  const { upstream, caseSensitive, sealer } = started;
  const listeners = observers.map(
    (observer): OnRefused =>
      (code, told) =>
        observer.refused(code, told),
  );
  const onRefused: OnRefused = (code, told) => listeners.forEach((listener) => listener(code, told));
  // Otherwise the audit record has the line.
  if (!settings.controls.some(({ name }) => name === 'audit'))
    listeners.push((code, { errorId, why }) =>
      log.info('a request was refused', { event: 'refused', errorId, code, ...(why === undefined ? {} : { why }) }),
    );
  const onClose: (() => Promise<void>)[] = [];
  const search = await loadSearch(settings, onRefused, observers);
  const argumentNames = argumentNamesOf(settings.controls, caseSensitive);
  const dispatcher = new Dispatcher({
    layers: await setUpControls(settings, environment, {
      onRefused: (listener) => listeners.push(listener),
      onClose: (listener) => onClose.push(listener),
      onWarmUp: warmUp.loads,
      ...(isReplay ? { isReplay } : {}),
      onBegin: warmUp.begins,
    }),
    observers,
    streams: isSame ? before.dispatcher.streams : undefined,
    around: search === undefined ? undefined : (next) => search.around(next),
    attention,
    changesResources: mayChangeResources(settings.controls),
    upstream,
    maxInspectedReply: settings.limits.maxInspectedReply,
    toolRefusals: settings.toolRefusals,
    onRefused,
    argumentNames: argumentNames?.check,
    consents: await loadConsents(bound, upstream, sealer),
  });
  for (const load of [() => upstream.warm(), settings.caller.warm, argumentNames?.warm]) if (load) warmUp.loads(load);
  await warmUp.started();
  const { authorization } = settings.caller;
  const required = settings.controls.flatMap(({ builtIn }) => builtIn?.scopes ?? []);
  const resource =
    authorization &&
    new ProtectedResource({
      ...authorization,
      scopes: [...new Set([...authorization.scopes, ...required])],
      publicUrl,
    });
  const serving: Serving = {
    begin: warmUp.begin,
    warmUp: warmUp.hook,
    guards: new Guards({ listenHost: host, allowedHosts }),
    readCaller,
    identifying: {
      readTokens: tokenReader(tokens),
      challenge: resource === undefined ? undefined : (sentTo) => resource.challenge(sentTo),
    },
    resource,
    cors: allowedOrigins.length === 0 ? undefined : new Cors(allowedOrigins),
    dispatcher: search === undefined ? dispatcher : search.before(dispatcher),
    maxBody: settings.limits.maxBody,
    maxDepth: settings.limits.maxDepth,
    maxInspectedReply: settings.limits.maxInspectedReply,
    headersTimeoutMs: settings.limits.headersMs,
    requestTimeoutMs: settings.limits.requestMs,
    onRefused: listeners.length === 0 ? undefined : onRefused,
  };
  return {
    host,
    port,
    settings,
    attention,
    started,
    dispatcher,
    serving,
    ready: () => {
      for (const observer of own) observer.ready();
    },
    onClose: [
      ...onClose,
      // Those that watch end with the process.
      ...own.map((observer) => () => observer.close()),
    ],
  };
}

/** What makes sessions and connections of one start unlike those of another. */
function upstreamsIn({ upstreams, separator, limits }: Settings): string {
  return JSON.stringify([upstreams, separator, limits.maxInspectedReply]);
}

/** How everything connects from here on. A bundle in Secrets Manager is read without what it contains. */
async function connectBy(proxies: ForwardProxies | undefined, caBundle: CaBundle | undefined): Promise<void> {
  useNetwork({ proxies, authorities: [] });
  if (caBundle === undefined) return;
  const { readCaBundle } = await import('./config/ca-bundle.ts');
  const faults = new Faults();
  const authorities = await readCaBundle(caBundle, faults);
  if (faults.errors.length > 0) throw new ConfigError(faults.errors);
  for (const warning of faults.warnings) log.warn(warning);
  useNetwork({ proxies, authorities });
}

/** Undefined: all tools are listed, and no code of the search is loaded. */
async function loadSearch(
  { search, toolRefusals, limits }: Settings,
  onRefused: OnRefused,
  observers: readonly Observer[],
): Promise<ToolSearch | undefined> {
  if (search === undefined) return undefined;
  const { ToolSearch } = await import('./tool-search/tool-search.ts');
  const { maxInspectedReply } = limits;
  const watching = observers.filter((observer) => observer.searched !== undefined);
  const onSearched: NonNullable<Observer['searched']> | undefined =
    watching.length === 0 ? undefined : (searched) => watching.forEach((observer) => observer.searched?.(searched));
  return new ToolSearch({ settings: search, toolRefusals, maxInspectedReply, onRefused, onSearched });
}

/** Reports a source that can't work with the other faults, unless its missing binding is reported already. */
function prepareCaller({ caller }: Settings, environment: Environment, faults: Faults): ReadCaller {
  const lacks = Object.keys(caller.bindings).some((name) => (environment[name] ?? '') === '');
  try {
    if (!lacks) return caller.prepare(environment);
  } catch (error) {
    faults.error(error instanceof Error ? error.message : String(error));
  }
  return () => NOBODY;
}

/** The tokens of callers that upstreams need. Reports a source that has none. */
function callerTokens(
  { caller }: Settings,
  bound: ReadonlyMap<string, UpstreamBindings>,
  faults: Faults,
): ReadonlySet<TokenKind> {
  const kinds = new Set<TokenKind>();
  for (const [name, { auth }] of bound) {
    if (auth.callerToken === undefined) continue;
    kinds.add(auth.callerToken);
    // A person is recognized by the verified token, even where the platform hands over another one with each request.
    if (auth.callerToken === 'workload' && caller.verifiesToken === true) kinds.add('bearer');
    if (auth.callerToken === 'workload' && auth.isPersonal && caller.verifiesToken !== true) {
      const prefix = prefixOf(name);
      const words = `${prefix}_AUTH=${auth.way} calls the upstream for people whom nothing verifies here (config.caller is ${caller.kind}): anyone who knows a session id of another person uses the session that was opened in that person's name`;
      if (auth.allowsUnverified) faults.warnings.push(words);
      else
        faults.error(
          `${words}. Expected config.caller to be agentcoreJwt() or jwks(…), or ${prefix}_UNVERIFIED_CALLERS=allowed, which suits an upstream without sessions (2026-07-28)`,
        );
    }
    if (auth.callerToken === 'bearer' && caller.verifiesToken !== true)
      faults.error(
        `${prefixOf(name)}_AUTH=${auth.way} calls the upstream with the caller's token: expected config.caller to be agentcoreJwt() or jwks(…), got ${caller.kind}`,
      );
  }
  return kinds;
}

function readUpstreams(
  { upstreams }: Settings,
  environment: Environment,
  plainHosts: readonly string[],
  faults: Faults,
): ReadonlyMap<string, UpstreamBindings> {
  return new Map(
    upstreams.flatMap(({ name }) => {
      const bound = readUpstream(environment, name, faults, plainHosts);
      return bound === undefined ? [] : [[name, bound] as const];
    }),
  );
}
