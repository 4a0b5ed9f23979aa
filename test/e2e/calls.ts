/** Starts the deployed runtimes from what was pushed, and calls them as their callers will. */
import { asText, isObject } from '../cloudformation/template.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import type { Account, AgentRuntime } from './aws/account.ts';
import type { Engine } from './container/engine.ts';
import type { Started } from './container/started.ts';
import { bearing, type Conversation, converse, post, signedBy } from './platform/caller.ts';
import { environmentOf } from './platform/environment.ts';
import { type GatewayStandIn, startGateway } from './platform/gateway.ts';
import { deliverLog } from './platform/log-delivery.ts';
import { startMetadataService } from './platform/metadata-service.ts';
import { startRuntimeService } from './platform/runtime-service.ts';
import { expect } from './progress.ts';

const PING = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}';

export interface Called {
  readonly startMs: number;
  readonly conversations: readonly Conversation[];
  readonly refusals: number;
  readonly replaced: string;
  /** Lines of the proxy that the platform wrote to its log group. */
  readonly logged: number;
}

/** A stack's outputs. */
export type Outputs = Readonly<Record<string, string>>;

export interface Site {
  readonly account: Account;
  readonly engine: Engine;
  readonly gatewayArn: string;
}

/** A runtime with IAM inbound: signed calls are accepted, others are refused. */
export async function callSigned(site: Site, outputs: Outputs): Promise<Called> {
  const { account } = site;
  const runtime = runtimeOf(account, outputs);
  await using service = await startRuntimeService(account, new Map());
  return await withProxy(site, runtime, async (proxy, gateway) => {
    service.containers.set(runtime.id, proxy.origin);
    const url = onLoopback(outputs, service.url);
    const caller = signedBy(account.user, account.region);
    const conversations = [await converse(url, caller, 'auto'), await converse(url, caller, 'legacy')];
    const stranger = { ...account.user, secretAccessKey: 'wrong' };
    const unprivileged = account.assume(runtime.properties['RoleArn'] as string);
    const upstreamCalls = gateway.callers.length;
    for (const [who, authenticate] of [
      ['nobody', undefined],
      ['a caller with a wrong key', signedBy(stranger, account.region)],
      ['a caller that signs for another region', signedBy(account.user, 'us-east-1')],
      ['a role that may not invoke', signedBy(unprivileged, account.region)],
      ['a bearer token', bearing('x.y.z')],
    ] as const) {
      const { status } = await post(url, PING, authenticate);
      expect(status === 403, () => `expected 403 for ${who}, got ${status}`);
    }
    expect(gateway.callers.length === upstreamCalls, () => 'a refused call reached the upstream');
    return { conversations, refusals: 5 };
  });
}

/** A runtime with a JWT authorizer: tokens of its user pool's client are accepted, others are refused. */
export async function callWithTokens(site: Site, outputs: Outputs): Promise<Called> {
  const { account } = site;
  const runtime = runtimeOf(account, outputs);
  const clientId = outputs['ClientId'] ?? '';
  await using issuer = await startTokenIssuer({ clientId });
  await using other = await startTokenIssuer({ clientId });
  const issuers = new Map([
    [discoveryUrlOf(runtime), { issuer: issuer.issuer.href, jwksUri: `${issuer.issuer.href}/.well-known/jwks.json` }],
  ]);
  await using service = await startRuntimeService(account, issuers);
  return await withProxy(site, runtime, async (proxy, gateway) => {
    service.containers.set(runtime.id, proxy.origin);
    const url = onLoopback(outputs, service.url);
    const caller = bearing(await tokenFrom(issuer.tokenEndpoint, clientId, 'mcp/invoke'));
    const conversations = [await converse(url, caller, 'auto'), await converse(url, caller, 'legacy')];
    expect(
      proxy.log().includes(clientId),
      () => `expected the caller ${clientId} in the proxy's log, got ${proxy.log().slice(-1500)}`,
    );
    expect(
      !service.passedOn.has('origin') && !service.passedOn.has('cookie'),
      () => `expected only headers of the allowlist to be passed on, got ${[...service.passedOn].join(', ')}`,
    );
    const upstreamCalls = gateway.callers.length;
    for (const [who, authenticate] of [
      ['nobody', undefined],
      ['a text that is not a token', bearing('x.y.z')],
      ['a token without an allowed scope', bearing(await tokenFrom(issuer.tokenEndpoint, clientId, 'mcp/admin'))],
      ['a token of another issuer', bearing(await tokenFrom(other.tokenEndpoint, clientId, 'mcp/invoke'))],
      ['a signed call', signedBy(account.user, account.region)],
    ] as const) {
      const { status, headers } = await post(url, PING, authenticate);
      expect(
        status === 401 && headers.has('www-authenticate'),
        () => `expected 401 with a challenge for ${who}, got ${status}`,
      );
    }
    expect(gateway.callers.length === upstreamCalls, () => 'a refused call reached the upstream');
    return { conversations, refusals: 5 };
  });
}

/**
 * Starts the proxy as the template says, in front of a gateway that verifies its signatures; ends it, and checks what
 * it left.
 */
async function withProxy(
  site: Site,
  runtime: AgentRuntime,
  use: (proxy: Started, gateway: GatewayStandIn) => Promise<Pick<Called, 'conversations' | 'refusals'>>,
): Promise<Called> {
  const { account, engine, gatewayArn } = site;
  const roleArn = String(runtime.properties['RoleArn']);
  await using gateway = await startGateway(account, gatewayArn);
  await using metadata = await startMetadataService(account, roleArn);
  const { environment, replaced } = environmentOf(runtime, {
    region: account.region,
    metadata: metadata.url,
    upstream: gateway.url,
  });
  await using proxy = await engine.start(imageOf(runtime), environment);
  try {
    const { conversations, refusals } = await use(proxy, gateway);
    for (const { sum, tools } of conversations)
      expect(sum === 5 && tools.includes('add'), () => `expected add(2, 3) to be 5, got ${JSON.stringify(sum)}`);
    expect(gateway.refused.length === 0, () => `the gateway refused: ${gateway.refused.join('; ')}`);
    expect(
      gateway.callers.length > 0 && gateway.callers.every((role) => role === roleArn),
      () => `expected calls by ${roleArn}, got ${[...new Set(gateway.callers)].join(', ')}`,
    );
    const { code } = await proxy.stop();
    expect(code === 0, () => `expected the proxy to end with 0 after SIGTERM, got ${code}`);
    const log = await deliverLog(account, runtime, proxy.log());
    expect(
      log.lines > 0 && /"event":"listening"/.test(proxy.log()),
      () => `expected the proxy's lines in ${log.group}, got ${log.lines}`,
    );
    return { startMs: proxy.startMs, conversations, refusals, replaced, logged: log.lines };
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nthe proxy printed: ${proxy.log().slice(-3000)}\nthe gateway refused: ${gateway.refused.join('; ')}`,
      { cause: error },
    );
  }
}

export function runtimeOf(account: Account, outputs: Outputs): AgentRuntime {
  const found = [...account.runtimes.values()].find(({ arn }) => arn === outputs['RuntimeArn']);
  if (found === undefined) throw new Error(`no runtime ${outputs['RuntimeArn']}`);
  return found;
}

export function imageOf({ properties }: AgentRuntime): string {
  const artifact = properties['AgentRuntimeArtifact'];
  const container = isObject(artifact) ? artifact['ContainerConfiguration'] : undefined;
  return isObject(container) ? asText(container['ContainerUri']) : '';
}

/** The invocation URL of the outputs, with only the address replaced by this machine's. */
export function onLoopback(outputs: Outputs, origin: string): URL {
  const { host, pathname, search } = new URL(outputs['InvocationUrl'] ?? '');
  expect(
    /^bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com$/.test(host),
    () => `expected an address of AgentCore, got ${host}`,
  );
  return new URL(`${origin}${pathname}${search}`);
}

export function discoveryUrlOf({ properties }: AgentRuntime): string {
  const configuration = properties['AuthorizerConfiguration'];
  const jwt = isObject(configuration) ? configuration['CustomJWTAuthorizer'] : undefined;
  return isObject(jwt) ? asText(jwt['DiscoveryUrl']) : '';
}

async function tokenFrom(endpoint: URL, clientId: string, scope: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:first-secret`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer))
    throw new Error(`expected a token, got ${JSON.stringify(answer)}`);
  return String(answer.access_token);
}
