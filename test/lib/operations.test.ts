import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { METRIC_NAMES, METRICS_NAMESPACE, ProxyMetrics } from '../../lib/metrics.ts';
import { addOperations, type OperationsProps } from '../../lib/operations.ts';

const ARN = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/calc-AbCdEfGhIj';

interface Synthesized {
  readonly template: Template;
}

function synthesize(props: (stack: Stack) => Partial<OperationsProps> = () => ({})): Synthesized {
  const stack = new Stack(new App(), 'S', { env: { account: '111122223333', region: 'eu-west-1' } });
  addOperations(stack, {
    proxyName: 'calc',
    runtimeArn: ARN,
    logGroupName: '/aws/bedrock-agentcore/runtimes/calc-AbCdEfGhIj-DEFAULT',
    ...props(stack),
  });
  return { template: Template.fromStack(stack) };
}

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly region?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly query?: string;
  };
}

/** The body is text that contains the region, which CloudFormation fills in. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  return join[1].map((part) => (typeof part === 'string' ? part : 'eu-west-1')).join(join[0]);
}

function widgetsOf({ template }: Synthesized): Widget[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const { widgets } = JSON.parse(textOf(dashboard?.['Properties'].DashboardBody)) as { widgets: Widget[] };
  return widgets;
}

describe('the dashboard', () => {
  test('shows every metric that a proxy prints, under its namespace and name', () => {
    const text = JSON.stringify(widgetsOf(synthesize()));
    for (const name of METRIC_NAMES)
      expect(text).toMatch(
        new RegExp(`"${METRICS_NAMESPACE}","${name}","Proxy","calc"|MetricName=\\\\\\\\?\\\\?"${name}\\\\\\\\?\\\\?"`),
      );
  });

  test('finds methods and controls by searching, so that no list has to be maintained', () => {
    const metrics = widgetsOf(synthesize()).flatMap(({ properties }) => properties.metrics ?? []);
    const expressions = metrics
      .map(([first]) => (first as { readonly expression?: string }).expression)
      .filter((expression) => expression?.startsWith('SEARCH'));
    expect(expressions).toEqual([
      `SEARCH('{AgentCoreMcpProxy,Proxy,Method} MetricName="Calls" Proxy="calc"', 'Sum', 300)`,
      `SEARCH('{AgentCoreMcpProxy,Proxy,Control} MetricName="Denials" Proxy="calc"', 'Sum', 300)`,
      `SEARCH('{AgentCoreMcpProxy,Proxy,Control} MetricName="Answers" Proxy="calc"', 'Sum', 300)`,
    ]);
  });

  test("shows the platform's own metrics of the runtime's DEFAULT endpoint", () => {
    const text = JSON.stringify(widgetsOf(synthesize()));
    for (const name of ['Invocations', 'Throttles', 'SystemErrors', 'UserErrors']) {
      expect(text).toContain(
        `["AWS/Bedrock-AgentCore","${name}","Name","calc::DEFAULT","Operation","InvokeAgentRuntime","Resource","${ARN}"`,
      );
    }
  });

  test("estimates the cost from the platform's meter", () => {
    const widgets = widgetsOf(synthesize()).filter(
      ({ properties }) => properties.title?.startsWith('Estimated cost') === true,
    );
    expect(widgets.map(({ type }) => type)).toEqual(['metric', 'metric']);
    for (const { properties } of widgets) {
      const text = JSON.stringify(properties.metrics);
      expect(text).toContain('"cpu * 0.0895 + memory * 0.00945"');
      for (const name of ['CPUUsed-vCPUHours', 'MemoryUsed-GBHours'])
        expect(text).toContain(`["AWS/Bedrock-AgentCore","${name}","Resource","${ARN}","Service","AgentCore.Runtime"`);
    }
  });

  test('has a different name for each proxy and region', () => {
    synthesize().template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: 'mcp-proxy-calc-eu-west-1',
    });
    const stack = new Stack(new App(), 'Agnostic');
    addOperations(stack, { proxyName: 'calc', runtimeArn: ARN, logGroupName: 'g' });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['mcp-proxy-calc-', { Ref: 'AWS::Region' }]] },
    });
  });

  test('has widgets within 24 columns that do not overlap', () => {
    const widgets = widgetsOf(synthesize());
    for (const a of widgets) {
      expect(a.x + a.width).toBeLessThanOrEqual(24);
      for (const b of widgets) {
        const apart =
          a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.properties.title} and ${b.properties.title}`).toBe(true);
      }
    }
  });

  test('shows the latest failed calls, from the audit lines', () => {
    const [log] = widgetsOf(synthesize()).filter(({ type }) => type === 'log');
    expect(log?.properties.query).toMatch(
      /^SOURCE '\/aws\/bedrock-agentcore\/runtimes\/calc-AbCdEfGhIj-DEFAULT' \| .*filter event = "call" and outcome != "ok"/s,
    );
  });

  test('is left out on request, and the alarms stay', () => {
    const { template } = synthesize(() => ({ dashboard: false }));
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
  });
});

describe('the alarms', () => {
  test('do not fire for a proxy without calls', () => {
    for (const alarm of Object.values(synthesize().template.findResources('AWS::CloudWatch::Alarm'))) {
      expect(alarm['Properties']).toMatchObject({
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    }
  });

  test('watch the rate of upstream errors, internal errors, throttles of the platform and p95 of the latency', () => {
    const { template } = synthesize();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 5,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'IF(failed >= 5, 100 * failed / calls, 0)' })]),
    });
    const dimensions = [{ Name: 'Proxy', Value: 'calc' }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: METRICS_NAMESPACE,
      MetricName: 'InternalErrors',
      Statistic: 'Sum',
      Threshold: 1,
      EvaluationPeriods: 1,
      Dimensions: dimensions,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Bedrock-AgentCore',
      MetricName: 'Throttles',
      Statistic: 'Sum',
      Threshold: 1,
      DatapointsToAlarm: 2,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: METRICS_NAMESPACE,
      MetricName: 'Latency',
      ExtendedStatistic: 'p95',
      Threshold: 30_000,
      Dimensions: dimensions,
    });
  });

  test('notify the topic, if there is one', () => {
    const notifying = synthesize((stack) => ({
      alarmTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:eu-west-1:111122223333:ops'),
    }));
    for (const alarm of Object.values(notifying.template.findResources('AWS::CloudWatch::Alarm')))
      expect(alarm['Properties'].AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111122223333:ops']);
    for (const alarm of Object.values(synthesize().template.findResources('AWS::CloudWatch::Alarm')))
      expect(alarm['Properties'].AlarmActions).toBeUndefined();
  });
});

describe('the metrics of a proxy', () => {
  const metrics = new ProxyMetrics('calc');

  test('carry its name, and the requested options', () => {
    expect(metrics.metricDenials({ dimensionsMap: { Control: 'policy' } })).toMatchObject({
      namespace: METRICS_NAMESPACE,
      metricName: 'Denials',
      statistic: 'Sum',
      dimensions: { Proxy: 'calc', Control: 'policy' },
    });
    expect(metrics.metricLatency()).toMatchObject({
      metricName: 'Latency',
      statistic: 'p95',
      dimensions: { Proxy: 'calc' },
    });
    expect(metrics.metricLatency({ statistic: 'p50' })).toMatchObject({ statistic: 'p50' });
  });

  test('each have a method named after them', () => {
    for (const name of METRIC_NAMES) {
      const made: unknown = Reflect.get(metrics, `metric${name}`);
      expect((made as () => { readonly metricName: string }).call(metrics).metricName).toBe(name);
    }
  });
});
