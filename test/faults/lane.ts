/** One process of the proxy with its upstream: plays faults one after another, and looks for what each leaves behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTHORITY_FILE } from './certificates.ts';
import { call, type Era, told } from './client.ts';
import { caller, type Fault, fits, inEra, type Lines, linesOf, type OwnProcess } from './fault.ts';
import { broken, isUsual, summaryOf } from './logged.ts';
import type { State } from './probe.ts';
import { built, type Config, configFile, ProxyProcess } from './proxies.ts';
import { bindingsOf, TokenEndpoint } from './token-endpoint.ts';
import { FaultyUpstream } from './upstream.ts';

/** How long a proxy may take to be as it was before a fault. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 20;

export interface LaneOptions {
  readonly era: Era;
  readonly config: Config;
  readonly limits: 'short' | 'usual';
  readonly own: OwnProcess | undefined;
}

type Held = Pick<State, 'handles' | 'timers' | 'sockets'>;

export class Lane implements AsyncDisposable {
  readonly proxy: ProxyProcess;
  readonly upstream: FaultyUpstream;
  readonly #options: LaneOptions;
  readonly #tokens: TokenEndpoint | undefined;
  #before: Held | undefined;
  /** Calls between faults. */
  #calls = 0;

  private constructor(
    options: LaneOptions,
    proxy: ProxyProcess,
    upstream: FaultyUpstream,
    tokens: TokenEndpoint | undefined,
  ) {
    this.#options = options;
    this.proxy = proxy;
    this.upstream = upstream;
    this.#tokens = tokens;
  }

  static async open(options: LaneOptions): Promise<Lane> {
    const { config, limits, own = {} } = options;
    const { certificate, host = '127.0.0.1' } = own;
    const upstream = await FaultyUpstream.start(certificate);
    const tokens = own.tokens === undefined ? undefined : await TokenEndpoint.start(own.tokens);
    const proxy = await ProxyProcess.start(await built(configFile(config)), {
      ...own,
      environment: {
        UPSTREAM_URL: `${certificate === undefined ? 'http' : 'https'}://${host}:${upstream.port}/mcp`,
        FAULTS_LIMITS: limits,
        ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE }),
        ...(tokens === undefined ? {} : bindingsOf(tokens)),
        ...own.environment,
      },
    });
    return new Lane(options, proxy, upstream, tokens);
  }

  /** Plays a fault. Returns the differences from what it declares. */
  async play(fault: Fault): Promise<string[]> {
    const { era, config } = this.#options;
    const { proxy, upstream } = this;
    if (this.#options.own === undefined) this.#before ??= await this.#settled();
    const from = proxy.lines.length;
    const got = await fault.play({
      era,
      config,
      proxy,
      upstream,
      tokens: this.#tokens,
      call: caller(proxy.port, era),
      disconnect: () => this.#disconnected(),
    });
    upstream.repair();
    const differences = compared(
      'the client got',
      got,
      linesOf(fault.gets, config).map((line) => inEra(line, era)),
    );
    if (fault.next !== 'ended') differences.push(...(await this.#after()), ...(await this.#logged()));
    const lines = proxy.lines.slice(from).filter((line) => !isUsual(line));
    const faults = broken(lines);
    if (faults.length > 0) return [...differences, ...faults];
    return [...differences, ...compared('the log says', lines.map(summaryOf), linesOf(fault.logs, config))];
  }

  /** Live bytes after a full collection. */
  async live(): Promise<number> {
    return (await this.proxy.state()).live;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
    await this.#tokens?.[Symbol.asyncDispose]();
  }

  /** Whether the next call works, and nothing is left of the fault. */
  async #after(): Promise<string[]> {
    const { own } = this.#options;
    const next = await until(
      () => this.#well(),
      (outcome) => outcome === '200 result',
      // What is shared by all faults works at once; a process with trouble of its own may wait before it tries again.
      own === undefined ? 0 : PATIENCE_MS,
    );
    if (next !== '200 result') return [`the next call: got ${next}, expected 200 result`];
    // What a process holds at first depends on the fault, if that is there from the start.
    const before = (this.#before ??= await this.#settled());
    const after = await until(
      () => this.#settled(),
      (held) => leaks(held, before).length === 0,
    );
    return leaks(after, before).map((what) => `the proxy holds ${what} than before`);
  }

  /** Waits for the audit lines of the calls after the fault: all lines before them have come, too. */
  async #logged(): Promise<string[]> {
    const come = (): number => this.proxy.lines.filter(isUsual).length;
    const lines = await until(
      async () => come(),
      (count) => count >= this.#calls,
    );
    return lines >= this.#calls ? [] : [`the log has ${lines} lines of ${this.#calls} calls that worked`];
  }

  /** Calls a tool that works. */
  async #well(): Promise<string> {
    const reply = await call(this.proxy.port, this.#options.era, 'well');
    if (!(reply instanceof Error)) this.#calls++;
    return told(reply);
  }

  async #disconnected(): Promise<void> {
    this.upstream.dropIdle();
    // Two turns of its event loop: the ends of the connections have arrived before the first question.
    for (let i = 0; i < 2; i++) await this.proxy.order({ ask: 'turn' });
  }

  /** What the proxy holds once it has one free connection to the upstream, and no client. */
  async #settled(): Promise<Held> {
    await this.#disconnected();
    await this.#well();
    const { handles, timers, ticks, sockets } = await until(
      () => this.proxy.state(false),
      // The end of the client's connection has arrived.
      (state) => state.handles['TCPSocketWrap'] === undefined,
      PATIENCE_MS / 10,
    );
    return { handles, timers: timers + Math.max(0, ticks - 1), sockets };
  }
}

/** What there is more of. */
function leaks(after: Held, before: Held): string[] {
  const kinds = Object.keys(after.handles)
    // Timers are counted by the probe; the rest is over soon.
    .filter((kind) => /^(?:TCP|TTY|Pipe|FSEvent|Process|Worker)/.test(kind))
    .map((kind) => [kind, after.handles[kind] ?? 0, before.handles[kind] ?? 0] as const);
  const counts = [
    ...kinds,
    ['sockets', after.sockets, before.sockets],
    ['timers', after.timers, before.timers],
  ] as const;
  return counts.flatMap(([what, now, then]) => (now > then ? [`${now - then} more ${what}`] : []));
}

/** Repeats a look until it is right, or the time is up. */
async function until<T>(look: () => Promise<T>, isRight: (seen: T) => boolean, ms: number = PATIENCE_MS): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const seen = await look();
    if (isRight(seen) || performance.now() >= end) return seen;
    await sleep(PAUSE_MS);
  }
}

/** Compares sets of lines: each line seen is declared, and each declared line was seen. */
function compared(what: string, seen: readonly string[], declared: Lines & readonly string[]): string[] {
  const unexpected = new Set(seen.filter((text) => !declared.some((line) => fits(line, text))));
  const missing = declared.filter((line) => !seen.some((text) => fits(line, text)));
  return [
    ...[...unexpected].map((text) => `${what} ${JSON.stringify(text)}, which is not expected`),
    ...missing.map((line) => `${what} nothing like ${JSON.stringify(line)}`),
  ];
}
