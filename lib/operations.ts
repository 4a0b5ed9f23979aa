/** One dashboard and four alarms for a proxy. */
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  SearchExpression,
  SingleValueWidget,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE, platformMetric, ProxyMetrics, usageMetric } from './metrics.ts';

/** USD, on demand. Regions differ little, and the dashboard shows an estimate. */
const PRICE = { vCpuHour: 0.0895, gbHour: 0.00945 } as const;

export interface OperationsProps {
  /** The runtime's name, which is the value of `PROXY_NAME`. */
  readonly proxyName: string;
  readonly runtimeArn: string;
  /** The log group of the proxy's audit and error lines. */
  readonly logGroupName: string;
  /**
   * Whether to create a dashboard. It costs $3 a month beyond an account's first three.
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * The topic that alarms notify.
   * @default - alarms without an action
   */
  readonly alarmTopic?: ITopic;
}

export interface Operations {
  readonly metrics: ProxyMetrics;
  readonly dashboard: Dashboard | undefined;
  readonly alarms: readonly Alarm[];
}

/** Adds the dashboard and the alarms of a proxy below `scope`. */
export function addOperations(scope: Construct, props: OperationsProps): Operations {
  const metrics = new ProxyMetrics(props.proxyName);
  const alarms = addAlarms(scope, metrics, props);
  const dashboard = props.dashboard === false ? undefined : addDashboard(scope, metrics, props);
  return { metrics, dashboard, alarms };
}

/** A proxy without calls has no data, and is healthy. */
function addAlarms(
  scope: Construct,
  metrics: ProxyMetrics,
  { proxyName, runtimeArn, alarmTopic }: OperationsProps,
): Alarm[] {
  const rate = new MathExpression({
    // A few failures among a few calls are not yet a rate.
    expression: 'IF(failed >= 5, 100 * failed / calls, 0)',
    usingMetrics: { failed: metrics.metricUpstreamErrors(), calls: metrics.metricCalls() },
    label: 'upstream errors, % of calls',
    period: Duration.minutes(5),
  });
  const throttles = platformMetric({ name: proxyName, arn: runtimeArn }, 'Throttles');
  const alarm = (
    id: string,
    metric: IMetric,
    threshold: number,
    evaluationPeriods: number,
    datapointsToAlarm: number,
    alarmDescription: string,
  ): Alarm =>
    new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods,
      datapointsToAlarm,
      alarmDescription: `MCP proxy ${proxyName}: ${alarmDescription}`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  const alarms = [
    alarm(
      'UpstreamErrorsAlarm',
      rate,
      5,
      3,
      2,
      'the upstream fails 5 % of calls or more (at least 5 in 5 minutes). Look at the codes upstream-* in the audit lines',
    ),
    alarm(
      'InternalErrorsAlarm',
      metrics.metricInternalErrors(),
      1,
      1,
      1,
      'a control or the proxy itself failed. The log explains each by its errorId',
    ),
    alarm(
      'ThrottlesAlarm',
      throttles,
      1,
      3,
      2,
      "AgentCore refused calls: the account's quota of sessions or calls per second is used up",
    ),
    alarm(
      'LatencyAlarm',
      metrics.metricLatency(),
      30_000,
      3,
      3,
      'one call in twenty takes 30 seconds or more, for 15 minutes',
    ),
  ];
  if (alarmTopic !== undefined) {
    const action = new SnsAction(alarmTopic);
    for (const one of alarms) one.addAlarmAction(action);
  }
  return alarms;
}

/** Names of dashboards are unique in an account, over all regions. */
function addDashboard(scope: Construct, metrics: ProxyMetrics, props: OperationsProps): Dashboard {
  const { proxyName } = props;
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `mcp-proxy-${proxyName}-${Stack.of(scope).region}`,
    defaultInterval: Duration.hours(3),
    widgets: [
      ...callWidgets(metrics),
      ...upstreamWidgets(metrics),
      ...platformWidgets(metrics, props),
      [logWidget(props)],
    ],
  });
}

function graph(
  title: string,
  left: readonly IMetric[],
  {
    label,
    width = 8,
    stacked = false,
  }: { readonly label?: string; readonly width?: number; readonly stacked?: boolean } = {},
): GraphWidget {
  return new GraphWidget({
    title,
    left: [...left],
    width,
    stacked,
    leftYAxis: { min: 0, ...(label === undefined ? {} : { label, showUnits: false }) },
  });
}

/** One line for each value of a dimension, so that no list of methods or controls has to match the config. */
function by(metrics: ProxyMetrics, metricName: string, dimension: 'Method' | 'Control'): SearchExpression {
  return new SearchExpression({
    expression: `SEARCH('{${METRICS_NAMESPACE},Proxy,${dimension}} MetricName="${metricName}" Proxy="${metrics.proxyName}"', 'Sum', 300)`,
    // Each line is then labelled with its value.
    label: '',
    period: Duration.minutes(5),
  });
}

function callWidgets(metrics: ProxyMetrics): IWidget[][] {
  const latency = ([50, 95, 99] as const).map((p) =>
    metrics.metricLatency({ statistic: Stats.percentile(p), label: `p${p}` }),
  );
  return [
    [
      graph('Calls by method', [by(metrics, 'Calls', 'Method')], { stacked: true }),
      graph('Denials by control', [by(metrics, 'Denials', 'Control')], { stacked: true }),
      graph('Latency of requests', latency, { label: 'ms' }),
    ],
    [
      graph('Errors', [
        metrics.metricToolErrors(),
        metrics.metricRpcErrors(),
        metrics.metricUpstreamErrors(),
        metrics.metricInternalErrors(),
      ]),
      graph('Turned away', [
        metrics.metricThrottled({ label: 'Throttled by a control' }),
        metrics.metricRefusals({ label: 'Refused before any control' }),
      ]),
      graph(
        'Where the time goes, p95 to the response headers',
        [metrics.metricUpstreamLatency({ label: 'upstream' }), metrics.metricOverhead({ label: 'controls and proxy' })],
        { label: 'ms' },
      ),
    ],
  ];
}

function upstreamWidgets(metrics: ProxyMetrics): IWidget[][] {
  const start = [
    metrics.metricStartMs({ label: 'p50' }),
    metrics.metricStartMs({ statistic: Stats.percentile(95), label: 'p95' }),
  ];
  return [
    [
      graph('Cold starts', [metrics.metricColdStarts()]),
      graph('Start of the process', start, { label: 'ms' }),
      graph('Answered by a control', [by(metrics, 'Answers', 'Control')], { stacked: true }),
    ],
  ];
}

function platformWidgets({ proxyName: name }: ProxyMetrics, { runtimeArn: arn }: OperationsProps): IWidget[][] {
  const platform = (metricName: string): IMetric => platformMetric({ name, arn }, metricName);
  const cost = (period: Duration, label: string): MathExpression =>
    new MathExpression({
      expression: `cpu * ${PRICE.vCpuHour} + memory * ${PRICE.gbHour}`,
      usingMetrics: {
        cpu: usageMetric(arn, 'CPUUsed-vCPUHours', { period }),
        memory: usageMetric(arn, 'MemoryUsed-GBHours', { period }),
      },
      label,
      period,
    });
  return [
    [
      graph('AgentCore: invocations and throttles', [platform('Invocations'), platform('Throttles')]),
      graph('AgentCore: errors', [platform('SystemErrors'), platform('UserErrors')]),
      graph('AgentCore: usage', [usageMetric(arn, 'CPUUsed-vCPUHours'), usageMetric(arn, 'MemoryUsed-GBHours')]),
    ],
    [
      graph('Estimated cost of the runtime, USD an hour', [cost(Duration.hours(1), 'USD')], { width: 16 }),
      new SingleValueWidget({
        title: 'Estimated cost in the time shown, USD',
        metrics: [cost(Duration.hours(1), 'USD')],
        setPeriodToTimeRange: true,
        width: 8,
        height: 6,
      }),
    ],
  ];
}

function logWidget({ logGroupName }: OperationsProps): IWidget {
  return new LogQueryWidget({
    title: 'Latest calls that failed',
    logGroupNames: [logGroupName],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'fields @timestamp, method, name, outcome, code, ms.total',
      'filter event = "call" and outcome != "ok"',
      'sort @timestamp desc',
      'limit 20',
    ],
    width: 24,
    height: 6,
  });
}
