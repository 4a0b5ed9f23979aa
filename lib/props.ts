/** The properties of `McpProxy`. They follow CDK's conventions and use AWS's names. */
import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import type { PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { BindingValue } from './bindings.ts';
import type { CommonOptions } from './common-options.ts';
import type { InboundAuth } from './inbound-auth.ts';
import type { UpstreamAuth } from './upstream-auth.ts';
import type { ProxyUpstream } from './upstream.ts';
import type { VariableOptions } from './variable-options.ts';

/** Where the proxy's network interfaces are. */
export interface VpcPlacement {
  readonly vpc: IVpc;
  /** @default - the VPC's private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /** The security groups of the network interfaces. @default - a new one, which allows all outbound traffic */
  readonly securityGroups?: ISecurityGroup[];
}

/**
 * Where callers may call from: through the VPC endpoint of AgentCore in one of these VPCs, or through one of these
 * endpoints.
 */
export interface CallerSources {
  /** `IVpc`s, or `{ vpcId }`. @default - none */
  readonly vpcs?: readonly { readonly vpcId: string }[];
  /** `IVpcEndpoint`s, or `{ vpcEndpointId }`. @default - none */
  readonly vpcEndpoints?: readonly { readonly vpcEndpointId: string }[];
}

/** One of several upstreams. */
export interface NamedUpstream {
  /** Where its calls go: `ProxyUpstream.gateway(…)`, `.gatewayArn(…)`, `.runtimeArn(…)` or `.url(…)`. */
  readonly upstream: ProxyUpstream;
  /**
   * How the proxy authenticates there: `UpstreamAuth.iam()`, `.oauth(…)`, `.bearer(…)` or `.none()`.
   * @default - `iam` if the upstream is on AgentCore, else `none`
   */
  readonly auth?: UpstreamAuth;
}

export interface McpProxyProps extends CommonOptions, VariableOptions {
  /**
   * Where calls go: `ProxyUpstream.gateway(…)`, `.gatewayArn(…)`, `.runtimeArn(…)` or `.url(…)`.
   * @default - `upstreams`; one of the two is required
   */
  readonly upstream?: ProxyUpstream;

  /**
   * How the proxy authenticates to the upstream: `UpstreamAuth.iam()`, `.oauth(…)`, `.bearer(…)` or `.none()`.
   * @default - `iam` if the upstream is on AgentCore, else `none`
   */
  readonly upstreamAuth?: UpstreamAuth;

  /**
   * Instead of `upstream`, if the config has several: one member for each, by the config's names.
   * @default - `upstream`
   */
  readonly upstreams?: Readonly<Record<string, NamedUpstream>>;

  /**
   * Who may invoke the proxy: `InboundAuth.iam()`, `.jwt(…)`, `.userPool(…)` or `.newUserPool(…)`.
   * @default InboundAuth.iam()
   */
  readonly inboundAuth?: InboundAuth;

  /**
   * Limits from where callers may call, whether they sign or send a JWT, with a resource policy on the runtime and its
   * endpoints.
   * @default - from anywhere
   */
  readonly callersFrom?: CallerSources;

  /**
   * The proxy's config: a file that exports `defineProxy(…)`, also outside this package. It is copied into the image.
   * @default - the `proxy.config.ts` in this package: only the audit control
   */
  readonly config?: string;

  /**
   * A file with certificates of private authorities (PEM), which are trusted besides the public ones. It is copied into the
   * image.
   * @default - only public authorities
   */
  readonly caFile?: string;

  /**
   * The name of the runtime: `[A-Za-z][A-Za-z0-9_]{0,47}`, unique in its account and region. It is in the URL that
   * clients call. A change of it replaces the runtime; no other change does.
   * @default - made from the construct's path, with a warning
   */
  readonly runtimeName?: string;

  /**
   * Values for what the config's controls and its caller need (`--describe` lists them). A table or keyring that a
   * control needs and that isn't bound here is created. A secret may be given as an `ISecret`: its own KMS key is then
   * allowed, too.
   * @default - none
   */
  readonly bindings?: Readonly<Record<string, BindingValue>>;

  /**
   * Puts the proxy into a VPC.
   * @default - public network mode
   */
  readonly vpc?: VpcPlacement;

  /**
   * The platform version of AgentCore Runtime. V2 restores sessions from a memory snapshot, before which the proxy
   * loads everything, and accepts 2.5 KB of environment.
   * @default PlatformVersion.V1
   */
  readonly platformVersion?: PlatformVersion;

  /**
   * The time without a call after which a session ends: 60 s to 8 hours.
   * @default Duration.minutes(15)
   */
  readonly idleTimeout?: Duration;

  /**
   * The longest lifetime of a session: 60 s to 8 hours, the maximum of a microVM. AgentCore's Instances compute type is
   * not supported.
   * @default Duration.hours(8)
   */
  readonly maxLifetime?: Duration;

  /**
   * How long the runtime's logs are kept. The service creates their group; the retention is set even if the service was
   * first.
   * @default RetentionDays.SIX_MONTHS
   */
  readonly logRetention?: RetentionDays;

  /**
   * The topic for alarms on upstream errors, internal errors, throttles and latency.
   * @default - alarms without an action
   */
  readonly alarmTopic?: ITopic;

  /**
   * What happens to a created table, keyring and user pool, and to the logs, when the stack is deleted. `RETAIN` also
   * sets deletion protection.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Tags of everything that is created.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}
