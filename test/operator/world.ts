/** The resources in the small AWS of these tests. A test changes those that it is about. */

export interface StackThere {
  readonly name: string;
  readonly id: string;
  status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: {
    readonly logicalId: string;
    readonly physicalId: string;
    readonly type: string;
    status: string;
    readonly reason?: string;
    readonly retained?: boolean;
  }[];
}

export interface LogEvent {
  readonly group: string;
  readonly at: number;
  readonly message: string;
}

export interface World {
  readonly account: string;
  readonly region: string;
  /** Actions that the caller is not allowed. */
  readonly denied: string[];
  readonly parameters: Map<string, string>;
  readonly stacks: StackThere[];
  /** The answers of GetAgentRuntime, by id. */
  readonly runtimes: Map<string, Readonly<Record<string, unknown>>>;
  readonly endpoints: { name: string; status: string; liveVersion?: string; targetVersion?: string }[];
  readonly logGroups: Map<string, number>;
  readonly logs: LogEvent[];
  /** `Namespace MetricName Stat`, with its values. */
  readonly metrics: Map<string, readonly number[]>;
  /** By user pool: deletion protection, and the secrets of its clients. */
  readonly pools: Map<string, { protected: boolean; readonly clients: Readonly<Record<string, string>> }>;
  readonly tables: Map<string, { protected: boolean }>;
  /** True once their deletion is scheduled. */
  readonly secrets: Map<string, boolean>;
  readonly keys: Map<string, boolean>;
  /** Answers of AgentCore Identity, by action and name. */
  readonly identities: Map<string, Readonly<Record<string, unknown>>>;
}

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const STACK = 'prod-orders';
export const RUNTIME_ID = 'prod_orders-a1B2c3D4e5';
export const RUNTIME_ARN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/${RUNTIME_ID}`;
export const LOG_GROUP = `/aws/bedrock-agentcore/runtimes/${RUNTIME_ID}-DEFAULT`;
const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${STACK}/0c1d2e3f`;
export const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/cdk-hnb659fds-container-assets-${ACCOUNT}-${REGION}:0123abcd`;

/** An account with one healthy proxy. */
export function oneProxy(origin = 'http://127.0.0.1:9'): World {
  const world = emptyWorld();
  world.stacks.push({
    name: STACK,
    id: STACK_ID,
    status: 'UPDATE_COMPLETE',
    outputs: {
      RuntimeArn: RUNTIME_ARN,
      InvocationUrl: `${origin}/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=DEFAULT`,
      ExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/prod-orders-role`,
      LogGroupName: LOG_GROUP,
    },
    resources: [
      {
        logicalId: 'ProxyRuntime',
        physicalId: RUNTIME_ID,
        type: 'AWS::BedrockAgentCore::Runtime',
        status: 'CREATE_COMPLETE',
      },
    ],
  });
  world.runtimes.set(RUNTIME_ID, runtimeDocument());
  world.endpoints.push({ name: 'DEFAULT', status: 'READY', liveVersion: '3', targetVersion: '3' });
  world.logGroups.set(LOG_GROUP, 2048);
  return world;
}

export function runtimeDocument(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    agentRuntimeArn: RUNTIME_ARN,
    agentRuntimeName: 'prod_orders',
    agentRuntimeId: RUNTIME_ID,
    agentRuntimeVersion: '3',
    createdAt: '2026-11-20T10:00:00Z',
    lastUpdatedAt: new Date(Date.now() - 5 * 60_000).toISOString(),
    roleArn: `arn:aws:iam::${ACCOUNT}:role/prod-orders-role`,
    networkConfiguration: { networkMode: 'PUBLIC' },
    status: 'READY',
    lifecycleConfiguration: {},
    platformVersion: 'V1',
    agentRuntimeArtifact: { containerConfiguration: { containerUri: IMAGE } },
    protocolConfiguration: { serverProtocol: 'MCP' },
    environmentVariables: { PROXY_NAME: 'prod_orders', METRICS_NAMESPACE: 'AgentCoreMcpProxy' },
    ...more,
  };
}

export function emptyWorld(): World {
  return {
    account: ACCOUNT,
    region: REGION,
    denied: [],
    parameters: new Map([['/cdk-bootstrap/hnb659fds/version', '30']]),
    stacks: [],
    runtimes: new Map(),
    endpoints: [],
    logGroups: new Map(),
    logs: [],
    metrics: new Map(),
    pools: new Map(),
    tables: new Map(),
    secrets: new Map(),
    keys: new Map(),
    identities: new Map(),
  };
}
