/** Builds a whole proxy from a config and bindings: connects all rooms. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { argumentNamesOf } from './argument-names/when-needed.ts';
import { type Environment, Faults } from './base/environment.ts';
import type { ErrorCode } from './base/errors.ts';
import { log } from './base/log.ts';
import { openRandom } from './base/random.ts';
import { SELF } from './base/self.ts';
import type { TokenKind } from './call/caller-tokens.ts';
import { NOBODY, type ReadCaller } from './call/caller.ts';
import { tokenReader } from './callers/tokens.ts';
import { prefixOf, readUpstream, type UpstreamBindings } from './config/bindings.ts';
import type { CaBundle } from './config/ca-bundle.ts';
import { type ProxyConfig, type Settings, settingsOf } from './config/config.ts';
import { type ProcessBindings, readProcess } from './config/process-variables.ts';
import { Dispatcher } from './dispatch/dispatch.ts';
import { type Closing, OPEN } from './ingress/closing.ts';
import { Cors } from './ingress/cors.ts';
import { Guards } from './ingress/guards.ts';
import { ProtectedResource } from './ingress/protected-resource.ts';
import { createIngress } from './ingress/server.ts';
import { type ForwardProxies, readForwardProxies } from './network/forward-proxies.ts';
import { useNetwork } from './network/network.ts';
import { attentionOf, mayChangeResources } from './pipeline/control.ts';
import type { Observer } from './pipeline/observer.ts';
import { oddOrder } from './pipeline/order.ts';
import { checkControlBindings, setUpControls } from './set-up-controls.ts';
import { loadConsents } from './start-consents.ts';
import { type StartedUpstream, startUpstreams } from './start-upstreams.ts';
import { readTelemetry } from './telemetry/bindings.ts';
import { loadObservers } from './telemetry/telemetry.ts';
import type { ToolSearch } from './tool-search/tool-search.ts';
import { WarmUp } from './warm-up.ts';

/** The faults of a config or environment, all together. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'a fault' : `${faults.length} faults`} in the configuration:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** A running proxy. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** `http://host:port/mcp` */
  readonly url: string;
  readonly upstream: StartedUpstream;
  readonly dispatcher: Dispatcher;
  /** Accepts no more calls, waits up to `graceMs` for those under way, then cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Checks the config and bindings, sets up the controls, and listens. Throws `ConfigError`, or a `ControlFault` if a
 * control's `setup` failed.
 * @param watching outside those of metrics and traces. @default - none
 */
export async function startProxy(
  config: ProxyConfig,
  given: Environment,
  watching: readonly Observer[] = [],
): Promise<Proxy> {
  openRandom();
  const faults = new Faults();
  const environment =
    given['UPSTREAMS'] === undefined
      ? given
      : (await import('./config/packed-variables.ts')).unpackedVariables(given, faults);
  const settings = settingsOf(config, faults.errors);
  const {
    sessionSecret,
    caBundle,
    plainHttpHosts,
    allowedHosts,
    allowedOrigins,
    publicUrl,
    warmUp: mode,
    host,
    port: wantedPort,
    ...unused
  } = readProcess(environment, faults);
  unused satisfies Record<string, never>;
  const bound = readUpstreams(settings, environment, plainHttpHosts, faults);
  const telemetry = readTelemetry(environment, faults);
  const proxies = readForwardProxies(environment, faults);
  checkControlBindings(settings, environment, faults);
  const readCaller = prepareCaller(settings, environment, faults);
  const tokens = callerTokens(settings, bound, faults);
  if (faults.errors.length > 0) throw new ConfigError(faults.errors);
  for (const warning of faults.warnings) log.warn(warning);
  await connectBy(proxies, caBundle);
  oddOrder(settings.controls);

  const observers = [
    ...watching,
    ...(await loadObservers(telemetry, {
      controls: settings.controls.map(({ name }) => name),
      upstreams: new Map([...bound].map(([name, { address }]) => [name, address.url])),
      version: SELF.version,
    })),
  ];
  // Tool search transforms the lists of tools.
  const attention = settings.search === undefined ? attentionOf(settings.controls, observers.length > 0) : 'transforms';
  const warmUp = new WarmUp(mode);
  const { upstream, caseSensitive, sealer } = await startUpstreams(
    settings,
    bound,
    sessionSecret,
    attention,
    warmUp.begins,
  );
  const onRefused = observers.map((observer) => (code: ErrorCode) => observer.refused(code));
  const onClose: (() => Promise<void>)[] = [];
  const search = await loadSearch(settings, (code) => onRefused.forEach((listener) => listener(code)));
  const argumentNames = argumentNamesOf(settings.controls, caseSensitive);
  const dispatcher = new Dispatcher({
    layers: await setUpControls(settings, environment, {
      onRefused: (listener) => onRefused.push(listener),
      onClose: (listener) => onClose.push(listener),
      onWarmUp: warmUp.loads,
      onBegin: warmUp.begins,
    }),
    observers,
    around: search === undefined ? undefined : (next) => search.around(next),
    attention,
    changesResources: mayChangeResources(settings.controls),
    upstream,
    maxInspectedReply: settings.limits.maxInspectedReply,
    toolRefusals: settings.toolRefusals,
    onRefused: (code) => onRefused.forEach((listener) => listener(code)),
    argumentNames: argumentNames?.check,
    consents: await loadConsents(bound, upstream, sealer),
  });
  for (const load of [() => upstream.warm(), settings.caller.warm, argumentNames?.warm]) if (load) warmUp.loads(load);
  await warmUp.started();
  const closing: Closing = { ...OPEN };
  const { authorization } = settings.caller;
  const required = settings.controls.flatMap(({ builtIn }) => builtIn?.scopes ?? []);
  const resource =
    authorization &&
    new ProtectedResource({
      ...authorization,
      scopes: [...new Set([...authorization.scopes, ...required])],
      publicUrl,
    });
  const server = createIngress({
    closing,
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
    onRefused: onRefused.length === 0 ? undefined : (code) => onRefused.forEach((listener) => listener(code)),
  });
  const port = await listening(server, { host, port: wantedPort });
  for (const observer of observers) observer.ready();
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port,
    url: `http://${shown}:${port}/mcp`,
    upstream,
    dispatcher,
    close: (graceMs = 25_000) =>
      close(server, closing, upstream, [...onClose, ...observers.map((observer) => () => observer.close())], graceMs),
  };
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
  onRefused: (code: ErrorCode) => void,
): Promise<ToolSearch | undefined> {
  if (search === undefined) return undefined;
  const { ToolSearch } = await import('./tool-search/tool-search.ts');
  return new ToolSearch({ settings: search, toolRefusals, maxInspectedReply: limits.maxInspectedReply, onRefused });
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
    if (auth.callerToken === 'workload' && auth.isPersonal && caller.verifiesToken !== true)
      faults.warnings.push(
        `${prefixOf(name)}_AUTH=${auth.way} calls the upstream for people whom this proxy can't tell apart (config.caller is ${caller.kind}): whoever knows a session id of another person uses the session that was opened in that person's name. Expected agentcoreJwt() or jwks(…), or an upstream without sessions (2026-07-28)`,
      );
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

function listening(server: Server, { host, port }: Pick<ProcessBindings, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Milliseconds for controls and observers to write their last data. */
const LAST_WRITES_MS = 5_000;
/** Milliseconds, at the same time, for the upstream to end the sessions that only the proxy can end. */
const LAST_SESSIONS_MS = 2_000;

/** How often connections are looked for that have become idle since the end began. */
const IDLE_CHECK_MS = 100;

async function close(
  server: Server,
  closing: Closing,
  upstream: StartedUpstream,
  listeners: readonly (() => Promise<void>)[],
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closing.begun = true;
  server.closeIdleConnections();
  upstream.closing();
  // A reply whose headers were sent before leaves its connection open.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => {
    closing.cut = true;
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  await noticed();
  const ended = upstream.close(LAST_SESSIONS_MS);
  const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_WRITES_MS).unref());
  const writes = listeners.map(async (listener) => listener());
  for (const failed of await Promise.race([Promise.allSettled(writes), late.then(() => [])])) {
    if (failed.status === 'rejected')
      log.error('a control or observer could not write its last data', { event: 'closing', error: failed.reason });
  }
  await ended;
  await noticed();
}

/** Settles when the calls of connections that were just cut have ended, and controls have noted that. */
async function noticed(): Promise<void> {
  // A connection reports its end in the next turn, and then the one to the upstream in the turn after it.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
