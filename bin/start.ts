/**
 * `npm start`: the proxy on this machine, in front of the embedded calculator or of a real upstream (`--upstream`).
 * What it runs is what the container runs; only the bindings come from options.
 */
import { parseArgs } from 'node:util';
import { fixed } from '../proxy/caller.ts';
import type { ProxyConfig } from '../proxy/config.ts';
import { isObject } from '../proxy/json/lossless.ts';
import { flush, isErrno } from '../proxy/log.ts';
import { CLIENT_INFO, ConfigError, type Proxy, startProxy } from '../proxy/proxy.ts';
import { loadConfig } from './load-config.ts';
import { listTools } from './list-tools.ts';

const USAGE = `usage: npm start -- [--upstream URL] [--auth none|iam|oauth|bearer] [--port N] [--host H] [--config FILE] [--caller JSON]

  --upstream  an MCP endpoint (https, or http on this machine); without it, an embedded calculator
  --auth      how to authenticate there; oauth and bearer take the rest from UPSTREAM_* (see the README)
  --port      where to listen; 0 takes a free port (default 8000)
  --host      address to listen on (default 127.0.0.1)
  --config    another proxy.config.ts, also outside this repository
  --caller    claims of the caller of every call, such as '{"sub":"me","groups":["analysts"]}'`;

interface Options {
  readonly upstream?: string | undefined;
  readonly auth?: string | undefined;
  readonly port: string;
  readonly host: string;
  readonly config?: string | undefined;
  readonly caller?: string | undefined;
}

try {
  await main(readOptions());
} catch (error) {
  flush();
  console.error(explain(error));
  process.exit(1);
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { upstream: text, auth: text, port: { ...text, default: '8000' }, host: { ...text, default: '127.0.0.1' }, config: text, caller: text, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  return values;
}

async function main(options: Options): Promise<void> {
  const config = withCaller(await loadConfig(options.config), options.caller);
  const calculator = options.upstream === undefined ? await (await import('../local/calculator.ts')).startCalculator() : undefined;
  const upstreamUrl = options.upstream ?? calculator?.url ?? '';
  const proxy = await startProxy(config, {
    ...process.env,
    HOST: options.host,
    PORT: options.port,
    UPSTREAM_URL: upstreamUrl,
    UPSTREAM_ARN: undefined,
    ...(options.auth === undefined ? {} : { UPSTREAM_AUTH: options.auth }),
  });
  const end = async (): Promise<void> => {
    // Whoever presses Ctrl-C has seen enough: calls under way get a moment, streams none.
    await proxy.close(1_000);
    await calculator?.close();
    flush();
    console.log('\nstopped');
    process.exit(0);
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
  await introduce(proxy, upstreamUrl, calculator !== undefined, config);
}

function withCaller(config: ProxyConfig, caller: string | undefined): ProxyConfig {
  if (caller === undefined) return config;
  let claims: unknown;
  try {
    claims = JSON.parse(caller);
  } catch {
    claims = undefined;
  }
  if (!isObject(claims)) throw new ConfigError([`--caller: expected a JSON object such as '{"sub":"me"}', got ${JSON.stringify(caller)}`]);
  return { ...config, caller: fixed(claims) };
}

async function introduce(proxy: Proxy, upstreamUrl: string, embedded: boolean, config: ProxyConfig): Promise<void> {
  const controls = config.controls.map(({ name }) => name).join(', ');
  const tools = await listTools(proxy.url);
  flush();
  console.log(`
agentcore-mcp-proxy ${CLIENT_INFO.version}

  upstream  ${upstreamUrl}${embedded ? '  (an embedded calculator with made-up data)' : ''}
  proxy     ${proxy.url}
  controls  ${controls === '' ? 'none' : controls}
  tools     ${tools.text}
${tools.names === undefined ? '' : `\nTry it in another terminal:\n\n${tryIt(proxy.url, tools.names)}\n`}
${controls.includes('audit') ? 'Every call is one line of JSON (the audit control). ' : ''}Ctrl-C ends it.
`);
}

/** A call that can be pasted: of the calculator where it is there, else the list. */
function tryIt(url: string, names: readonly string[]): string {
  const inspector = (more: string): string => `  npx mcp-inspector --cli ${url} --transport http ${more}`;
  return names.includes('add') ? inspector('--method tools/call --tool-name add --tool-arg a=2 --tool-arg b=3') : inspector('--method tools/list');
}

function explain(error: unknown): string {
  if (isErrno(error, 'EADDRINUSE')) return `port in use: something else listens there already. Choose another with --port N, or --port 0 for any free one`;
  if (error instanceof ConfigError) return error.message;
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${USAGE}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
