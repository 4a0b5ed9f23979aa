/**
 * The metric `mcp.server.operation.duration` by OTLP, for those who don't read CloudWatch. Loaded only if an endpoint for
 * metrics is bound. A histogram in seconds of requests and notifications, with the attributes of the conventions: methods
 * of MCP, names of tools and prompts, how they failed. Of more than 2,000 combinations, OpenTelemetry counts the rest
 * together, so names that a client makes up cost no memory.
 */
import { type Attributes as Given, type Histogram, ValueType } from '@opentelemetry/api';
import { JsonMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { kernelUuid } from '../base/random.ts';
import type { Call } from '../call/call.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observed, Observer } from '../pipeline/observer.ts';
import type { Reply } from '../reply/reply.ts';
import { attributesOf, attributesOfFailure, type Failure, failureOf, refusal } from './attributes.ts';
import type { DurationsBindings } from './durations-bindings.ts';
import { metricsLost, OtlpSender } from './otlp-sender.ts';
import { unharmed } from './unharmed.ts';

/** In seconds, as the conventions advise. */
const BOUNDARIES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
/** Milliseconds that the process waits at its end for the last export. */
const CLOSE_MS = 3_000;

interface Begun {
  readonly provider: MeterProvider;
  readonly histogram: Histogram;
}

export class Durations implements Observer {
  readonly #bindings: DurationsBindings;
  readonly #observed: Observed;
  readonly #exporter: Exporter;
  #begun: Begun | undefined;

  constructor(bindings: DurationsBindings, observed: Observed) {
    this.#bindings = bindings;
    this.#observed = observed;
    this.#exporter = new Exporter(new OtlpSender(bindings.url, undefined, metricsLost), bindings.temporality);
  }

  around(next: Next): Next {
    const { refusesByResult } = this.#observed;
    return async (call) => {
      const startedAt = performance.now();
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        this.#record(call, performance.now() - startedAt, refusal(error, call, refusesByResult));
        throw error;
      }
      const head = performance.now() - startedAt;
      void reply.finished.then((finished) => {
        this.#record(call, head + finished.ms, failureOf(finished, call, refusesByResult));
      });
      return reply;
    };
  }

  beneath(next: Next): Next {
    return next;
  }

  refused(): void {
    // It became no call, so it has no method.
  }

  ready(): void {
    // The start is not a call.
  }

  async close(): Promise<void> {
    // Replies that were just cut report their end in this turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([this.#begun?.provider.shutdown().catch(() => {}), late]);
    clearTimeout(timer);
    await this.#exporter.shutdown();
  }

  #record(call: Call, ms: number, failure: Failure | undefined): void {
    // A subscription lasts as long as the client wants; streams and responses are no operations.
    if ((call.kind !== 'request' && call.kind !== 'notification') || call.method === 'subscriptions/listen') return;
    unharmed(() => {
      const attributes: Given = {
        ...attributesOf(call),
        ...(failure === undefined ? {} : attributesOfFailure(failure)),
      };
      this.#histogram().record(ms / 1_000, attributes);
    });
  }

  /** Begun with the first call, not before: processes that a snapshot is restored to must not share an id. */
  #histogram(): Histogram {
    this.#begun ??= this.#begin();
    return this.#begun.histogram;
  }

  #begin(): Begun {
    const { resource, intervalMs } = this.#bindings;
    const provider = new MeterProvider({
      // Each process counts from zero.
      resource: resourceFromAttributes({ 'service.instance.id': kernelUuid(), ...resource }),
      readers: [
        new PeriodicExportingMetricReader({
          exporter: this.#exporter,
          exportIntervalMillis: intervalMs,
          exportTimeoutMillis: Math.min(intervalMs, 15_000),
        }),
      ],
    });
    const histogram = provider
      .getMeter('agentcore-mcp-proxy', this.#observed.version)
      .createHistogram('mcp.server.operation.duration', {
        description: 'Time from the request until its answer was sent',
        unit: 's',
        valueType: ValueType.DOUBLE,
        advice: { explicitBucketBoundaries: BOUNDARIES },
      });
    return { provider, histogram };
  }
}

class Exporter implements PushMetricExporter {
  readonly #sender: OtlpSender;
  readonly #temporality: DurationsBindings['temporality'];

  constructor(sender: OtlpSender, temporality: DurationsBindings['temporality']) {
    this.#sender = sender;
    this.#temporality = temporality;
  }

  export(metrics: ResourceMetrics, done: Parameters<PushMetricExporter['export']>[1]): void {
    void this.#export(metrics, done);
  }

  async #export(metrics: ResourceMetrics, done: Parameters<PushMetricExporter['export']>[1]): Promise<void> {
    const points = metrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
    const isTaken = await this.#sender.send(JsonMetricsSerializer.serializeRequest(metrics), points);
    done({ code: isTaken ? 0 : 1 });
  }

  selectAggregationTemporality(): AggregationTemporality {
    return this.#temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#sender.shutdown();
  }
}
