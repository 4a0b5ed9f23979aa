/** The bindings of the metric `mcp.server.operation.duration` by OTLP. */
import { regionOfHost } from '../base/aws-hosts.ts';
import type { Faults } from '../base/environment.ts';

export interface DurationsBindings {
  readonly url: URL;
  /** Attributes of the resource, with `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly temporality: 'cumulative' | 'delta';
}

const EXPORT_EVERY_MS = 60_000;

/** Whether they are sent. */
export function readSwitch(
  exporter: string | undefined,
  base: string | undefined,
  whole: string | undefined,
  faults: Faults,
): boolean {
  if (exporter !== undefined && exporter !== 'otlp' && exporter !== 'none')
    faults.error(`OTEL_METRICS_EXPORTER: expected otlp or none, got ${JSON.stringify(exporter)}`);
  if (exporter === 'none') return false;
  if (exporter === 'otlp' && base === undefined && whole === undefined)
    faults.error(
      'OTEL_METRICS_EXPORTER: expected OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT with otlp, got neither',
    );
  return whole !== undefined || (exporter === 'otlp' && base !== undefined);
}

/** Undefined if one of the parts is a fault, which is reported already. */
export function durationsOf(
  url: URL | undefined,
  resource: DurationsBindings['resource'] | undefined,
  { interval, temporality }: { readonly interval: string | undefined; readonly temporality: string | undefined },
  faults: Faults,
): DurationsBindings | undefined {
  const read = { intervalMs: readInterval(interval, faults), temporality: readTemporality(temporality, faults) };
  if (url === undefined || resource === undefined || read.intervalMs === undefined || read.temporality === undefined)
    return undefined;
  if (regionOfHost(url.hostname, 'xray') !== undefined)
    return faults.error(
      `OTEL_METRICS_EXPORTER: expected an endpoint that takes metrics, got X-Ray's, which takes only spans: set OTEL_EXPORTER_OTLP_METRICS_ENDPOINT to another`,
    );
  return { url, resource, intervalMs: read.intervalMs, temporality: read.temporality };
}

function readInterval(text: string | undefined, faults: Faults): number | undefined {
  if (text === undefined) return EXPORT_EVERY_MS;
  const ms = Number(text);
  if (/^\d{1,8}$/.test(text) && ms >= 100) return ms;
  return faults.error(`OTEL_METRIC_EXPORT_INTERVAL: expected milliseconds from 100, got ${JSON.stringify(text)}`);
}

function readTemporality(text: string | undefined, faults: Faults): DurationsBindings['temporality'] | undefined {
  const read = text?.toLowerCase() ?? 'cumulative';
  if (read === 'cumulative' || read === 'delta') return read;
  return faults.error(
    `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: expected cumulative or delta, got ${JSON.stringify(text)}`,
  );
}
