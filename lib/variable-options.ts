/**
 * Options that become environment variables of the container, for the construct and for an entry of `deployments.ts`. A
 * new one is declared only here, with its variable: the construct and entries accept it, check it and bind it.
 */
import type { Stack } from 'aws-cdk-lib';
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { ProcessVariable } from '../proxy/config/process-variables.ts';
import { SECRET } from './arn.ts';
import { exception, forwardProxyUrl } from './rules/forward-proxy.ts';
import { httpsUrl } from './rules/https-url.ts';
import { isRecord, listOf, type Member, needed, object, optional, type Parse, text, textBy } from './rules/parse.ts';
import { saying, schemaOf } from './rules/schema.ts';
import { TEXTS } from './rules/texts.ts';

export interface VariableOptions {
  /**
   * Hosts that `Host` and `Origin` may name.
   * @default - not checked behind the platform, which doesn't pass `Origin` on
   */
  readonly allowedHosts?: readonly string[];

  /**
   * The forward proxy that connections with TLS go through: upstreams, token endpoints, keys of issuers and AWS.
   * `http://HOST:PORT` or `https://HOST:PORT`, without credentials.
   * @default - direct connections
   */
  readonly httpsProxy?: string;

  /**
   * The same for connections without TLS, which only `plainHttpHosts` have.
   * @default - direct connections
   */
  readonly httpProxy?: string;

  /**
   * What is connected to directly all the same: hosts, domains, addresses, networks.
   * @default - nothing but this machine
   */
  readonly noProxy?: readonly string[];

  /**
   * A secret with the forward proxy's credentials: USER:PASSWORD, or JSON with username and password. It is read directly,
   * so `noProxy` names Secrets Manager (`.amazonaws.com`), which the runtime's network must reach.
   * @default - the forward proxy wants none
   */
  readonly forwardProxySecretArn?: string;

  /**
   * A secret with certificates of private authorities (PEM), which are trusted besides the public ones. It is read before
   * they are trusted. Certificates that don't change belong into the image: `caFile`.
   * @default - only public authorities
   */
  readonly caSecretArn?: string;

  /**
   * Hosts of upstreams that may be reached without TLS, inside a private network: exact names or addresses. Everything that
   * is sent there, credentials included, can be read and changed on the way.
   * @default - none
   */
  readonly plainHttpHosts?: readonly string[];

  /**
   * Where spans are sent: an OTLP/HTTP endpoint, or `'xray'` for CloudWatch's own in this region, signed with the
   * execution role.
   * @default - no traces, and no code is loaded for them
   */
  readonly traces?: Traces;

  /**
   * Where the metric `mcp.server.operation.duration` is sent: the whole URL of an OTLP/HTTP endpoint for metrics.
   * @default - CloudWatch's metrics only
   */
  readonly metricsEndpoint?: string;
}

type Traces = 'xray' | { readonly otlpEndpoint: string };

interface VariableOption<T> extends Member<T, false> {
  /** A variable that the proxy reads. */
  readonly variable: ProcessVariable;
  readonly value: (option: T, stack: Stack) => string;
  /** The permissions that the execution role needs for it. @default - none */
  readonly statements?: (option: T) => readonly PolicyStatementProps[];
}

type Given = { readonly [K in keyof VariableOptions]-?: NonNullable<VariableOptions[K]> };

/**
 * The permissions to send spans to X-Ray's OTLP endpoint (`https://xray.REGION.amazonaws.com/v1/traces`). X-Ray has no
 * resources for them, so each is on `*`. The account needs Transaction Search, which stores the spans.
 */
export const XRAY_OTLP_ACTIONS: readonly string[] = [
  'xray:PutTraceSegments',
  'xray:PutSpans',
  'xray:PutSpansForIndexing',
];

const endpoint = object({ otlpEndpoint: needed(httpsUrl()) });
const traces: Parse<Traces> = saying(
  () => ({ anyOf: [{ const: 'xray' }, schemaOf(endpoint)] }),
  (value, place) => {
    if (value === 'xray') return value;
    return isRecord(value) ? endpoint(value, place) : place.expected('"xray" or an object with otlpEndpoint', value);
  },
);

const list = (items: readonly string[]): string => items.join(',');

export const VARIABLE_OPTIONS: { readonly [K in keyof Given]: VariableOption<Given[K]> } = {
  allowedHosts: {
    ...optional(listOf(textBy(TEXTS.host), 'hosts', { min: 1 })),
    variable: 'ALLOWED_HOSTS',
    value: list,
  },
  httpsProxy: { ...optional(forwardProxyUrl), variable: 'HTTPS_PROXY', value: (url) => url },
  httpProxy: { ...optional(forwardProxyUrl), variable: 'HTTP_PROXY', value: (url) => url },
  noProxy: { ...optional(listOf(exception, 'exceptions', { min: 1 })), variable: 'NO_PROXY', value: list },
  caSecretArn: {
    ...optional(text(SECRET.pattern, `${SECRET.what} (${SECRET.example})`)),
    variable: 'CA_BUNDLE',
    value: (arn) => arn,
    statements: (arn) => [{ sid: 'ReadAuthorities', actions: ['secretsmanager:GetSecretValue'], resources: [arn] }],
  },
  forwardProxySecretArn: {
    ...optional(text(SECRET.pattern, `${SECRET.what} (${SECRET.example})`)),
    variable: 'FORWARD_PROXY_SECRET',
    value: (arn) => arn,
    statements: (arn) => [
      { sid: 'ReadForwardProxySecret', actions: ['secretsmanager:GetSecretValue'], resources: [arn] },
    ],
  },
  plainHttpHosts: {
    ...optional(listOf(textBy(TEXTS.plainHost), 'hosts', { min: 1 })),
    variable: 'PLAIN_HTTP_HOSTS',
    value: list,
  },
  traces: {
    ...optional(traces),
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    value: (to, stack) => (to === 'xray' ? `https://xray.${stack.region}.${stack.urlSuffix}` : to.otlpEndpoint),
    statements: (to) =>
      to === 'xray' ? [{ sid: 'SendSpans', actions: [...XRAY_OTLP_ACTIONS], resources: ['*'] }] : [],
  },
  metricsEndpoint: { ...optional(httpsUrl()), variable: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', value: (url) => url },
};

// The keys of an object literal are those of its type.
const NAMES = Object.keys(VARIABLE_OPTIONS) as readonly (keyof VariableOptions)[];

export interface BoundOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatementProps[];
}

/** Variables and permissions for the options that are given. */
export function bindOptions(options: VariableOptions, stack: Stack): BoundOptions {
  const bound = NAMES.map((name) => bindOption(name, options, stack));
  return {
    environment: Object.fromEntries(bound.flatMap(({ environment }) => Object.entries(environment))),
    statements: bound.flatMap(({ statements }) => statements),
  };
}

function bindOption<K extends keyof Given>(
  name: K,
  options: { readonly [P in K]?: Given[P] },
  stack: Stack,
): BoundOptions {
  const given: Given[K] | undefined = options[name];
  const { variable, value, statements }: VariableOption<Given[K]> = VARIABLE_OPTIONS[name];
  return given === undefined
    ? { environment: {}, statements: [] }
    : { environment: { [variable]: value(given, stack) }, statements: statements?.(given) ?? [] };
}
