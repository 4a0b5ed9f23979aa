/** Plays one call through the controls of a config, and says what each did. */
import { Recorder } from '../../../console/record/recorder.ts';
import { values as asTheyAre } from '../../../console/record/shape.ts';
import type { Environment } from '../../../proxy/base/environment.ts';
import { divert, flush } from '../../../proxy/base/log.ts';
import { openRandom } from '../../../proxy/base/random.ts';
import { type ProxyConfig, settingsOf } from '../../../proxy/config/config.ts';
import { OPEN } from '../../../proxy/ingress/closing.ts';
import { createIngress } from '../../../proxy/ingress/server.ts';
import { checkControls } from '../../../proxy/pipeline/control.ts';
import { prepare } from '../../../proxy/prepare.ts';
import { ConfigError } from '../../../proxy/start-proxy.ts';
import { apart } from '../../../traffic/replay/apart.ts';
import { loadConfig } from '../../load-config.ts';
import { localUpstreams } from '../../local-upstreams.ts';
import { OptionError } from '../../option-error.ts';
import type { Explanation } from '../explanation.ts';
import { failureIn } from '../log/failure.ts';
import { as, callingOf } from './caller.ts';
import { type GivenRequest, readGiven } from './given.ts';
import { knownLists, namesIn } from './lists.ts';
import { explainRecorded } from './recorded.ts';
import { type Answered, send } from './request.ts';
import { StandIn } from './stand-in.ts';
import { toldOf } from './told.ts';

export interface CallOptions {
  readonly call?: string | undefined;
  readonly config?: string | undefined;
  readonly caller?: string | undefined;
  readonly callers?: string | undefined;
  readonly tools?: string | undefined;
  readonly upstream?: readonly string[] | undefined;
  readonly auth?: readonly string[] | undefined;
}

export async function explainCall(file: string, options: CallOptions): Promise<Explanation> {
  const given = await readGiven(file, options.call);
  const config = await loadConfig(options.config);
  const checked = await checkControls(config.controls, { upstreams: Object.keys(config.upstreams ?? { default: {} }) });
  if (checked.faults.length > 0) throw new ConfigError(checked.faults);
  openRandom();
  // What a proxy logs about its own start is no part of the explanation; what it logs of a failure is.
  let logged = '';
  divert((lines) => (logged += lines));
  const told = await (given.kind === 'record'
    ? explainRecorded(given, config)
    : explainRequest(given, config, options));
  flush();
  const failure = told.outcome === 'internal' ? failureIn(logged) : undefined;
  return failure === undefined ? told : { ...told, summary: `${told.summary} ${failure}` };
}

async function explainRequest(given: GivenRequest, config: ProxyConfig, options: CallOptions): Promise<Explanation> {
  const faults: string[] = [];
  // Somebody calls, also where the config names no source of callers (npm start --caller).
  const settings = settingsOf({ caller: as({}), ...config }, faults);
  const { controls, upstreams, caller } = settings;
  if (faults.length > 0) throw new ConfigError(faults);
  const calling = await callingOf(given, caller, options);
  const isLive = (options.upstream ?? []).length > 0;
  const lists = isLive ? undefined : await knownLists(config, options.tools);
  const standIn = new StandIn(lists ?? (() => undefined));
  const live = isLive ? await localUpstreams(config, options, process.env) : undefined;
  const { config: own, environment } = apart(config);
  const recorder = new Recorder({
    controls: controls.map(({ name }) => name),
    upstreams: upstreams.map(({ name }) => name),
    showsValues: true,
    shown: asTheyAre,
    runOf: () => undefined,
  });
  const prepared = await prepare(
    { ...own, caller: as(calling.claims) },
    {
      ...environment,
      ...(live === undefined ? {} : { ...upstreamVariables(), ...live.environment }),
      ...localKeyrings(config),
    },
    { watching: [recorder], carried: live === undefined ? standIn.carried : undefined, isReplay: true },
  );
  let answered: Answered;
  const tried = new Set<string>();
  try {
    if (live === undefined) {
      const { withoutNetwork } = await import('../../../traffic/replay/no-network.ts');
      withoutNetwork((where) => tried.add(where));
    }
    answered = await send(createIngress({ ...prepared.serving, closing: { ...OPEN } }), given);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    await prepared.started.upstream.close(0);
    await live?.close();
  }
  // The first is the call: the proxy's own questions are no calls.
  const [kept] = recorder.store.newest();
  if (kept === undefined)
    throw new OptionError([`CALL: the proxy answers this by itself (HTTP ${answered.status}), without any control`]);
  return toldOf({
    detail: kept.detail,
    answered,
    wasForwarded: standIn.sent !== undefined,
    unknown: standIn.unknown,
    config,
    claims: calling.claims,
    names: async (method) =>
      live === undefined
        ? namesIn(settings, lists, method)
        : listedNow(config, { ...upstreamVariables(), ...live.environment }, method),
    notes: [
      // Who calls makes no difference to the others.
      ...(calling.note === undefined || !controls.some(({ perCaller }) => perCaller) ? [] : [calling.note]),
      ...(lists === undefined || options.tools !== undefined
        ? []
        : [
            'What the upstream offers is what the lock of the config has. It may offer more: --tools FILE or --upstream URL.',
          ]),
      ...[...tried].map((where) => `A control wanted to connect to ${where}, which an explanation does not.`),
    ],
  });
}

/** Names that the upstreams list, without controls. Undefined: they could not be read. */
async function listedNow(
  config: ProxyConfig,
  environment: Environment,
  method: string,
): Promise<readonly string[] | undefined> {
  const { offeredBy } = await import('../../../console/catalogue/offered.ts');
  const offered = await offeredBy(config, environment, () => {}).catch(() => undefined);
  const entries = method === 'tools/call' ? offered?.live.tools : offered?.live.prompts;
  return entries && [...entries.keys()];
}

/** How to authenticate to upstreams that are called. */
function upstreamVariables(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:UPSTREAM_|AWS_)/.test(name)));
}

/** Keys on this machine are used; any others are made up, so nothing is asked for. */
function localKeyrings(config: ProxyConfig): Record<string, string> {
  return Object.fromEntries(
    settingsOf(config, []).controls.flatMap(({ bindings }) =>
      Object.entries(bindings).flatMap(([name, { kind }]) => {
        const bound = process.env[name] ?? '';
        return kind === 'keyring' && /^(?:file|env):/.test(bound) ? [[name, bound] as const] : [];
      }),
    ),
  );
}
