/** The target of a proxy's calls, and the one statement that allows the proxy to call it. */
import type { Stack } from 'aws-cdk-lib';
import type { IGateway } from 'aws-cdk-lib/aws-bedrockagentcore';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { agentCoreHost, isAwsHost } from '../proxy/base/aws-hosts.ts';
import { GATEWAY, RUNTIME } from './arn.ts';
import { checkArn, checkHttps, checkReachable, checkRegion, checkText, type Faults, got, known } from './faults.ts';
import { TEXTS } from './rules/texts.ts';
import type { SecretOptions } from './secret-source.ts';
import { gatewayPathFault, otherGatewayFault } from './url.ts';

/** An upstream in a stack. Names of variables are without the prefix that the config gives them. */
export interface BoundUpstream {
  readonly environment: Readonly<Record<'ARN', string> | Record<'URL', string>>;
  /** A phrase for the description. */
  readonly shown: string;
  /** Whether AgentCore hosts it: known at synth, or because a gateway was named. */
  readonly onAgentCore: boolean;
  /** How the proxy authenticates at this address if no variable says so; undefined: it isn't known at synth. */
  readonly impliedAuth: 'iam' | 'none' | undefined;
  /** Its host is AWS's, in a form that says neither whether nor how calls are signed. */
  readonly isUnclear: boolean;
  /** The region to sign for, if the address doesn't contain it. */
  readonly region: string | undefined;
  /** Allows a role to invoke it with IAM; undefined if the address names no resource. */
  readonly invoke: PolicyStatement | undefined;
}

/** Where an upstream is bound, and how it is named there. */
export interface UpstreamSite {
  readonly stack: Stack;
  readonly faults: Faults;
  /** How faults begin: `upstream`, or `upstreams.crm`. */
  readonly where: string;
  /** The id of the statement that allows to invoke it. */
  readonly statementId: string;
  /** Hosts that may be reached by http. */
  readonly plainHttpHosts?: readonly string[];
}

export interface ConnectionOptions {
  /**
   * The secret with a client certificate and its private key, as PEM or JSON: shown to the upstream and to its token
   * endpoint if they ask for one.
   * @default - none
   */
  readonly clientCertificate?: SecretOptions;
}

/** The target of calls. */
export abstract class ProxyUpstream {
  /** An AgentCore Gateway, defined in this app or imported. */
  static gateway(gateway: IGateway, options: ConnectionOptions = {}): ProxyUpstream {
    return new Gateway(gateway.gatewayArn, options);
  }

  /** An AgentCore Gateway by its ARN. */
  static gatewayArn(gatewayArn: string, options: ConnectionOptions = {}): ProxyUpstream {
    return new Gateway(gatewayArn, options);
  }

  /** An MCP server on AgentCore Runtime. `qualifier` is the endpoint's name. @default - `DEFAULT` */
  static runtimeArn(
    agentRuntimeArn: string,
    { qualifier, ...options }: ConnectionOptions & { readonly qualifier?: string } = {},
  ): ProxyUpstream {
    return new Runtime(agentRuntimeArn, qualifier, options);
  }

  /**
   * Any MCP endpoint by its https URL. The URL of a gateway or runtime says which one may be invoked. A URL that
   * doesn't (a custom domain) needs `gatewayArn` if the proxy signs with IAM.
   */
  static url(
    url: string,
    { gatewayArn, ...options }: ConnectionOptions & { readonly gatewayArn?: string } = {},
  ): ProxyUpstream {
    return new Url(url, gatewayArn, options);
  }

  /** @internal */
  readonly connection: ConnectionOptions;

  /** @internal */
  constructor(connection: ConnectionOptions) {
    this.connection = connection;
  }

  /** @internal */
  abstract bind(site: UpstreamSite): BoundUpstream;
}

/** Statement for one gateway. */
function invokeGateway(sid: string, gatewayArn: string): PolicyStatement {
  return new PolicyStatement({ sid, actions: ['bedrock-agentcore:InvokeGateway'], resources: [gatewayArn] });
}

/** Names the runtime and one endpoint, since an invocation is authorized against both. No other endpoint is named. */
function invokeRuntime(sid: string, agentRuntimeArn: string, qualifier = 'DEFAULT'): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ['bedrock-agentcore:InvokeAgentRuntime'],
    resources: [agentRuntimeArn, `${agentRuntimeArn}/runtime-endpoint/${qualifier}`],
  });
}

/** Names every gateway of the stack's account and region, for an upstream behind a custom domain. */
export function invokeAllGateways(stack: Stack, statementId: string): PolicyStatement {
  return invokeGateway(
    statementId,
    stack.formatArn({ service: 'bedrock-agentcore', resource: 'gateway', resourceName: '*' }),
  );
}

class Gateway extends ProxyUpstream {
  readonly #arn: string;
  constructor(arn: string, connection: ConnectionOptions) {
    super(connection);
    this.#arn = arn;
  }

  bind({ stack, faults, where, statementId }: UpstreamSite): BoundUpstream {
    checkArn(this.#arn, GATEWAY, where, stack, faults);
    checkRegionOf(this.#arn, GATEWAY.pattern, where, faults);
    return {
      environment: { ARN: this.#arn },
      shown: this.#arn,
      onAgentCore: true,
      impliedAuth: 'iam',
      isUnclear: false,
      region: undefined,
      invoke: invokeGateway(statementId, this.#arn),
    };
  }
}

class Runtime extends ProxyUpstream {
  readonly #arn: string;
  readonly #qualifier: string | undefined;
  constructor(arn: string, qualifier: string | undefined, connection: ConnectionOptions) {
    super(connection);
    this.#arn = arn;
    this.#qualifier = qualifier;
  }

  bind({ stack, faults, where, statementId }: UpstreamSite): BoundUpstream {
    checkArn(this.#arn, RUNTIME, where, stack, faults);
    checkRegionOf(this.#arn, RUNTIME.pattern, where, faults);
    checkText(this.#qualifier, TEXTS.qualifier, `${where}: qualifier`, faults);
    const arn = this.#qualifier === undefined ? this.#arn : `${this.#arn}/runtime-endpoint/${this.#qualifier}`;
    return {
      environment: { ARN: arn },
      shown: arn,
      onAgentCore: true,
      impliedAuth: 'iam',
      isUnclear: false,
      region: undefined,
      invoke: invokeRuntime(statementId, this.#arn, this.#qualifier),
    };
  }
}

class Url extends ProxyUpstream {
  readonly #url: string;
  readonly #gatewayArn: string | undefined;
  constructor(url: string, gatewayArn: string | undefined, connection: ConnectionOptions) {
    super(connection);
    this.#url = url;
    this.#gatewayArn = gatewayArn;
  }

  bind(site: UpstreamSite): BoundUpstream {
    const { stack, faults, where, statementId, plainHttpHosts } = site;
    checkHttps(this.#url, where, faults, plainHttpHosts);
    checkReachable(this.#url, where, faults);
    const path = known(this.#url) ? gatewayPathFault(this.#url) : undefined;
    if (path !== undefined) faults.add(`${where}: ${path}`);
    const named = known(this.#url) ? resourceOf(this.#url, site) : undefined;
    const host = known(this.#url) ? (URL.parse(this.#url)?.hostname ?? '') : '';
    // A wrong path on the data plane is a separate fault.
    const isUnclear = named === undefined && isAwsHost(host) && agentCoreHost(host)?.kind !== 'data';
    const base = {
      environment: { URL: this.#url },
      impliedAuth:
        !known(this.#url) || isUnclear ? undefined : named === undefined ? ('none' as const) : ('iam' as const),
      isUnclear,
      shown: known(this.#url) ? (URL.parse(this.#url)?.host ?? this.#url) : this.#url,
    };
    if (this.#gatewayArn === undefined)
      return {
        ...base,
        onAgentCore: named !== undefined,
        region: named === undefined ? stack.region : undefined,
        invoke: named,
      };
    checkArn(this.#gatewayArn, GATEWAY, `${where}: gatewayArn`, stack, faults);
    checkRegionOf(this.#gatewayArn, GATEWAY.pattern, where, faults);
    if (known(this.#url) && known(this.#gatewayArn) && GATEWAY.pattern.test(this.#gatewayArn)) {
      const other = otherGatewayFault(this.#url, this.#gatewayArn);
      if (other !== undefined) faults.add(`${where}: gatewayArn: ${other}`);
    }
    return {
      ...base,
      // The proxy signs for what the ARN names, also behind a custom domain (`domainOverride`).
      environment: { URL: this.#url, ARN: this.#gatewayArn },
      impliedAuth: 'iam',
      isUnclear: false,
      onAgentCore: true,
      region: undefined,
      invoke: invokeGateway(statementId, this.#gatewayArn),
    };
  }
}

/** Returns the gateway or runtime that a URL names: the URL holds its id and region, and the account is the stack's. */
function resourceOf(text: string, { stack, faults, where, statementId }: UpstreamSite): PolicyStatement | undefined {
  const url = URL.parse(text);
  const host = agentCoreHost(url?.hostname ?? '');
  if (url === null || host === undefined) return undefined;
  checkRegion(host.region, where, faults);
  if (host.kind === 'gateway') {
    // The name of a VPC endpoint says nothing about the gateway.
    if (host.gatewayId === undefined) return undefined;
    return invokeGateway(
      statementId,
      stack.formatArn({
        service: 'bedrock-agentcore',
        region: host.region,
        resource: 'gateway',
        resourceName: host.gatewayId,
      }),
    );
  }
  const [, encoded] = /^\/runtimes\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
  const arn = encoded === undefined ? undefined : decode(encoded);
  if (arn === undefined || !RUNTIME.pattern.test(arn)) {
    return faults.add(
      `${where}: expected the URL of a runtime's invocations (https://bedrock-agentcore.REGION.amazonaws.com/runtimes/ENCODED_ARN/invocations), got the path ${got(url.pathname)}`,
    );
  }
  return invokeRuntime(statementId, arn, url.searchParams.get('qualifier') ?? undefined);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function checkRegionOf(arn: string, pattern: RegExp, where: string, faults: Faults): void {
  const region = known(arn) ? pattern.exec(arn)?.[1] : undefined;
  if (region !== undefined) checkRegion(region, where, faults);
}
