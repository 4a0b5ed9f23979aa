/** The processes that are compared, by name. All but `direct` stand between the load generator and the same upstream. */
import { bench, build, buildReadable, plain } from './build.ts';
import type { Program } from './child.ts';

export type Subject = 'direct' | 'pipe' | 'no control' | 'audit';

export interface Programs {
  readonly pipe: Program;
  readonly noControl: Program;
  readonly audit: Program;
  readonly hello: Program;
  /** The shipped proxy without the probe, as it is started in life. */
  readonly shipped: Program;
  /** The folder that the shipped configuration was built into; none when the pipe stands in for it. */
  readonly folder: string | undefined;
}

const SHIPPED = 'proxy.config.ts';
const NO_CONTROL = 'bench/configs/no-control.ts';

/**
 * @param way `self-check` compares the pipe with itself, and the bare server with itself: every ratio must then be 1.
 *   `readable` isn't minified, for profiles; what counts is `shipped`, which is.
 */
export function programs(way: 'shipped' | 'readable' | 'self-check'): Programs {
  const probe = plain('probe.ts');
  const probed = (script: string): Program => ({ args: ['--import', probe, script] });
  const pipe = probed(plain('pipe.ts'));
  const hello = { args: [plain('hello.ts')] };
  if (way === 'self-check') return { pipe, noControl: pipe, audit: pipe, hello, shipped: hello, folder: undefined };
  if (way === 'readable') {
    const audit = buildReadable('audit', SHIPPED);
    return { pipe, noControl: probed(buildReadable('no-control', NO_CONTROL)), audit: probed(audit), hello, shipped: { args: [audit] }, folder: undefined };
  }
  const folder = build('shipped', SHIPPED);
  const main = `${folder}/main.mjs`;
  return { pipe, noControl: probed(`${build('no-control', NO_CONTROL)}/main.mjs`), audit: probed(main), hello, shipped: { args: [main] }, folder };
}

export function upstream(env: Record<string, string>): Program {
  return { args: [bench('upstream.ts')], env };
}

/** What a proxy (or the pipe) needs to know to stand before that upstream. */
export function before(port: number, auth: Record<string, string> = { UPSTREAM_AUTH: 'none' }): Record<string, string> {
  return { HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: `http://127.0.0.1:${port}/mcp`, ...auth };
}
