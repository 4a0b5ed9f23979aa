import { describe, expect, test } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { settingsOf } from '../../proxy/config/config.ts';
import { describeProxy } from '../../proxy/config/describe.ts';
import { readTelemetry, type TelemetryBindings } from '../../proxy/telemetry/bindings.ts';

function read(environment: Readonly<Record<string, string>>): {
  readonly bindings: TelemetryBindings;
  readonly faults: readonly string[];
} {
  const faults = new Faults();
  return { bindings: readTelemetry(environment, faults), faults: faults.errors };
}

test('nothing is bound if the environment has nothing, or only a name', () => {
  for (const environment of [
    {},
    { PROXY_NAME: 'calc' },
    { METRICS_NAMESPACE: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_TRACES_SAMPLER: 'nonsense' },
  ]) {
    expect(read(environment)).toEqual({
      bindings: { metrics: undefined, durations: undefined, traces: undefined },
      faults: [],
    });
  }
});

describe('an endpoint', () => {
  test.each([
    ['https://xray.eu-west-1.amazonaws.com', 'https://xray.eu-west-1.amazonaws.com/v1/traces', 'eu-west-1'],
    [
      'https://xray.us-gov-west-1.amazonaws.com/',
      'https://xray.us-gov-west-1.amazonaws.com/v1/traces',
      'us-gov-west-1',
    ],
    ['https://xray.cn-north-1.amazonaws.com.cn', 'https://xray.cn-north-1.amazonaws.com.cn/v1/traces', 'cn-north-1'],
    ['https://otel.example/base', 'https://otel.example/base/v1/traces', undefined],
    [
      'https://xray.eu-west-1.amazonaws.com.evil.example',
      'https://xray.eu-west-1.amazonaws.com.evil.example/v1/traces',
      undefined,
    ],
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces', undefined],
  ])('%s means %s, signed for %s', (endpoint, url, region) => {
    const { bindings, faults } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    expect(faults).toEqual([]);
    expect(bindings.traces?.url.href).toBe(url);
    expect(bindings.traces?.signing).toEqual(region === undefined ? undefined : { region, service: 'xray' });
  });

  test('takes its service name from OTEL_SERVICE_NAME, then PROXY_NAME', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    const serviceOf = (more: Readonly<Record<string, string>>): string | undefined =>
      read({ ...endpoint, ...more }).bindings.traces?.resource['service.name'];
    const attributed = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs' };
    expect(serviceOf({})).toBe('agentcore-mcp-proxy');
    expect(serviceOf({ PROXY_NAME: 'calc' })).toBe('calc');
    expect(serviceOf({ PROXY_NAME: 'calc', ...attributed })).toBe('theirs');
    expect(serviceOf({ PROXY_NAME: 'calc', ...attributed, OTEL_SERVICE_NAME: 'mine' })).toBe('mine');
  });

  test('takes the attributes of its resource from OTEL_RESOURCE_ATTRIBUTES, percent-decoded', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    expect(
      read({ ...endpoint, OTEL_RESOURCE_ATTRIBUTES: ' team = agents ,note=a%2Cb%3Dc,empty=,' }).bindings.traces
        ?.resource,
    ).toEqual({ 'service.name': 'agentcore-mcp-proxy', team: 'agents', note: 'a,b=c', empty: '' });
  });
});

test('all faults are reported together, with what was got and what was expected', () => {
  expect(
    read({
      METRICS_NAMESPACE: 'Mine',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.internal:4318',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
    }).faults,
  ).toEqual([
    'PROXY_NAME: expected a name for the metrics of METRICS_NAMESPACE, got nothing',
    'OTEL_TRACES_SAMPLER: expected always_on, always_off or traceidratio, each also as parentbased_…, got "jaeger_remote"',
    'OTEL_EXPORTER_OTLP_ENDPOINT: got http://collector.internal:4318, expected https (http only to this machine)',
  ]);
});

test.each([
  [{ METRICS_NAMESPACE: 'AWS/Mine', PROXY_NAME: 'calc' }, /^METRICS_NAMESPACE: expected .*not AWS.*got "AWS\/Mine"$/],
  [{ METRICS_NAMESPACE: 'a"b', PROXY_NAME: 'calc' }, /^METRICS_NAMESPACE: expected/],
  [{ METRICS_NAMESPACE: 'Mine', PROXY_NAME: ':calc' }, /^PROXY_NAME: expected .*got ":calc"$/],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector' },
    /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: got "collector", expected a URL/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_SAMPLER_ARG: '2' },
    /^OTEL_TRACES_SAMPLER_ARG: expected a ratio from 0 to 1, got "2"$/,
  ],
])('%j is a fault', (environment, fault) => {
  expect(read(environment).faults).toEqual([expect.stringMatching(fault)]);
});

test.each(['team', '=agents', ' =agents', 'a=b=c', 'a=%zz'])(
  'the resource attribute %j is a fault, even among valid ones',
  (pair) => {
    const { faults } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_RESOURCE_ATTRIBUTES: `a=b,${pair}`,
    });
    expect(faults).toEqual([
      `OTEL_RESOURCE_ATTRIBUTES: expected key=value, separated by commas, with = and , inside them as %3D and %2C, got ${JSON.stringify(pair)}`,
    ]);
  },
);

test('--describe lists the variables as optional', () => {
  const described = describeProxy(settingsOf({ controls: [] }, []));
  const own = described.bindings.filter(({ neededBy }) => neededBy === 'telemetry');
  expect(own.map(({ name, required, kind }) => [name, required, kind])).toEqual(
    [
      'METRICS_NAMESPACE',
      'PROXY_NAME',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_TRACES_SAMPLER',
      'OTEL_TRACES_SAMPLER_ARG',
      'OTEL_METRICS_EXPORTER',
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
      'OTEL_METRIC_EXPORT_INTERVAL',
      'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
      'OTEL_SERVICE_NAME',
      'OTEL_RESOURCE_ATTRIBUTES',
    ].map((name) => [name, false, 'value']),
  );
});
