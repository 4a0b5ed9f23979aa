/** The bindings of metrics and traces, all optional. */
import { regionOfHost } from '../base/aws-hosts.ts';
import { type Environment, type Faults, textsOf } from '../base/environment.ts';
import { parseEndpoint } from '../credentials/endpoint.ts';
import { type DurationsBindings, durationsOf, readSwitch } from './durations-bindings.ts';

/** What each variable is for; all are optional. `readTelemetry` reads each of them, or it does not compile. */
export const TELEMETRY_VARIABLES = {
  METRICS_NAMESPACE: 'metrics: the CloudWatch namespace to print embedded-metric lines for; needs PROXY_NAME',
  PROXY_NAME: 'metrics, traces: the name of this proxy',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    "traces: the OTLP/HTTP endpoint, without /v1/traces; requests to X-Ray's (https://xray.REGION.amazonaws.com) are signed",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces: the whole URL, instead of OTEL_EXPORTER_OTLP_ENDPOINT',
  OTEL_TRACES_SAMPLER:
    'traces: always_on | always_off | traceidratio, each also parentbased_…; default parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: 'traces: the ratio, 0 to 1; default 1',
  OTEL_METRICS_EXPORTER:
    'metrics by OTLP: otlp | none; otlp sends mcp.server.operation.duration below OTEL_EXPORTER_OTLP_ENDPOINT, as /v1/metrics; default none',
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'metrics by OTLP: the whole URL, which turns them on',
  OTEL_METRIC_EXPORT_INTERVAL: 'metrics by OTLP: milliseconds between two exports; default 60000',
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'metrics by OTLP: cumulative | delta; default cumulative',
  OTEL_SERVICE_NAME: 'traces, metrics by OTLP: the name of the service; default PROXY_NAME',
  OTEL_RESOURCE_ATTRIBUTES:
    'traces, metrics by OTLP: further attributes of the resource, key=value, separated by commas',
} as const satisfies Readonly<Record<string, string>>;

export interface MetricsBindings {
  readonly namespace: string;
  readonly proxy: string;
}

export interface TracesBindings {
  /** The endpoint for spans. */
  readonly url: URL;
  /** Undefined: requests are not signed. */
  readonly signing: { readonly region: string; readonly service: string } | undefined;
  /** Attributes of the spans' resource, with `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: {
    readonly root: 'always_on' | 'always_off' | 'traceidratio';
    readonly parentBased: boolean;
    readonly ratio: number;
  };
}

export interface TelemetryBindings {
  readonly metrics: MetricsBindings | undefined;
  readonly durations: DurationsBindings | undefined;
  readonly traces: TracesBindings | undefined;
}

export function readTelemetry(environment: Environment, faults: Faults): TelemetryBindings {
  const {
    METRICS_NAMESPACE: namespace,
    PROXY_NAME: proxy,
    OTEL_EXPORTER_OTLP_ENDPOINT: base,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole,
    OTEL_TRACES_SAMPLER: sampler,
    OTEL_TRACES_SAMPLER_ARG: ratio,
    OTEL_METRICS_EXPORTER: exporter,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metricsUrl,
    OTEL_METRIC_EXPORT_INTERVAL: interval,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: attributes,
    ...unread
  } = textsOf(environment, TELEMETRY_VARIABLES);
  unread satisfies Record<string, never>;
  const metrics = namespace === undefined ? undefined : readMetrics(namespace, proxy, faults);
  const name = { proxy: proxy ?? 'agentcore-mcp-proxy', service };
  const hasTraces = whole !== undefined || base !== undefined;
  const hasDurations = readSwitch(exporter, base, metricsUrl, faults);
  const own = hasTraces || hasDurations ? readAttributes(attributes ?? '', faults) : undefined;
  const resource = own && resourceOf(own, name);
  return {
    metrics,
    durations: hasDurations
      ? durationsOf(
          metricsUrl === undefined
            ? readBase(base ?? '', 'metrics', faults)
            : readUrl('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', metricsUrl, faults),
          resource,
          { interval, temporality },
          faults,
        )
      : undefined,
    traces: hasTraces
      ? tracesOf({
          sampler: readSampler(sampler ?? 'parentbased_always_on', ratio ?? '1', faults),
          resource,
          url: whole === undefined ? readBase(base ?? '', 'traces', faults) : readWhole(whole, faults),
        })
      : undefined,
  };
}

/**
 * CloudWatch's rules for namespaces and dimension values, without the characters that break searches and dashboards.
 */
const METRIC_TEXT = /^[\w./#-][\w./#: -]{0,254}$/;

function readMetrics(namespace: string, proxy: string | undefined, faults: Faults): MetricsBindings | undefined {
  if (!METRIC_TEXT.test(namespace) || namespace.startsWith('AWS/')) {
    return faults.error(
      `METRICS_NAMESPACE: expected letters, digits and ._/#:- (not AWS/…), got ${JSON.stringify(namespace)}`,
    );
  }
  if (proxy === undefined)
    return faults.error('PROXY_NAME: expected a name for the metrics of METRICS_NAMESPACE, got nothing');
  if (!METRIC_TEXT.test(proxy))
    return faults.error(`PROXY_NAME: expected letters, digits and ._/#:-, got ${JSON.stringify(proxy)}`);
  return { namespace, proxy };
}

interface ReadTraces {
  readonly url: URL | undefined;
  readonly sampler: TracesBindings['sampler'] | undefined;
  readonly resource: Readonly<Record<string, string>> | undefined;
}

/** Undefined if one of the parts is a fault, which is reported already. */
function tracesOf({ url, sampler, resource }: ReadTraces): TracesBindings | undefined {
  if (url === undefined || sampler === undefined || resource === undefined) return undefined;
  // X-Ray's endpoint is also that of CloudWatch's Transaction Search.
  const region = regionOfHost(url.hostname, 'xray');
  return { url, signing: region === undefined ? undefined : { region, service: 'xray' }, sampler, resource };
}

function resourceOf(
  attributes: Readonly<Record<string, string>>,
  { proxy, service }: { readonly proxy: string; readonly service: string | undefined },
): Readonly<Record<string, string>> {
  return { 'service.name': proxy, ...attributes, ...(service === undefined ? {} : { 'service.name': service }) };
}

function readWhole(text: string, faults: Faults): URL | undefined {
  return readUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', text, faults);
}

function readBase(text: string, signal: 'traces' | 'metrics', faults: Faults): URL | undefined {
  const url = readUrl('OTEL_EXPORTER_OTLP_ENDPOINT', text, faults);
  if (url !== undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`;
  return url;
}

function readUrl(name: keyof typeof TELEMETRY_VARIABLES, text: string, faults: Faults): URL | undefined {
  const parsed = parseEndpoint(text, name);
  return 'error' in parsed ? faults.error(parsed.error) : parsed.url;
}

const SAMPLER = /^(parentbased_)?(always_on|always_off|traceidratio)$/;

function readSampler(text: string, ratio: string, faults: Faults): TracesBindings['sampler'] | undefined {
  const [, parentBased, root] = SAMPLER.exec(text) ?? [];
  if (root !== 'always_on' && root !== 'always_off' && root !== 'traceidratio') {
    return faults.error(
      `OTEL_TRACES_SAMPLER: expected always_on, always_off or traceidratio, each also as parentbased_…, got ${JSON.stringify(text)}`,
    );
  }
  if (!/^(?:0?\.\d+|[01](?:\.0*)?)$/.test(ratio))
    return faults.error(`OTEL_TRACES_SAMPLER_ARG: expected a ratio from 0 to 1, got ${JSON.stringify(ratio)}`);
  return { root, parentBased: parentBased !== undefined, ratio: Number(ratio) };
}

/**
 * `key=value,…`, percent-encoded
 * (https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable).
 */
function readAttributes(text: string, faults: Faults): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  const read = pairs.map((pair) =>
    /^([^=]+)=([^=]*)$/
      .exec(pair)
      ?.slice(1)
      .map((part) => decoded(part.trim())),
  );
  const wrong = read.findIndex((parts) => parts === undefined || parts[0] === '' || parts.includes(undefined));
  if (wrong !== -1)
    return faults.error(
      `OTEL_RESOURCE_ATTRIBUTES: expected key=value, separated by commas, with = and , inside them as %3D and %2C, got ${JSON.stringify(pairs[wrong])}`,
    );
  return Object.fromEntries(read.map((parts) => [parts?.[0] ?? '', parts?.[1] ?? '']));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
