/** Decodes exports by OpenTelemetry's own protobuf definitions, generated in an older package of theirs. */
import { createRequire } from 'node:module';

interface Message {
  fromObject(object: object): object;
  toObject(message: object, options: { readonly longs: unknown; readonly enums: unknown }): object;
  verify(message: object): string | null;
}

const { opentelemetry } = createRequire(import.meta.url)(
  '@opentelemetry/otlp-proto-exporter-base/build/src/generated/root.js',
) as { opentelemetry: { proto: { collector: { metrics: { v1: { ExportMetricsServiceRequest: Message } } } } } };
const Request = opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

export interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly sum: number;
  readonly bucketCounts: readonly number[];
  readonly explicitBounds: readonly number[];
}

export interface Exported {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly name: string;
  readonly unit: string;
  readonly temporality: string;
  readonly points: readonly Point[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Decoded {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly histogram: {
          readonly aggregationTemporality: string;
          readonly dataPoints: readonly {
            readonly attributes: readonly Attribute[];
            readonly count: string;
            readonly sum: number;
            readonly bucketCounts: readonly string[];
            readonly explicitBounds: readonly number[];
          }[];
        };
      }[];
    }[];
  }[];
}

/** Throws for what isn't an export of metrics. */
export function decodeMetrics(body: Buffer): readonly Exported[] {
  const message = Request.fromObject(JSON.parse(body.toString('utf8')) as object);
  const fault = Request.verify(message);
  if (fault !== null) throw new Error(fault);
  const { resourceMetrics } = Request.toObject(message, { longs: String, enums: String }) as Decoded;
  return resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.map(({ name, unit, histogram }) => ({
        resource: valuesOf(resource.attributes),
        scope: scope.name,
        name,
        unit,
        temporality: histogram.aggregationTemporality,
        points: histogram.dataPoints.map(({ attributes, count, sum, bucketCounts, explicitBounds }) => ({
          attributes: valuesOf(attributes),
          count: Number(count),
          sum,
          bucketCounts: bucketCounts.map(Number),
          explicitBounds,
        })),
      })),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
