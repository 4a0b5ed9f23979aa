/** Starts a proxy and measures the time from spawning node to the last byte of its first `tools/list`. */
import { bench, work } from './build.ts';
import { serve, type Program, type Server } from './child.ts';
import { CLERKS_LIST, firstAnswer, HELLO, LIST, OWN_LIST } from './first-answer.ts';
import { BINDINGS } from './rows/controls.ts';
import { before, upstream, type Programs } from './subjects.ts';

export const CACHED = { NODE_COMPILE_CACHE: `${work}/compile-cache` };
export const UNCACHED = { NODE_DISABLE_COMPILE_CACHE: '1' };
/** AWS's own example credentials: the upstream checks the scheme, not the signature. */
export const IAM = {
  UPSTREAM_AUTH: 'iam',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
/** Lists filtered by a policy. */
const LISTS: Readonly<Record<string, Buffer>> = {
  'set-a': OWN_LIST,
  'policy-cedar': CLERKS_LIST,
  'policy-arguments': CLERKS_LIST,
};

/** One way to start a proxy. */
export interface Start {
  readonly name: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Case {
  readonly name: string;
  readonly program: Program;
  /** The body of the first answer. */
  readonly answer: Buffer;
  /** One entry per start. */
  readonly ms: number[];
}

export function proxyCase({ name, config, env }: Start, { bare, selfCheck }: Programs): Case {
  return { name, program: { ...bare(config), env }, answer: selfCheck ? HELLO : (LISTS[config] ?? LIST), ms: [] };
}

/** What proxies need to start: upstreams and endpoints. */
export class Surroundings {
  readonly #open: Server;
  readonly #signed: Server;
  readonly #bearer: Server;
  readonly #tokens: Server;

  private constructor(open: Server, signed: Server, bearer: Server, tokens: Server) {
    this.#open = open;
    this.#signed = signed;
    this.#bearer = bearer;
    this.#tokens = tokens;
  }

  static async open(): Promise<Surroundings> {
    const open = await serve(upstream({}));
    const signed = await serve(upstream({ REQUIRE_AUTH: 'AWS4-HMAC-SHA256 ' }));
    const bearer = await serve(upstream({ REQUIRE_AUTH: 'Bearer bench-token' }));
    return new Surroundings(open, signed, bearer, await serve({ args: [bench('token-endpoint.ts')] }));
  }

  plain(name: string, config: string, cache: Record<string, string>): Start {
    return { name, config, env: { ...before(this.#open.port), ...cache, ...BINDINGS } };
  }

  iam(name: string): Start {
    return { name, config: 'shipped', env: { ...before(this.#signed.port, IAM), ...CACHED } };
  }

  oauth(name: string): Start {
    const oauth = {
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_TOKEN_URL: `http://127.0.0.1:${this.#tokens.port}/token`,
      UPSTREAM_CLIENT_ID: 'bench',
      UPSTREAM_SECRET: 'env:BENCH_SECRET',
      BENCH_SECRET: 'bench',
    };
    return { name, config: 'shipped', env: { ...before(this.#bearer.port, oauth), ...CACHED } };
  }

  async close(): Promise<void> {
    for (const server of [this.#open, this.#signed, this.#bearer, this.#tokens]) await server.stop();
  }
}

/** Starts it once. @returns milliseconds. @throws Error after a wrong answer or an unclean exit */
export async function time({ name, program, answer }: Case): Promise<number> {
  const begin = performance.now();
  const server = await serve(program);
  let took: number;
  try {
    await firstAnswer(server.port, answer);
    took = performance.now() - begin;
  } finally {
    await server.stop();
  }
  const code = server.child.exitCode;
  if (code !== 0) throw new Error(`${name}: expected exit 0 on SIGTERM, got ${code}`);
  return took;
}
