/** A proxy's figures of the last hour, from its own metrics and the platform's. */
import type { MetricName } from '../../proxy/telemetry/metrics.ts';
import { awsFailure, clientOptions } from './aws.ts';
import type { Runtime } from './runtime.ts';
import type { Stack } from './stack.ts';

export interface Measured {
  readonly calls: number;
  readonly denials: number;
  /** Upstream unreachable, too slow, or refusing. */
  readonly upstreamErrors: number;
  /** A control or the proxy itself failed. */
  readonly internalErrors: number;
  readonly toolErrors: number;
  readonly throttled: number;
  readonly coldStarts: number;
  /** Milliseconds from a request's arrival to the end of its reply; undefined without requests. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Calls that AgentCore refused before they reached the proxy. */
  readonly platformThrottles: number;
}

const HOUR_S = 3600;
const PLATFORM = 'AWS/Bedrock-AgentCore';

interface Query {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: 'Sum' | 'p50' | 'p95';
}

/** Undefined if the runtime prints no metrics. */
export async function measure(
  { region, outputs }: Stack,
  { environment }: Runtime,
  now = Date.now(),
): Promise<Measured | undefined> {
  const { METRICS_NAMESPACE: namespace, PROXY_NAME: proxy } = environment;
  if (namespace === undefined || proxy === undefined) return undefined;
  const own = (id: string, metric: MetricName, stat: Query['stat'] = 'Sum'): Query => ({
    id,
    namespace,
    metric,
    dimensions: { Proxy: proxy },
    stat,
  });
  const values = await ask(region, now, [
    own('calls', 'Calls'),
    own('denials', 'Denials'),
    own('upstream', 'UpstreamErrors'),
    own('internal', 'InternalErrors'),
    own('tool', 'ToolErrors'),
    own('throttled', 'Throttled'),
    own('cold', 'ColdStarts'),
    own('p50', 'Latency', 'p50'),
    own('p95', 'Latency', 'p95'),
    {
      id: 'platform',
      namespace: PLATFORM,
      metric: 'Throttles',
      stat: 'Sum',
      dimensions: { Operation: 'InvokeAgentRuntime', Name: `${proxy}::DEFAULT`, Resource: outputs.runtimeArn },
    },
  ]);
  const sum = (id: string): number => (values.get(id) ?? []).reduce((total, value) => total + value, 0);
  // If periods begin on the hour, an hour comes in two parts; of two percentiles use the higher, which never looks
  // better than it was.
  const highest = (id: string): number | undefined =>
    (values.get(id) ?? []).length === 0 ? undefined : Math.max(...(values.get(id) ?? []));
  return {
    calls: sum('calls'),
    denials: sum('denials'),
    upstreamErrors: sum('upstream'),
    internalErrors: sum('internal'),
    toolErrors: sum('tool'),
    throttled: sum('throttled'),
    coldStarts: sum('cold'),
    p50: highest('p50'),
    p95: highest('p95'),
    platformThrottles: sum('platform'),
  };
}

async function ask(
  region: string,
  now: number,
  queries: readonly Query[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(clientOptions(region));
  const end = Math.ceil(now / 60_000) * 60_000;
  try {
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(end - HOUR_S * 1000),
        EndTime: new Date(end),
        MetricDataQueries: queries.map(({ id, namespace, metric, dimensions, stat }) => ({
          Id: id,
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: metric,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            // Sums per minute: a period that begins before the hour would include earlier calls.
            Period: stat === 'Sum' ? 60 : HOUR_S,
            Stat: stat,
          },
        })),
      }),
    );
    return new Map(MetricDataResults.map(({ Id = '', Values = [] }) => [Id, Values]));
  } catch (error) {
    throw awsFailure(error, 'read the metrics', 'cloudwatch:GetMetricData');
  } finally {
    client.destroy();
  }
}
