/**
 * Metrics of the calls, as CloudWatch embedded-metric lines in the log. Loaded only if `METRICS_NAMESPACE` is bound.
 *
 * What can be lost: calls are counted when they end, and written together, at most every 5 seconds, or at once after a
 * quiet time. SIGTERM and other orderly exits lose nothing. If the microVM is killed, or frozen and never resumed, the
 * calls of its last 5 seconds are missing here (their audit lines left within 10 ms), and so is a stream that was still
 * open. If it is resumed, it writes what it held, with the time of the calls.
 *
 * Names are bounded: methods of MCP, and names of the config's controls. Each name and combination of dimensions is
 * billed as a separate metric, so there is no dimension for tools; the audit lines have them.
 */
import { type ErrorCode, ProxyError } from '../base/errors.ts';
import { flush, writeLine } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { methodOf } from '../call/names.ts';
import { isRefusal } from '../pipeline/decision.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observer } from '../pipeline/observer.ts';
import type { Finished, Reply } from '../reply/reply.ts';
import { type EmfLine, emfLine, MAX_VALUES, type Unit } from './emf.ts';

const UNITS = {
  /** Completed calls: requests, notifications, responses, streams. */
  Calls: 'Count',
  /** Calls that a control refused for any reason, or whose reply was refused. Included in `Calls`. */
  Denials: 'Count',
  /** HTTP requests refused before any control. Not included in `Calls`. Input that isn't HTTP is not counted. */
  Refusals: 'Count',
  /** Requests that a control answered in the upstream's place. */
  Answers: 'Count',
  ToolErrors: 'Count',
  /** Requests that the upstream answered with an error. */
  RpcErrors: 'Count',
  /** Calls with a code `upstream-…`, or a reply with HTTP 5xx. */
  UpstreamErrors: 'Count',
  /** Failures of a control or the proxy. */
  InternalErrors: 'Count',
  /** Refused by a control with `Throttled`. Included in `Denials`. */
  Throttled: 'Count',
  /**
   * From the call to the end of its reply. For requests that went upstream, with or without an answer, or that a
   * control answered; not for subscriptions.
   */
  Latency: 'Milliseconds',
  /** From sending to the reply's headers, including time to open sessions and fetch credentials. None of an answer. */
  UpstreamLatency: 'Milliseconds',
  /**
   * The rest of the time from the call to its reply's headers: controls and proxy. Excludes reading the request. None of
   * an answer.
   */
  Overhead: 'Milliseconds',
  /** A process served its first call. On AgentCore each session has its own process. */
  ColdStarts: 'Count',
  /** From the start of the process until it listened; sent with `ColdStarts`. */
  StartMs: 'Milliseconds',
} as const satisfies Readonly<Record<string, Unit>>;

export type MetricName = keyof typeof UNITS;

/** Every metric, under `Proxy`. */
const ALL = Object.keys(UNITS);
/** Metrics that also exist by method. */
const BY_METHOD: readonly MetricName[] = ['Calls', 'Latency'];
/** Metrics that also exist by control. */
type ByControl = 'Denials' | 'Answers';
/** Used instead of a control's name for a reply that was refused after its controls had returned it. */
const ON_REPLY = '(reply)';

/** Milliseconds between two writes, and from a call after a quiet time to its write. */
const EVERY_MS = 5_000;
const PROMPT_MS = 100;

export interface MetricsOptions {
  readonly namespace: string;
  /** Value of the dimension `Proxy`. */
  readonly proxy: string;
  /** Names of the controls: only these become values of the dimension `Control`. */
  readonly controls: readonly string[];
}

type Values = Partial<Record<MetricName, number | number[]>>;

export class Metrics implements Observer {
  readonly #options: MetricsOptions;
  readonly #controls: ReadonlySet<string>;
  /** By method; the empty key is for requests that became no call. */
  readonly #tallies = new Map<string, Values>();
  readonly #byControl: Readonly<Record<ByControl, Map<string, number>>> = { Denials: new Map(), Answers: new Map() };
  readonly #onExit = (): void => {
    this.write();
    flush();
  };
  /** When the first call counted here ended; 0 if there is none. */
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
        call.exchange.channels.upstreamMs = performance.now() - startedAt;
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
    // Replies that were just cut report their end in this turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('exit', this.#onExit);
    this.write();
  }

  #refusedCall(call: Call, code: ErrorCode, ms: number): void {
    const tally = this.#call(call);
    this.#count(tally, code);
    // The innermost control that refuses is noted first; if an outer one replaced that refusal, its own is last.
    const decision = call.facts.findLast((fact) => typeof fact['decision'] === 'string' && isRefusal(fact['decision']));
    if (decision?.['decision'] === code && typeof decision['control'] === 'string')
      this.#countFor('Denials', tally, decision['control']);
    if (call.exchange.channels.upstreamMs !== undefined) this.#took(call, tally, ms);
  }

  #answered(call: Call, reply: Reply, head: number, { outcome, code, ms }: Finished): void {
    const tally = this.#call(call);
    if (code !== undefined) {
      this.#count(tally, code);
      if (!code.startsWith('upstream-')) this.#countFor('Denials', tally, ON_REPLY);
    } else if (reply.status >= 500) add(tally, 'UpstreamErrors');
    else if (outcome === 'tool-error') add(tally, 'ToolErrors');
    // A server without streams answers GET and DELETE with an error; that is normal.
    else if (outcome === 'rpc-error' && call.kind === 'request') add(tally, 'RpcErrors');
    const by = call.exchange.channels.answeredBy;
    if (by !== undefined) this.#countFor('Answers', tally, by);
    else if (call.kind === 'request') {
      const upstreamMs = call.exchange.channels.upstreamMs ?? 0;
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

  #countFor(metric: ByControl, tally: Values, control: string): void {
    add(tally, metric);
    const counts = this.#byControl[metric];
    if (this.#controls.has(control)) counts.set(control, (counts.get(control) ?? 0) + 1);
  }

  /** The last step of counting a call; writes the line if it is full. */
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

  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#since === 0) return;
    this.#writtenAt = performance.now();
    for (const [method, tally] of this.#tallies) this.#writeTally(method, tally);
    for (const metric of ['Denials', 'Answers'] as const) this.#writeByControl(metric, this.#byControl[metric]);
    this.#since = 0;
  }

  #writeByControl(metric: ByControl, counts: Map<string, number>): void {
    for (const [control, count] of counts) {
      const Proxy = this.#options.proxy;
      this.#line({
        dimensions: { Proxy, Control: control },
        directives: [{ dimensions: [['Proxy', 'Control']], metrics: [metric] }],
        values: { [metric]: count },
      });
    }
    counts.clear();
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

/** Whether the values of one more call might not fit into a line. */
function full(values: Values): boolean {
  for (const name of ['Latency', 'UpstreamLatency', 'Overhead'] as const) {
    const value = values[name];
    if (Array.isArray(value) && value.length >= MAX_VALUES) return true;
  }
  return false;
}
