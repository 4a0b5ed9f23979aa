/**
 * The names and dimensions of the metrics that a proxy prints (`proxy/telemetry/metrics.ts`), and of the platform's
 * own. They are declared only here.
 */
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../proxy/telemetry/metrics.ts';

/** The value of `METRICS_NAMESPACE`. */
export const METRICS_NAMESPACE = 'AgentCoreMcpProxy';

/** The namespace of AgentCore's own metrics. */
const PLATFORM_NAMESPACE = 'AWS/Bedrock-AgentCore';

/** The usual statistic of a metric. */
const STATISTICS: Readonly<Record<MetricName, string>> = {
  Calls: Stats.SUM,
  Denials: Stats.SUM,
  Refusals: Stats.SUM,
  Answers: Stats.SUM,
  ToolErrors: Stats.SUM,
  RpcErrors: Stats.SUM,
  UpstreamErrors: Stats.SUM,
  InternalErrors: Stats.SUM,
  Throttled: Stats.SUM,
  Latency: Stats.percentile(95),
  UpstreamLatency: Stats.percentile(95),
  Overhead: Stats.percentile(95),
  ColdStarts: Stats.SUM,
  StartMs: Stats.percentile(50),
};

/** Every metric that a proxy may print. */
export const METRIC_NAMES = Object.keys(STATISTICS) as readonly MetricName[];

/**
 * The metrics of one proxy. All of them have the dimension `Proxy`. `Calls` and `Latency` also exist by method
 * (`dimensionsMap: { Method: 'tools/call' }`), and `Denials` and `Answers` by control (`dimensionsMap: { Control:
 * 'access-policy' }`).
 */
export class ProxyMetrics {
  /** The value of `PROXY_NAME`: the runtime's name. */
  readonly proxyName: string;

  constructor(proxyName: string) {
    this.proxyName = proxyName;
  }

  /** Over five minutes, with the usual statistic of the metric, unless `props` say otherwise. */
  metric(metricName: MetricName, props: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      statistic: STATISTICS[metricName],
      period: Duration.minutes(5),
      ...props,
      dimensionsMap: { Proxy: this.proxyName, ...props.dimensionsMap },
    });
  }

  /** Client messages that reached the controls: requests, notifications, responses, streams. */
  metricCalls(props?: MetricOptions): Metric {
    return this.metric('Calls', props);
  }

  /** Calls that a control refused, or whose reply a control refused. */
  metricDenials(props?: MetricOptions): Metric {
    return this.metric('Denials', props);
  }

  /** HTTP requests refused before any control: invalid JSON, a forbidden host or origin, no caller, another path. */
  metricRefusals(props?: MetricOptions): Metric {
    return this.metric('Refusals', props);
  }

  /** Requests that a control answered in the upstream's place. */
  metricAnswers(props?: MetricOptions): Metric {
    return this.metric('Answers', props);
  }

  /** Tool results with `isError`. */
  metricToolErrors(props?: MetricOptions): Metric {
    return this.metric('ToolErrors', props);
  }

  /** Requests that the upstream answered with a JSON-RPC error. */
  metricRpcErrors(props?: MetricOptions): Metric {
    return this.metric('RpcErrors', props);
  }

  /**
   * Calls whose upstream could not be reached, was too slow, refused the proxy's credentials, or answered with HTTP 5xx
   * or without MCP.
   */
  metricUpstreamErrors(props?: MetricOptions): Metric {
    return this.metric('UpstreamErrors', props);
  }

  /** Calls that failed because of a fault in the proxy or one of its controls. */
  metricInternalErrors(props?: MetricOptions): Metric {
    return this.metric('InternalErrors', props);
  }

  /** Calls that a control refused because there were too many. The platform's own throttles are a separate metric. */
  metricThrottled(props?: MetricOptions): Metric {
    return this.metric('Throttled', props);
  }

  /**
   * Milliseconds from a request's arrival to the end of its reply, for requests that were sent upstream or answered by
   * a control. Subscriptions are left out.
   */
  metricLatency(props?: MetricOptions): Metric {
    return this.metric('Latency', props);
  }

  /** Milliseconds until the upstream's response headers arrived. Calls that a control answered have none. */
  metricUpstreamLatency(props?: MetricOptions): Metric {
    return this.metric('UpstreamLatency', props);
  }

  /** Milliseconds that controls and proxy took until the upstream's response headers were passed on. */
  metricOverhead(props?: MetricOptions): Metric {
    return this.metric('Overhead', props);
  }

  /** Processes that served their first call. On AgentCore these are sessions. */
  metricColdStarts(props?: MetricOptions): Metric {
    return this.metric('ColdStarts', props);
  }

  /** Milliseconds from the start of the process until it listened. */
  metricStartMs(props?: MetricOptions): Metric {
    return this.metric('StartMs', props);
  }
}

/**
 * One of AgentCore's own metrics for the runtime's `DEFAULT` endpoint: `Invocations`, `Throttles`, `SystemErrors`,
 * `UserErrors` or `Latency`.
 */
export function platformMetric(
  runtime: { readonly name: string; readonly arn: string },
  metricName: string,
  props: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: PLATFORM_NAMESPACE,
    metricName,
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...props,
    dimensionsMap: { Operation: 'InvokeAgentRuntime', Name: `${runtime.name}::DEFAULT`, Resource: runtime.arn },
  });
}

/**
 * The resources that the runtime used, as the platform meters them: `CPUUsed-vCPUHours` or `MemoryUsed-GBHours`. Values
 * may arrive an hour late.
 */
export function usageMetric(
  runtimeArn: string,
  metricName: 'CPUUsed-vCPUHours' | 'MemoryUsed-GBHours',
  props: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: PLATFORM_NAMESPACE,
    metricName,
    statistic: Stats.SUM,
    period: Duration.hours(1),
    ...props,
    dimensionsMap: { Service: 'AgentCore.Runtime', Resource: runtimeArn },
  });
}
