/** The container's process: serves a config, or describes it, and shuts down in order. */
import { ControlFault } from './base/errors.ts';
import { flush, log, writeLine } from './base/log.ts';
import { type ProxyConfig, settingsOf } from './config/config.ts';
import { logConfiguration } from './configuration.ts';
import { checkControls } from './pipeline/control.ts';
import { ConfigError, startProxy } from './start-proxy.ts';

/** Serves until SIGTERM or SIGINT; with `--describe`, prints what the proxy is and returns. Sets the exit code. */
export async function run(config: ProxyConfig, args: readonly string[]): Promise<void> {
  try {
    if (args.includes('--describe')) await describe(config);
    else await serve(config);
  } catch (error) {
    flush();
    const message = error instanceof ConfigError ? error.message : explain(error);
    process.stderr.write(`agentcore-mcp-proxy: ${message}\n`);
    process.exitCode = 1;
  }
}

async function describe(config: ProxyConfig): Promise<void> {
  const [{ describeProxy }, { builtDigests }] = await Promise.all([
    import('./config/describe.ts'),
    import('./config/digests.ts'),
  ]);
  const faults: string[] = [];
  const settings = settingsOf(config, faults);
  const checked = await checkControls(settings.controls, { upstreams: settings.upstreams.map(({ name }) => name) });
  if (faults.length + checked.faults.length > 0) throw new ConfigError([...faults, ...checked.faults]);
  process.stdout.write(`${JSON.stringify(describeProxy(settings, checked.warnings, await builtDigests()), null, 2)}\n`);
}

async function serve(config: ProxyConfig): Promise<void> {
  process.on('uncaughtException', (error) => fatal('uncaught exception', error));
  process.on('unhandledRejection', (error) => fatal('unhandled rejection', error));
  const proxy = await startProxy(config, process.env);
  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
    log.info('draining', { event: 'draining', signal });
    void proxy.close().then(() => {
      flush();
      process.exit(0);
    });
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  writeLine(
    JSON.stringify({
      time: new Date().toISOString(),
      level: 'info',
      event: 'listening',
      host: proxy.host,
      port: proxy.port,
    }),
  );
  flush();
  // The process is ready: this delays nothing.
  logConfiguration(proxy.slot.current.settings, process.env);
}

/** Ends the process in an unknown state: a new process is safer than one that may skip a control. */
function fatal(what: string, error: unknown): void {
  log.error(what, { event: 'fatal', error });
  flush();
  process.exit(1);
}

/** Explains a start-up failure. Its message may be shown, since no call is involved yet. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}: bind PORT to a free port (0 takes any)`;
  if (!(error instanceof ControlFault)) return error.stack ?? error.message;
  return error.cause instanceof Error ? `${error.message}\n${error.cause.stack ?? ''}` : error.message;
}
