/**
 * A proxy on AgentCore Runtime: image, role, runtime, authorizer, endpoints, logs, and what its config's controls need.
 */
import { Annotations, Duration, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import {
  PlatformVersion,
  ProtocolType,
  type Runtime,
  type RuntimeEndpoint,
  RuntimeNetworkConfiguration,
} from 'aws-cdk-lib/aws-bedrockagentcore';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { image, zip } from './artifact.ts';
import { checkBaseImage } from './base-image.ts';
import { checkProps } from './check-props.ts';
import { ExecutionRole } from './execution-role.ts';
import { Faults } from './faults.ts';
import { grantInvoke, type Invocable } from './grant-invoke.ts';
import { keepLogs } from './log-retention.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { Only } from './only.ts';
import { addOperations } from './operations.ts';
import { planProxy } from './plan.ts';
import type { McpProxyProps } from './props.ts';
import { ProxyRuntime } from './proxy-runtime.ts';
import { LIFETIME } from './rules/lifetime.ts';
import { INVOKE, RuntimePolicy } from './runtime-policy.ts';
import { showControls } from './shown-controls.ts';
import type { VariableOptions } from './variable-options.ts';
import { addHooks } from './warm-up.ts';

/**
 * An MCP proxy on AgentCore Runtime.
 *
 * ```ts
 * new McpProxy(this, 'Proxy', { upstream: ProxyUpstream.gateway(gateway) });
 * ```
 */
export class McpProxy extends Construct {
  /** CDK's own runtime; its grants allow callers as `proxy.grantInvoke` does. */
  readonly runtime: Runtime;
  readonly runtimeName: string;
  readonly runtimeArn: string;
  /** The MCP endpoint of the runtime's `DEFAULT` endpoint. */
  readonly invocationUrl: string;
  /**
   * The execution role. Its permissions follow from the properties and the config. Further grants
   * (`bucket.grantRead(proxy.executionRole)`) go into a separate policy.
   */
  readonly executionRole: IRole;
  /** The log group of the `DEFAULT` endpoint. */
  readonly logGroupName: string;
  /** The endpoints besides `DEFAULT`, by name. */
  readonly endpoints: Readonly<Record<string, RuntimeEndpoint>>;
  /** The MCP URLs of those endpoints, by name, as `invocationUrl` for `DEFAULT`. */
  readonly endpointUrls: Readonly<Record<string, string>>;
  readonly metrics: ProxyMetrics;
  /** The user pool for callers, if `InboundAuth.newUserPool(…)` created one. */
  readonly userPool?: IUserPool;
  /** The machine client of that user pool. */
  readonly userPoolClient?: IUserPoolClient;
  /** The URL where that client gets its tokens. */
  readonly tokenUrl?: string;

  readonly #jwt: boolean;
  readonly #invocable: Invocable;

  constructor(scope: Construct, id: string, props: McpProxyProps) {
    super(scope, id);
    // Every property is named here, except those that become variables, so that a new one doesn't compile until it is
    // used.
    const {
      upstream,
      upstreamAuth,
      upstreams,
      inboundAuth,
      callersFrom,
      config,
      caFile,
      runtimeName: givenName,
      bindings = {},
      vpc,
      platformVersion = PlatformVersion.V1,
      idleTimeout = Duration.seconds(LIFETIME.idle),
      maxLifetime = Duration.seconds(LIFETIME.life),
      logRetention: retention = RetentionDays.SIX_MONTHS,
      alarmTopic,
      removalPolicy = RemovalPolicy.RETAIN,
      tags = {},
      description,
      endpoints = [],
      allGateways = false,
      dashboard = true,
      artifact: kind = 'image',
      baseImage,
      baseImageDigest,
      ...variables
    } = props;
    variables satisfies Only<VariableOptions, typeof variables>;
    const faults = new Faults();
    const base = {
      artifact: kind,
      ...(baseImage === undefined ? {} : { baseImage }),
      ...(baseImageDigest === undefined ? {} : { baseImageDigest }),
    };
    checkProps(props, Stack.of(this), faults);
    checkBaseImage(this, base, faults);
    const plan = planProxy(
      this,
      {
        upstreams: {
          ...(upstream === undefined ? {} : { upstream }),
          ...(upstreamAuth === undefined ? {} : { upstreamAuth }),
          ...(upstreams === undefined ? {} : { upstreams }),
        },
        inboundAuth,
        config,
        caFile,
        runtimeName: givenName,
        bindings,
        vpc,
        platformVersion,
        allGateways,
        removalPolicy,
        variables,
      },
      faults,
    );
    const { inbound, runtimeName } = plan;
    const { artifact, statements } = kind === 'zip' ? zip(this, plan.built) : image(this, plan.built, base);

    this.runtimeName = runtimeName;
    const executionRole = new ExecutionRole(this, 'ExecutionRole', {
      runtimeName,
      artifact: statements,
      uses: plan.uses,
    });
    this.executionRole = executionRole;
    this.runtime = new ProxyRuntime(this, 'Runtime', {
      allow: (grantee, actions) => this.#allow(grantee, actions),
      runtimeName,
      agentRuntimeArtifact: artifact,
      executionRole,
      description: description ?? `MCP proxy in front of ${plan.shownUpstreams}`,
      protocolConfiguration: ProtocolType.MCP,
      platformVersion,
      networkConfiguration:
        vpc === undefined
          ? RuntimeNetworkConfiguration.usingPublicNetwork()
          : RuntimeNetworkConfiguration.usingVpc(this, { ...vpc }),
      environmentVariables: { ...plan.environment },
      lifecycleConfiguration: { idleRuntimeSessionTimeout: idleTimeout, maxLifetime },
      authorizerConfiguration: inbound.authorizer,
      ...(plan.headers.length === 0 ? {} : { requestHeaderConfiguration: { allowlistedHeaders: plan.headers } }),
    });
    addHooks(this.runtime, plan.warmUp);
    executionRole.acceptGrants();
    showControls(this.runtime, plan.built.described);
    // Its account and region are known only at deploy time, in every stack: nothing can be done about that.
    Annotations.of(this.runtime).acknowledgeInfo('aws-cdk-lib.aws-bedrockagentcore:containerUriValidationSkipped');
    this.runtimeArn = this.runtime.agentRuntimeArn;
    this.invocationUrl = this.#invocationUrl('DEFAULT');
    this.endpoints = this.#addEndpoints(endpoints);
    // An endpoint's URL is known before the endpoint exists, so the output waits for it.
    this.endpointUrls = Object.fromEntries(
      Object.keys(this.endpoints).map((name) => [name, this.#invocationUrl(name)]),
    );
    this.#invocable = this.#access(inbound.jwt, callersFrom);

    const logGroupOf = (endpoint: string): string =>
      `/aws/bedrock-agentcore/runtimes/${this.runtime.agentRuntimeId}-${endpoint}`;
    this.logGroupName = logGroupOf('DEFAULT');
    const logs = new Construct(this, 'Logs');
    for (const endpoint of ['DEFAULT', ...Object.keys(this.endpoints)])
      keepLogs(logs, endpoint, { runtimeName, logGroupName: logGroupOf(endpoint), retention, removalPolicy });

    this.metrics = addOperations(new Construct(this, 'Operations'), {
      proxyName: runtimeName,
      runtimeArn: this.runtimeArn,
      logGroupName: this.logGroupName,
      dashboard,
      ...(alarmTopic === undefined ? {} : { alarmTopic }),
    }).metrics;
    this.#jwt = inbound.jwt;
    if (inbound.userPool !== undefined) this.userPool = inbound.userPool;
    if (inbound.userPoolClient !== undefined) this.userPoolClient = inbound.userPoolClient;
    if (inbound.tokenUrl !== undefined) this.tokenUrl = inbound.tokenUrl;
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
  }

  /**
   * Allows a grantee to invoke the proxy at any of its endpoints: a role, user, group or managed policy, also of
   * another account; an account, an organization or a service. Only for inbound IAM: with JWT, the authorizer decides.
   * A grantee of another account is allowed by the runtime's resource policy, and also needs the same permission in a
   * policy of the grantee's account. If this app defines that grantee, the permission is added to it.
   */
  grantInvoke(grantee: IGrantable): Grant {
    return this.#allow(grantee, [INVOKE]);
  }

  #allow(grantee: IGrantable, actions: readonly string[]): Grant {
    if (!this.#jwt) return grantInvoke(this.#invocable, grantee, actions);
    Annotations.of(this).addWarningV2(
      'agentcore-mcp-proxy:grantInvoke',
      'grantInvoke has no effect: callers are authorized by their JWT',
    );
    return Grant.drop(grantee, 'callers are authorized by their JWT');
  }

  #access(jwt: boolean, from: McpProxyProps['callersFrom']): Invocable {
    const arnOf = (endpoint: string): string => `${this.runtimeArn}/runtime-endpoint/${endpoint}`;
    const named = Object.entries(this.endpoints);
    const policy = new RuntimePolicy(this, {
      arns: {
        Runtime: this.runtimeArn,
        DEFAULT: arnOf('DEFAULT'),
        ...Object.fromEntries(
          named.map(([name, { agentRuntimeEndpointArn }]) => [`Endpoint${name}`, agentRuntimeEndpointArn]),
        ),
      },
      jwt,
    });
    if (from !== undefined)
      policy.limitTo({
        vpcs: (from.vpcs ?? []).map(({ vpcId }) => vpcId),
        vpcEndpoints: (from.vpcEndpoints ?? []).map(({ vpcEndpointId }) => vpcEndpointId),
      });
    return {
      scope: this,
      runtimeName: this.runtimeName,
      arns: [this.runtimeArn, arnOf('DEFAULT'), ...named.map(([name]) => arnOf(name))],
      policy,
    };
  }

  /** Percent-encodes the ARN at deploy time, when it is known. */
  #invocationUrl(endpoint: string): string {
    const { region, urlSuffix } = Stack.of(this);
    const colons = Fn.join('%3A', Fn.split(':', this.runtimeArn));
    return `https://bedrock-agentcore.${region}.${urlSuffix}/runtimes/${Fn.join('%2F', Fn.split('/', colons))}/invocations?qualifier=${endpoint}`;
  }

  #addEndpoints(endpoints: NonNullable<McpProxyProps['endpoints']>): Record<string, RuntimeEndpoint> {
    const current = this.runtime.agentRuntimeVersion;
    return Object.fromEntries(
      endpoints.map(({ name, version = current, description }) => [
        name,
        this.runtime.addEndpoint(name, {
          ...(version === undefined ? {} : { version }),
          ...(description === undefined ? {} : { description }),
        }),
      ]),
    );
  }
}
