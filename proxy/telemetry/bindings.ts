/** The bindings of metrics and traces, all optional. */
import { type Environment, type Faults, given } from '../base/environment.ts';
import { parseEndpoint } from '../credentials/endpoint.ts';

/** What each variable is for; all are optional. */
export const TELEMETRY_VARIABLES = {
  METRICS_NAMESPACE: 'metrics: the CloudWatch namespace to print embedded-metric lines for; needs PROXY_NAME',
  PROXY_NAME: 'metrics, traces: what this proxy is called there',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    "traces: where OTLP/HTTP goes, without /v1/traces; X-Ray's (https://xray.REGION.amazonaws.com) is signed for",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces: instead of it, the whole URL',
  OTEL_TRACES_SAMPLER:
    'traces: always_on | always_off | traceidratio, each also parentbased_…; default parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: 'traces: the ratio, 0 to 1; default 1',
  OTEL_SERVICE_NAME: 'traces: the name of the service; default PROXY_NAME',
  OTEL_RESOURCE_ATTRIBUTES: 'traces: further attributes of the resource, key=value, separated by commas',
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
  /** The `service.name` of the spans. */
  readonly service: string;
  readonly sampler: {
    readonly root: 'always_on' | 'always_off' | 'traceidratio';
    readonly parentBased: boolean;
    readonly ratio: number;
  };
}

export interface TelemetryBindings {
  readonly metrics: MetricsBindings | undefined;
  readonly traces: TracesBindings | undefined;
}

export function readTelemetry(environment: Environment, faults: Faults): TelemetryBindings {
  return { metrics: readMetrics(environment, faults), traces: readTraces(environment, faults) };
}

/**
 * CloudWatch's rules for namespaces and dimension values, without the characters that break searches and dashboards.
 */
const METRIC_TEXT = /^[\w./#-][\w./#: -]{0,254}$/;

function readMetrics(environment: Environment, faults: Faults): MetricsBindings | undefined {
  const namespace = given(environment, 'METRICS_NAMESPACE');
  if (namespace === undefined) return undefined;
  const proxy = given(environment, 'PROXY_NAME');
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

/** X-Ray's endpoint, also used by CloudWatch's Transaction Search: `xray.REGION.amazonaws.com`, in any partition. */
const XRAY = /^xray(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;
const SAMPLER = /^(parentbased_)?(always_on|always_off|traceidratio)$/;

function readTraces(environment: Environment, faults: Faults): TracesBindings | undefined {
  const whole = given(environment, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = given(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const text = whole ?? base;
  if (text === undefined) return undefined;
  const parsed = parseEndpoint(
    text,
    whole === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  );
  const sampler = readSampler(environment, faults);
  if ('error' in parsed) return faults.error(parsed.error);
  if (sampler === undefined) return undefined;
  const { url } = parsed;
  if (whole === undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  const region = XRAY.exec(url.hostname)?.[1];
  return {
    url,
    signing: region === undefined ? undefined : { region, service: 'xray' },
    service: given(environment, 'OTEL_SERVICE_NAME') ?? given(environment, 'PROXY_NAME') ?? 'agentcore-mcp-proxy',
    sampler,
  };
}

function readSampler(environment: Environment, faults: Faults): TracesBindings['sampler'] | undefined {
  const text = given(environment, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const argument = given(environment, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const [, parentBased, root] = SAMPLER.exec(text) ?? [];
  if (root !== 'always_on' && root !== 'always_off' && root !== 'traceidratio') {
    return faults.error(
      `OTEL_TRACES_SAMPLER: expected always_on, always_off or traceidratio, each also as parentbased_…, got ${JSON.stringify(text)}`,
    );
  }
  if (!/^(?:0?\.\d+|[01](?:\.0*)?)$/.test(argument))
    return faults.error(`OTEL_TRACES_SAMPLER_ARG: expected a ratio from 0 to 1, got ${JSON.stringify(argument)}`);
  return { root, parentBased: parentBased !== undefined, ratio: Number(argument) };
}
