/**
 * A proxy on AgentCore Runtime: image, role, runtime, authorizer, endpoints, logs, and what its config's controls need.
 */
import { Annotations, Duration, Fn, Names, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import {
  PlatformVersion,
  ProtocolType,
  type Runtime,
  type RuntimeEndpoint,
  RuntimeNetworkConfiguration,
} from 'aws-cdk-lib/aws-bedrockagentcore';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Grant, type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkRegionHasAgentCore } from './agentcore-regions.ts';
import { image, zip } from './artifact.ts';
import { checkBaseImage } from './base-image.ts';
import { bindNeeds } from './bindings.ts';
import { type BuiltProxy, builtProxy } from './built-proxy.ts';
import { checkCaller } from './caller.ts';
import { checkProps, LIFETIME } from './check-props.ts';
import { checkEnvironment } from './environment.ts';
import { ExecutionRole } from './execution-role.ts';
import { Faults } from './faults.ts';
import { grantInvoke, type Invocable } from './grant-invoke.ts';
import { allowlist } from './headers.ts';
import { type BoundInboundAuth, InboundAuth } from './inbound-auth.ts';
import { keepLogs } from './log-retention.ts';
import { METRICS_NAMESPACE, type ProxyMetrics } from './metrics.ts';
import { addOperations, XRAY_OTLP_ACTIONS } from './operations.ts';
import { checkPlacement } from './placement.ts';
import type { McpProxyProps } from './props.ts';
import { ProxyRuntime } from './proxy-runtime.ts';
import { INVOKE, RuntimePolicy } from './runtime-policy.ts';
import { showControls } from './shown-controls.ts';
import { UpstreamAuth } from './upstream-auth.ts';

/** Variables that a config may describe and only this construct binds, besides those of the upstream. */
const OWN = [
  'HOST',
  'PORT',
  'ALLOWED_HOSTS',
  'INBOUND_AUTH',
  'PROXY_NAME',
  'METRICS_NAMESPACE',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
] as const;

/** Everything that is decided before the first resource of the runtime is made. */
interface Plan {
  readonly runtimeName: string;
  readonly shownUpstream: string;
  readonly built: BuiltProxy;
  readonly inbound: BoundInboundAuth;
  readonly environment: Readonly<Record<string, string>>;
  readonly headers: string[];
  /** Statements of the execution role for what the proxy uses. */
  readonly uses: readonly PolicyStatement[];
}

/**
 * An MCP proxy on AgentCore Runtime.
 *
 * ```ts
 * new McpProxy(this, 'Proxy', { upstream: ProxyUpstream.gateway(gateway) });
 * ```
 */
export class McpProxy extends Construct {
  /** CDK's own; its grants let callers in as `proxy.grantInvoke` does. */
  readonly runtime: Runtime;
  readonly runtimeName: string;
  readonly runtimeArn: string;
  /** The MCP endpoint of the runtime's `DEFAULT` endpoint. */
  readonly invocationUrl: string;
  /**
   * What it holds follows from the properties and the config. What is granted to it besides
   * (`bucket.grantRead(proxy.executionRole)`) is a policy of its own.
   */
  readonly executionRole: IRole;
  /** Where the `DEFAULT` endpoint logs. */
  readonly logGroupName: string;
  /** The endpoints beside `DEFAULT`, by name. */
  readonly endpoints: Readonly<Record<string, RuntimeEndpoint>>;
  /** Their MCP endpoints, by name: what `invocationUrl` is for `DEFAULT`. */
  readonly endpointUrls: Readonly<Record<string, string>>;
  readonly metrics: ProxyMetrics;
  /** The user pool that was created for callers. */
  readonly userPool?: IUserPool;
  /** Its machine client. */
  readonly userPoolClient?: IUserPoolClient;
  /** Where that client gets its tokens. */
  readonly tokenUrl?: string;

  readonly #jwt: boolean;
  readonly #invocable: Invocable;

  constructor(scope: Construct, id: string, props: McpProxyProps) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, logRetention: retention = RetentionDays.SIX_MONTHS } = props;
    const plan = this.#plan(props, removalPolicy);
    const { inbound, runtimeName } = plan;
    const { artifact, statements } = props.artifact === 'zip' ? zip(this, plan.built) : image(this, plan.built, props);

    this.runtimeName = runtimeName;
    const executionRole = new ExecutionRole(this, 'ExecutionRole', {
      runtimeName,
      artifact: statements,
      uses: plan.uses,
    });
    this.executionRole = executionRole;
    this.runtime = new ProxyRuntime(this, 'Runtime', {
      letIn: (grantee, actions) => this.#letIn(grantee, actions),
      runtimeName,
      agentRuntimeArtifact: artifact,
      executionRole,
      description: props.description ?? `MCP proxy in front of ${plan.shownUpstream}`,
      protocolConfiguration: ProtocolType.MCP,
      platformVersion: props.platformVersion ?? PlatformVersion.V1,
      networkConfiguration:
        props.vpc === undefined
          ? RuntimeNetworkConfiguration.usingPublicNetwork()
          : RuntimeNetworkConfiguration.usingVpc(this, { ...props.vpc }),
      environmentVariables: { ...plan.environment },
      lifecycleConfiguration: {
        idleRuntimeSessionTimeout: props.idleTimeout ?? Duration.seconds(LIFETIME.idle),
        maxLifetime: props.maxLifetime ?? Duration.seconds(LIFETIME.life),
      },
      authorizerConfiguration: inbound.authorizer,
      ...(plan.headers.length === 0 ? {} : { requestHeaderConfiguration: { allowlistedHeaders: plan.headers } }),
    });
    executionRole.acceptGrants();
    showControls(this.runtime, plan.built.described);
    // Its account and region are known at deploy time only, in every stack: nobody can do anything about that.
    Annotations.of(this.runtime).acknowledgeInfo('aws-cdk-lib.aws-bedrockagentcore:containerUriValidationSkipped');
    this.runtimeArn = this.runtime.agentRuntimeArn;
    this.invocationUrl = this.#invocationUrl('DEFAULT');
    this.endpoints = this.#addEndpoints(props.endpoints ?? []);
    // An endpoint's URL is known before the endpoint is: this one waits for it.
    this.endpointUrls = Object.fromEntries(
      Object.keys(this.endpoints).map((name) => [name, this.#invocationUrl(name)]),
    );
    this.#invocable = this.#access(inbound.jwt, props.callersFrom);

    const logGroupOf = (endpoint: string): string =>
      `/aws/bedrock-agentcore/runtimes/${this.runtime.agentRuntimeId}-${endpoint}`;
    this.logGroupName = logGroupOf('DEFAULT');
    const logs = new Construct(this, 'Logs');
    for (const endpoint of ['DEFAULT', ...Object.keys(this.endpoints)])
      keepLogs(logs, endpoint, { runtimeName, logGroupName: logGroupOf(endpoint), retention, removalPolicy });

    const operations = {
      proxyName: runtimeName,
      runtimeArn: this.runtimeArn,
      logGroupName: this.logGroupName,
      dashboard: props.dashboard ?? true,
    };
    this.metrics = addOperations(new Construct(this, 'Operations'), {
      ...operations,
      ...(props.alarmTopic === undefined ? {} : { alarmTopic: props.alarmTopic }),
    }).metrics;
    this.#jwt = inbound.jwt;
    if (inbound.userPool !== undefined) this.userPool = inbound.userPool;
    if (inbound.userPoolClient !== undefined) this.userPoolClient = inbound.userPoolClient;
    if (inbound.tokenUrl !== undefined) this.tokenUrl = inbound.tokenUrl;
    for (const [key, value] of Object.entries(props.tags ?? {})) Tags.of(this).add(key, value);
  }

  /**
   * Lets somebody invoke the proxy, at any of its endpoints: a role, user, group or managed policy, also of another
   * account; an account, an organization, a service. For inbound IAM; with JWT, the authorizer decides. Who isn't of
   * this account is let in by the runtime's resource policy, and needs the same permission in an own policy; that is
   * written where this app has it.
   */
  grantInvoke(grantee: IGrantable): Grant {
    return this.#letIn(grantee, [INVOKE]);
  }

  #letIn(grantee: IGrantable, actions: readonly string[]): Grant {
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

  /**
   * Checks everything, and creates only what stands by itself: the user pool, tables and keyrings. Throws all faults at
   * once.
   */
  #plan(props: McpProxyProps, removalPolicy: RemovalPolicy): Plan {
    const faults = new Faults();
    const stack = Stack.of(this);
    checkProps(props, stack, faults);
    checkBaseImage(this, props, faults);
    const runtimeName = props.runtimeName ?? Names.uniqueResourceName(this, { maxLength: 48, separator: '_' });
    if (props.runtimeName === undefined) {
      Annotations.of(this).addWarningV2(
        'agentcore-mcp-proxy:runtimeName',
        `the runtime is named after the construct's path (${runtimeName}): moving or renaming the construct or its stack would replace the runtime, and with it every client's URL; give it a runtimeName that stays`,
      );
    }
    checkRegionHasAgentCore(this, stack);
    if (props.vpc !== undefined) checkPlacement(this, props.vpc, stack, faults);
    const site = { scope: this, stack, removalPolicy, faults };
    const inbound = (props.inboundAuth ?? InboundAuth.iam()).bind({
      ...site,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
    });
    const upstream = props.upstream.bind(stack, faults);
    const upstreamAuth = props.upstreamAuth ?? (upstream.onAgentCore ? UpstreamAuth.iam() : UpstreamAuth.none());
    const auth = upstreamAuth.bind({ ...site, upstream, allGateways: props.allGateways ?? false });
    const built = builtProxy(props.config, faults);
    if (built === undefined) throw faults.error(this.node.path);

    const { described } = built;
    const prefix = described.upstreams[0]?.bindings ?? 'UPSTREAM';
    checkCaller(this, described, inbound.jwt, faults);
    const headers = allowlist(described.headers, inbound.jwt, faults);
    const own: Record<string, string> = {
      ...Object.fromEntries(
        Object.entries({ ...upstream.environment, ...auth.environment }).map(([name, value]) => [
          `${prefix}_${name}`,
          value,
        ]),
      ),
      ...(auth.region === undefined ? {} : { AWS_REGION: auth.region }),
      ...(inbound.jwt ? { INBOUND_AUTH: 'jwt' } : {}),
      ...((props.allowedHosts ?? []).length === 0 ? {} : { ALLOWED_HOSTS: props.allowedHosts?.join(',') ?? '' }),
      ...(props.traces === undefined
        ? {}
        : {
            OTEL_EXPORTER_OTLP_ENDPOINT:
              props.traces === 'xray' ? `https://xray.${stack.region}.${stack.urlSuffix}` : props.traces.otlpEndpoint,
          }),
      PROXY_NAME: runtimeName,
      METRICS_NAMESPACE,
    };
    const ofUpstream = described.bindings
      .filter(({ neededBy, name }) => neededBy.startsWith('upstream ') && name.startsWith(`${prefix}_`))
      .map(({ name }) => name);
    const needs = bindNeeds(
      described,
      props.bindings ?? {},
      new Set([...OWN, ...Object.keys(own), ...ofUpstream]),
      site,
    );
    const environment = { ...own, ...needs.environment };
    checkEnvironment(environment, props.platformVersion?.value === PlatformVersion.V2.value, faults);
    faults.throwIfAny(this.node.path);

    const traces =
      props.traces === 'xray'
        ? [new PolicyStatement({ sid: 'SendSpans', actions: [...XRAY_OTLP_ACTIONS], resources: ['*'] })]
        : [];
    return {
      runtimeName,
      shownUpstream: upstream.shown,
      built,
      inbound,
      environment,
      headers,
      uses: [...auth.statements, ...needs.statements, ...traces],
    };
  }

  /** The ARN is percent-encoded when it is known, which is at deploy time. */
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
