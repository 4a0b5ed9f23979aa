/**
 * Spans of the calls, by OTLP. Loaded only if an endpoint is bound. A call is a SERVER span, child of the client's.
 * Each control's decision and the exchange with the upstream are its children, and the upstream gets the exchange as
 * its parent. Names and attributes follow OpenTelemetry's conventions for MCP (status: development); none holds a value
 * from a call.
 *
 * The message itself is not changed: a `traceparent` in its `_meta` still names the client's span, not the proxy's.
 * Spans wait up to 2 seconds, 2,048 at most, and are dropped rather than delay a call. SIGTERM exports them; if the
 * process is killed, waiting spans are lost.
 */
import { ROOT_CONTEXT, type Context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { loadedOnce } from '../../base/loaded.ts';
import type { Call } from '../../call/call.ts';
import type { Exchange } from '../../call/exchange.ts';
import { methodOf, named, nameOf } from '../../call/names.ts';
import { isRefusal } from '../../pipeline/decision.ts';
import type { Next } from '../../pipeline/next.ts';
import type { Observed, Observer } from '../../pipeline/observer.ts';
import type { Reply } from '../../reply/reply.ts';
import type { Authenticator } from '../../upstream/auth/auth.ts';
import { attributesOf, attributesOfFailure, type Failure, failureOf, ownAttributesOf, refusal } from '../attributes.ts';
import type { TracesBindings } from '../bindings.ts';
import { unharmed } from '../unharmed.ts';
import { KernelIds } from './ids.ts';
import { OtlpExporter } from './otlp.ts';
import { parentOf, traceOf } from './parent.ts';

/** Milliseconds that the process waits at its end for the last spans to be exported. */
const CLOSE_MS = 3_000;
const QUEUE = {
  maxQueueSize: 2_048,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 2_000,
  exportTimeoutMillis: 15_000,
} as const;

/** A call in progress. */
interface Traced {
  readonly span: Span;
  readonly context: Context;
  readonly tracestate: string | undefined;
  /** Its start on both clocks: the wall clock gives the date, the monotonic clock the durations. */
  readonly startedAt: number;
  readonly wall: number;
}

export class Traces implements Observer {
  readonly #exporter: OtlpExporter;
  readonly #provider: TracerProvider;
  readonly #tracer: ReturnType<TracerProvider['getTracer']>;
  readonly #traced = new WeakMap<Exchange, Traced>();
  readonly #controls: ReadonlySet<string>;
  readonly #refusesByResult: boolean;
  /** Attributes by the name of the upstream. */
  readonly #servers: ReadonlyMap<string, Readonly<Record<string, string | number>>>;

  /** @param auth signs the exports. @default - as `bindings` say */
  constructor(
    bindings: TracesBindings,
    { controls, upstreams, version, refusesByResult }: Observed,
    auth: Authenticator | undefined = signer(bindings),
  ) {
    const { url, sampler, resource, signing: _usedForAuth, ...unused } = bindings;
    unused satisfies Record<string, never>;
    this.#exporter = new OtlpExporter(url, auth);
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes(resource),
      sampler: samplerOf(sampler),
      idGenerator: new KernelIds(),
      spanProcessors: [new BatchSpanProcessor({ exporter: this.#exporter, ...QUEUE })],
    });
    this.#tracer = this.#provider.getTracer('agentcore-mcp-proxy', version);
    this.#controls = new Set(controls);
    this.#refusesByResult = refusesByResult;
    this.#servers = new Map(
      Array.from(upstreams, ([name, { hostname, port, protocol }]) => [
        name,
        {
          ...(upstreams.size > 1 ? { 'mcp.upstream.name': name } : {}),
          'server.address': hostname,
          'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
        },
      ]),
    );
  }

  around(next: Next): Next {
    return async (call) => {
      const traced = unharmed(() => this.#begin(call));
      if (traced === undefined) return next(call);
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        const endedAt = performance.now();
        unharmed(() => this.#end(call, traced, endedAt, refusal(error, call, this.#refusesByResult)));
        throw error;
      }
      void reply.finished.then((finished) => {
        unharmed(() =>
          this.#end(call, traced, reply.headAt + finished.ms, failureOf(finished, call, this.#refusesByResult)),
        );
      });
      return reply;
    };
  }

  beneath(next: Next): Next {
    return async (call) => {
      const traced = this.#traced.get(call.exchange);
      if (traced === undefined) return next(call);
      const span = this.#tracer.startSpan(
        titleOf(call),
        {
          kind: SpanKind.CLIENT,
          startTime: wallOf(traced, performance.now()),
          attributes: { ...attributesOf(call), ...ownAttributesOf(call), ...this.#servers.get(call.upstream.name) },
        },
        traced.context,
      );
      call.exchange.channels.trace = traceOf(span.spanContext(), traced.tracestate);
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        fail(span, refusal(error, call, this.#refusesByResult));
        span.end(wallOf(traced, performance.now()));
        throw error;
      }
      span.setAttribute('http.response.status_code', reply.status);
      void reply.finished.then((finished) => {
        unharmed(() => {
          const failed = failureOf(finished, call, this.#refusesByResult);
          fail(span, failed ?? (reply.status >= 400 ? { type: String(reply.status) } : undefined));
          span.end(wallOf(traced, reply.headAt + finished.ms));
        });
      });
      return reply;
    };
  }

  refused(): void {
    // Without a call there is no trustworthy parent: such requests are counted, not traced.
  }

  ready(): void {
    // The start is not a call.
  }

  async close(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([this.#provider.shutdown().catch(() => {}), late]);
    clearTimeout(timer);
    await this.#exporter.shutdown();
  }

  #begin(call: Call): Traced {
    const startedAt = performance.now();
    const wall = Date.now();
    const { parent, tracestate, link } = parentOf(call);
    const above = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const span = this.#tracer.startSpan(
      titleOf(call),
      {
        kind: SpanKind.SERVER,
        startTime: wall,
        attributes: { ...attributesOf(call), ...ownAttributesOf(call), ...sessionOf(call) },
        ...(link === undefined ? {} : { links: [{ context: link }] }),
      },
      above,
    );
    const traced: Traced = { span, context: trace.setSpan(ROOT_CONTEXT, span), tracestate, startedAt, wall };
    this.#traced.set(call.exchange, traced);
    call.exchange.channels.trace = traceOf(span.spanContext(), tracestate);
    return traced;
  }

  #end(call: Call, traced: Traced, endedAt: number, failure: Failure | undefined): void {
    const { span } = traced;
    if (!span.isRecording()) return;
    this.#decisions(call, traced);
    const by = call.exchange.channels.answeredBy;
    if (by !== undefined) span.setAttribute('mcp_proxy.answered_by', by);
    fail(span, failure);
    span.end(wallOf(traced, endedAt));
  }

  /**
   * Spans for each control's time until it passed a call on or refused it. The facts hold the durations, innermost
   * first; on the way in, a control begins when the one around it ends.
   */
  #decisions(call: Call, traced: Traced): void {
    let at = traced.startedAt;
    for (const { control, decision, ms } of call.facts.toReversed()) {
      if (
        typeof control !== 'string' ||
        typeof decision !== 'string' ||
        typeof ms !== 'number' ||
        !this.#controls.has(control)
      )
        continue;
      const attributes = { 'mcp_proxy.control': control, 'mcp_proxy.decision': decision };
      const span = this.#tracer.startSpan(
        `control ${control}`,
        { kind: SpanKind.INTERNAL, startTime: wallOf(traced, at), attributes },
        traced.context,
      );
      if (isRefusal(decision)) fail(span, { type: decision });
      at += ms;
      span.end(wallOf(traced, at));
    }
  }
}

/** A moment of the monotonic clock as epoch milliseconds. */
function wallOf({ startedAt, wall }: Traced, moment: number): number {
  return wall + (moment - startedAt);
}

function titleOf(call: Call): string {
  const name = call.method === 'tools/call' || call.method === 'prompts/get' ? nameOf(call) : undefined;
  return name === undefined || name === '…' ? methodOf(call) : `${methodOf(call)} ${name}`;
}

/** The platform's session id, which its own spans and logs use. */
function sessionOf({ exchange }: Call): Record<string, string> {
  const id = exchange.inbound.runtimeSessionId;
  return id === undefined ? {} : { 'session.id': named(id) };
}

function fail(span: Span, failure: Failure | undefined): void {
  if (failure === undefined) return;
  span.setAttributes(attributesOfFailure(failure));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function samplerOf({ root, parentBased, ratio }: TracesBindings['sampler']): Sampler {
  const sampler =
    root === 'always_on'
      ? new AlwaysOnSampler()
      : root === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root: sampler }) : sampler;
}

/** Loads the signer with the first export. */
function signer({ signing }: TracesBindings): Authenticator | undefined {
  if (signing === undefined) return undefined;
  const load = loadedOnce(async (): Promise<Authenticator> => {
    const { iam } = await import('../../upstream/auth/iam.ts');
    return iam(signing);
  });
  return {
    apply: async (request) => {
      await (await load()).apply(request);
    },
    refused: async (status, headers, request) => (await load()).refused(status, headers, request),
  };
}
