/**
 * Metrics of the calls, as CloudWatch embedded-metric lines in the log. Loaded only where `METRICS_NAMESPACE` is bound.
 *
 * What is lost, and when: calls are counted when they end, and written together, at most every 5 seconds and at once
 * after a quiet time. SIGTERM and any other end by this process's own will loses none. Where the microVM is killed, or
 * frozen for good, the calls of the last 5 seconds are missing here (their audit lines left within 10 ms), and so is a
 * stream that was still open. One that is frozen and goes on writes what it held then, under the time of the calls.
 *
 * Names are bounded: methods of MCP, and the names of the config's controls. Each name and combination of dimensions
 * that occurs is billed as a metric of its own, so tools have none; the audit lines tell them apart.
 */
import { type ErrorCode, ProxyError } from '../base/errors.ts';
import { flush, writeLine } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { methodOf } from '../call/names.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observer } from '../pipeline/observer.ts';
import type { Finished, Reply } from '../reply/reply.ts';
import { type EmfLine, emfLine, MAX_VALUES, type Unit } from './emf.ts';

const UNITS = {
  /** Calls that ended: requests, notifications, responses, streams. */
  Calls: 'Count',
  /** Of those, the ones that a control refused, for whatever reason, or whose reply was refused. */
  Denials: 'Count',
  /** HTTP requests refused before any control. Not among `Calls`. What isn't even HTTP is not counted. */
  Refusals: 'Count',
  ToolErrors: 'Count',
  /** Requests that the upstream answered with an error. */
  RpcErrors: 'Count',
  /** The codes `upstream-…`, and replies with HTTP 5xx. */
  UpstreamErrors: 'Count',
  /** A control or the proxy broke. */
  InternalErrors: 'Count',
  /** Refused by a control with `Throttled`. Among `Denials`, too. */
  Throttled: 'Count',
  /**
   * From the call to the end of its reply. Of requests that went upstream, whether it answered or not; of no
   * subscription.
   */
  Latency: 'Milliseconds',
  /** From sending to the head of the reply, sessions opened and credentials fetched on the way included. */
  UpstreamLatency: 'Milliseconds',
  /** The rest of the time from the call to its reply's head: controls and proxy. Reading the request isn't in it. */
  Overhead: 'Milliseconds',
  /** A process served its first call. On AgentCore each session has a process of its own. */
  ColdStarts: 'Count',
  /** From the start of the process until it listened; sent with `ColdStarts`. */
  StartMs: 'Milliseconds',
} as const satisfies Readonly<Record<string, Unit>>;

export type MetricName = keyof typeof UNITS;

/** Every metric, under `Proxy`. */
const ALL = Object.keys(UNITS);
/** Those that exist by method as well. */
const BY_METHOD: readonly MetricName[] = ['Calls', 'Latency'];
/** In the place of a control's name: a reply that was refused after its controls had returned it. */
const ON_REPLY = '(reply)';

/** Milliseconds from one writing to the next, and from a call after a quiet time to its writing. */
const EVERY_MS = 5_000;
const PROMPT_MS = 100;

export interface MetricsOptions {
  readonly namespace: string;
  /** Value of the dimension `Proxy`. */
  readonly proxy: string;
  /** Names of the controls: nothing else becomes a value of the dimension `Control`. */
  readonly controls: readonly string[];
}

type Values = Partial<Record<MetricName, number | number[]>>;

export class Metrics implements Observer {
  readonly #options: MetricsOptions;
  readonly #controls: ReadonlySet<string>;
  /** By method; that of what was no call is empty. */
  readonly #tallies = new Map<string, Values>();
  readonly #denials = new Map<string, number>();
  readonly #onExit = (): void => {
    this.write();
    flush();
  };
  /** When the first of what is counted here ended; 0 where there is nothing. */
  #since = 0;
  #writtenAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #startMs: number | undefined;

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#controls = new Set([...options.controls, ON_REPLY]);
    process.on('exit', this.#onExit);
  }

  around(next: Next): Next {
    return async (call) => {
      const startedAt = performance.now();
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        this.#refusedCall(call, error instanceof ProxyError ? error.code : 'internal', performance.now() - startedAt);
        throw error;
      }
      const head = performance.now() - startedAt;
      void reply.finished.then((finished) => this.#answered(call, reply, head, finished));
      return reply;
    };
  }

  beneath(next: Next): Next {
    return async (call) => {
      const startedAt = performance.now();
      try {
        return await next(call);
      } finally {
        call.exchange.upstreamMs = performance.now() - startedAt;
      }
    };
  }

  refused(code: ErrorCode): void {
    const tally = this.#tally('');
    add(tally, 'Refusals');
    if (code === 'internal') add(tally, 'InternalErrors');
  }

  ready(): void {
    this.#startMs = performance.now();
  }

  async close(): Promise<void> {
    // Replies that were cut just now say so in this turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('exit', this.#onExit);
    this.write();
  }

  #refusedCall(call: Call, code: ErrorCode, ms: number): void {
    const tally = this.#call(call);
    this.#count(tally, code);
    // The innermost control that refuses is noted first; where one further out made another refusal of it, that is the
    // last.
    const decision = call.facts.findLast((fact) => typeof fact['decision'] === 'string' && fact['decision'] !== 'pass');
    if (decision?.['decision'] === code && typeof decision['control'] === 'string')
      this.#denied(tally, decision['control']);
    if (call.exchange.upstreamMs !== undefined) this.#took(call, tally, ms);
  }

  #answered(call: Call, reply: Reply, head: number, { outcome, code, ms }: Finished): void {
    const tally = this.#call(call);
    if (code !== undefined) {
      this.#count(tally, code);
      if (!code.startsWith('upstream-')) this.#denied(tally, ON_REPLY);
    } else if (reply.status >= 500) add(tally, 'UpstreamErrors');
    else if (outcome === 'tool-error') add(tally, 'ToolErrors');
    // A server without streams answers GET and DELETE with an error, and nothing is wrong.
    else if (outcome === 'rpc-error' && call.kind === 'request') add(tally, 'RpcErrors');
    const { upstreamMs = 0 } = call.exchange;
    if (call.kind === 'request') {
      push(tally, 'UpstreamLatency', upstreamMs);
      push(tally, 'Overhead', Math.max(0, head - upstreamMs));
    }
    this.#took(call, tally, head + ms);
  }

  #call(call: Call): Values {
    const tally = this.#tally(methodOf(call));
    if (this.#startMs !== undefined) {
      add(tally, 'ColdStarts');
      push(tally, 'StartMs', this.#startMs);
      this.#startMs = undefined;
    }
    add(tally, 'Calls');
    return tally;
  }

  #count(tally: Values, code: ErrorCode): void {
    if (code === 'internal') add(tally, 'InternalErrors');
    else if (code === 'throttled') add(tally, 'Throttled');
    else if (code.startsWith('upstream-')) add(tally, 'UpstreamErrors');
  }

  #denied(tally: Values, control: string): void {
    add(tally, 'Denials');
    if (this.#controls.has(control)) this.#denials.set(control, (this.#denials.get(control) ?? 0) + 1);
  }

  /** Last of what is noted of a call: where its line is full, it is written. */
  #took(call: Call, tally: Values, ms: number): void {
    if (call.kind === 'request' && call.method !== 'subscriptions/listen') push(tally, 'Latency', ms);
    if (full(tally)) this.#writeTally(methodOf(call), tally);
  }

  #tally(method: string): Values {
    const known = this.#tallies.get(method);
    if (known !== undefined) return known;
    this.#since ||= Date.now();
    this.#timer ??= setTimeout(
      () => this.write(),
      Math.max(PROMPT_MS, this.#writtenAt + EVERY_MS - performance.now()),
    ).unref();
    const tally: Values = {};
    this.#tallies.set(method, tally);
    return tally;
  }

  /** Writes what was counted. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#since === 0) return;
    this.#writtenAt = performance.now();
    for (const [method, tally] of this.#tallies) this.#writeTally(method, tally);
    for (const [control, count] of this.#denials) {
      const Proxy = this.#options.proxy;
      this.#line({
        dimensions: { Proxy, Control: control },
        directives: [{ dimensions: [['Proxy', 'Control']], metrics: ['Denials'] }],
        values: { Denials: count },
      });
    }
    this.#denials.clear();
    this.#since = 0;
  }

  #writeTally(method: string, values: Values): void {
    this.#tallies.delete(method);
    const Proxy = this.#options.proxy;
    const proxy = { dimensions: [['Proxy']], metrics: ALL };
    if (method === '') this.#line({ dimensions: { Proxy }, directives: [proxy], values });
    else
      this.#line({
        dimensions: { Proxy, Method: method },
        directives: [proxy, { dimensions: [['Proxy', 'Method']], metrics: BY_METHOD }],
        values,
      });
  }

  #line(line: Pick<EmfLine, 'dimensions' | 'directives' | 'values'>): void {
    writeLine(emfLine({ ...line, namespace: this.#options.namespace, at: this.#since, units: UNITS }));
  }
}

function add(values: Values, name: MetricName): void {
  const before = values[name];
  values[name] = typeof before === 'number' ? before + 1 : 1;
}

function push(values: Values, name: MetricName, ms: number): void {
  const rounded = Math.round(ms * 100) / 100;
  const before = values[name];
  if (Array.isArray(before)) before.push(rounded);
  else values[name] = [rounded];
}

/** Whether one more call might be one value too many for a line. */
function full(values: Values): boolean {
  for (const name of ['Latency', 'UpstreamLatency', 'Overhead'] as const) {
    const value = values[name];
    if (Array.isArray(value) && value.length >= MAX_VALUES) return true;
  }
  return false;
}
