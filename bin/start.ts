/**
 * `npm start`: runs the proxy on this machine, in front of the embedded calculator or a real upstream (`--upstream`).
 * It runs the same code as the container; only the bindings come from options.
 */
import { parseArgs } from 'node:util';
import type { Environment } from '../proxy/base/environment.ts';
import { flush, isErrno } from '../proxy/base/log.ts';
import { SELF } from '../proxy/base/self.ts';
import { fixed } from '../proxy/callers/fixed.ts';
import { type ProxyConfig, settingsOf } from '../proxy/config/config.ts';
import { logConfiguration } from '../proxy/configuration.ts';
import { isObject } from '../proxy/json/lossless.ts';
import { checkControls } from '../proxy/pipeline/control.ts';
import { ConfigError, type Proxy, startProxy } from '../proxy/start-proxy.ts';
import { WAY_NAMES } from '../proxy/upstream/auth/ways.ts';
import { callToPaste } from './call-to-paste.ts';
import { explain } from './explain.ts';
import { listTools, type Tools } from './list-tools.ts';
import { loadConfig, reloadable } from './load-config.ts';
import { loadConsole } from './load-console.ts';
import { loadRecord } from './load-record.ts';
import { bindLocalKeyrings } from './local-keyrings.ts';
import { type LocalUpstreams, localUpstreams } from './local-upstreams.ts';
import { exitCodeOf, OptionError } from './option-error.ts';
import { shownConfiguration } from './shown-configuration.ts';
import { ShownLog } from './shown-log.ts';
import { typed } from './typed.ts';

const USAGE = `usage: ${typed('start')} [--upstream [NAME=]URL]… [--auth ${WAY_NAMES.join('|')}] [--port N] [--host H] [--config FILE] [--caller JSON]
                       [--console-port N | --no-console] [--no-values] [--callers FILE]
                       [--watch | --record FILE [--record-keep MEMBER]… [--record-clear]]

  --upstream  an MCP endpoint (https, or http on this machine); default UPSTREAM_URL or UPSTREAM_ARN, else an embedded calculator
              with several upstreams in the config, NAME=URL for each; default UPSTREAM_NAME_URL or UPSTREAM_NAME_ARN
  --auth      how to authenticate there, with several NAME=WAY; its settings come from UPSTREAM_* (see docs/upstream-auth.md)
  --port      port to listen on; 0 takes a free port (default 8000)
  --host      address to listen on (default 127.0.0.1)
  --config    another proxy.config.ts, in any folder (default: this folder's, else one that only audits)
  --caller    claims of the caller of every call, such as '{"sub":"me","groups":["analysts"]}'
  --callers   a JSON file of callers by name, such as {"ann":{"sub":"ann"}}, whom the console can call as
  --console-port  port of the console, a page for this machine (default 8100, or a free one)
  --no-console    without that page
  --no-values     the page shows shapes in place of values
  --watch         swap in a changed config, or file that it imports, while calls go on (docs/watch.md)
  --record        keep the traffic in a new file, for npm run replay; values are replaced by others (docs/replay.md)
  --record-keep   a member whose values are kept, such as region or order.region
  --record-clear  keep all values

exit codes: 0 ended by Ctrl-C, 1 it couldn't start, 2 wrong options`;

interface Options {
  readonly upstream?: readonly string[] | undefined;
  readonly auth?: readonly string[] | undefined;
  readonly port: string;
  readonly host: string;
  readonly config?: string | undefined;
  readonly caller?: string | undefined;
  readonly callers?: string | undefined;
  readonly 'console-port'?: string | undefined;
  readonly 'no-console': boolean;
  readonly 'no-values': boolean;
  readonly watch: boolean;
  readonly record?: string | undefined;
  readonly 'record-clear': boolean;
  readonly 'record-keep'?: readonly string[] | undefined;
}

const shownLog = new ShownLog();
try {
  await main(readOptions());
} catch (error) {
  shownLog.release();
  console.error(cantListen(error) ?? explain(error, USAGE));
  process.exit(exitCodeOf(error));
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      upstream: { ...text, multiple: true },
      auth: { ...text, multiple: true },
      port: { ...text, default: '8000' },
      host: { ...text, default: '127.0.0.1' },
      config: text,
      caller: text,
      callers: text,
      'console-port': text,
      'no-console': { type: 'boolean', default: false },
      'no-values': { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      record: text,
      'record-clear': { type: 'boolean', default: false },
      'record-keep': { ...text, multiple: true },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  return values;
}

async function main(options: Options): Promise<void> {
  const again = options.watch ? await reloadable(options.config) : undefined;
  const loaded = again === undefined ? undefined : await again().catch(unwrapped);
  const config = withCaller(loaded?.config ?? (await loadConfig(options.config)), options.caller);
  const faults: string[] = [];
  // First, since the options below name the config's upstreams.
  const { upstreams: named } = settingsOf(config, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  const checked = await checkControls(config.controls, { upstreams: named.map(({ name }) => name) });
  if (checked.faults.length > 0) throw new ConfigError(checked.faults);
  for (const warning of checked.warnings) console.warn(`warning: ${warning}`);
  const watch = await loadConsole(config, options);
  if (options.watch && options.record !== undefined)
    throw new OptionError(['--watch: a record is of one config: expected either --watch or --record, got both']);
  const record = await loadRecord(config, options);
  const upstreams = await localUpstreams(config, options, process.env);
  const keyring = bindLocalKeyrings(config, process.env);
  const environment = () => ({ ...process.env, HOST: options.host, PORT: options.port, ...upstreams.environment });
  const proxy = await startProxy(
    watch.config,
    environment(),
    [...watch.observers, ...record.observers],
    record.carried,
  ).catch((error: unknown) => {
    throw error instanceof ConfigError ? byOption(error, upstreams) : error;
  });
  const watching =
    again === undefined || loaded === undefined
      ? undefined
      : new (await import('./watch/watching.ts')).Watching({
          proxy,
          environment,
          observers: watch.observers,
          files: loaded.files,
          load: async () => {
            const { config: changed, files } = await again();
            bindLocalKeyrings(changed, process.env);
            return { config: withCaller(changed, options.caller), files };
          },
          shown: (changed) => watch.shown(changed),
        });
  const shown = await watch.serve(proxy, upstreams);
  const end = async (): Promise<void> => {
    // After Ctrl-C, calls under way get a second to end.
    await watching?.close();
    await proxy.close(1_000);
    await shown.close();
    await upstreams.close();
    flush();
    console.log('\nstopped');
    const recorded = await record.end();
    if (recorded !== undefined) console.log(recorded);
    process.exit(0);
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
  logConfiguration(proxy.slot.current.settings, environment());
  await introduce(proxy, upstreams, environment(), [shown.line, record.line, keyring]);
}

/** What was wrong with the config, as without `--watch`. */
function unwrapped(error: unknown): never {
  throw error instanceof Error && error.cause !== undefined ? error.cause : error;
}

/** Names the option in an error about its value. */
function byOption(error: ConfigError, { options }: LocalUpstreams): ConfigError {
  const said = new Map([['PORT', '--port'], ...options]);
  const faults = error.faults.map((fault) => fault.replace(/^[A-Z0-9_]+(?=:)/, (name) => said.get(name) ?? name));
  return faults.some((fault) => fault.startsWith('--')) ? new OptionError(faults) : error;
}

function withCaller(config: ProxyConfig, caller: string | undefined): ProxyConfig {
  if (caller === undefined) return config;
  let claims: unknown;
  try {
    claims = JSON.parse(caller);
  } catch {
    claims = undefined;
  }
  if (!isObject(claims))
    throw new OptionError([`--caller: expected a JSON object such as '{"sub":"me"}', got ${JSON.stringify(caller)}`]);
  return { ...config, caller: fixed(claims) };
}

async function introduce(
  proxy: Proxy,
  { lines }: LocalUpstreams,
  environment: Environment,
  [shown, record, keyring]: readonly (string | undefined)[],
): Promise<void> {
  const { settings } = proxy.slot.current;
  const tools = await listTools(proxy.url);
  console.log(`
agentcore-mcp-proxy ${SELF.version}

  ${lines.map((line) => `upstream  ${line}`).join('\n  ')}
  proxy     ${proxy.url}
  console   ${shown}
${record === undefined ? '' : `  record    ${record}\n`}${keyring === undefined ? '' : `  keyring   ${keyring}\n`}  ${shownConfiguration(settings, environment).join('\n  ')}
  tools     ${tools.text}
${afterTools(proxy.url, tools)}
${settings.controls.some(({ name }) => name === 'audit') ? 'The audit control writes one line for every call, such as those below that listed the tools.\n' : ''}Ctrl-C ends it.
`);
  shownLog.release();
}

/** What to do next, with the tools or without. */
function afterTools(url: string, { names, refusal }: Tools): string {
  if (names !== undefined) return `\nTry it in another terminal:\n\n  ${callToPaste(url, names)}\n`;
  if (refusal === 'unauthenticated-caller')
    return `\nThe config asks who calls: callers send it, or --caller '{"sub":"me"}' says it for every call.\n`;
  return '\nThe log below may say more. Once tools are available, calls pass without a new start.\n';
}

/** The message if it can't listen on its port. */
function cantListen(error: unknown): string | undefined {
  if (
    !(error instanceof Error) ||
    !('syscall' in error) ||
    (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo')
  )
    return undefined;
  if (!isErrno(error, 'EADDRINUSE'))
    return `${error.message}: choose another address with --host H, or another port with --port N`;
  return `port ${'port' in error ? String(error.port) : ''} is in use: something else listens there already. Choose another with --port N, or --port 0 for any free one`;
}
