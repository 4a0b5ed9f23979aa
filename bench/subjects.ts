/** The processes that are compared. All but `direct` are between the load generator and the same upstream. */
import { asInImage } from './as-in-image.ts';
import { bench, build, hasConfig, plain, root, work } from './build.ts';
import type { Program } from './child.ts';

export type Way = 'shipped' | 'readable' | 'self-check';

export interface Programs {
  readonly pipe: Program;
  readonly hello: Program;
  /** The pipe replaces all proxies, so nothing is hidden, refused or counted. */
  readonly selfCheck: boolean;
  /** The proxy built from `bench/configs/NAME.ts`, or as `shipped`, with the probe. Built on first use. */
  readonly proxy: (name: string) => Program;
  /** The same without the probe, as in production. */
  readonly bare: (name: string) => Program;
  /** Its build folder. */
  readonly folder: (name: string) => string;
  /** Whether the checkout has that config. */
  readonly has: (name: string) => boolean;
}

/**
 * @param way `self-check` compares the pipe with itself, and the bare server with itself: every ratio must be 1.
 * `readable` is not minified, for profiles; `shipped` is minified and is what counts.
 * @param of the checkout of the proxies. The pipe and the bare server are always from this checkout.
 */
export function programs(
  way: Way,
  of: { readonly checkout: string; readonly into: string } = { checkout: root, into: 'new' },
): Programs {
  const probe = plain('probe.ts');
  const probed = ({ args }: Program): Program => ({ args: ['--import', probe, ...args] });
  const pipe = probed({ args: [plain('pipe.ts')] });
  const hello = { args: [plain('hello.ts')] };
  if (way === 'self-check')
    return { pipe, hello, selfCheck: true, proxy: () => pipe, bare: () => hello, folder: () => work, has: () => true };
  const folders = new Map<string, string>();
  const folder = (name: string): string => {
    const built = folders.get(name) ?? build(name, { ...of, readable: way === 'readable' });
    folders.set(name, built);
    return built;
  };
  const bare = (name: string): Program => asInImage(folder(name), of.checkout);
  return {
    pipe,
    hello,
    selfCheck: false,
    proxy: (name) => probed(bare(name)),
    bare,
    folder,
    has: (name) => hasConfig(of.checkout, name),
  };
}

export function upstream(env: Record<string, string>): Program {
  return { args: [bench('upstream.ts')], env };
}

/** The environment of a proxy (or the pipe) for that upstream. */
export function before(port: number, auth: Record<string, string> = { UPSTREAM_AUTH: 'none' }): Record<string, string> {
  return { HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: `http://127.0.0.1:${port}/mcp`, ...auth };
}
