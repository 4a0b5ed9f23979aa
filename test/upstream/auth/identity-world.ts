/** A proxy, a stand-in of AgentCore Identity, and an upstream where each person has a tool of their own. */
import type http from 'node:http';
import { jwtVerify } from 'jose';
import { vi } from 'vitest';
import { ACCOUNT, Identity, REGION } from '../../support/agentcore-identity.ts';
import { type Received, startUpstream, type Upstream } from '../../support/upstream.ts';
import type { Sent } from '../messages.ts';
import { CALLERS_KEY } from './callers-tokens.ts';

const OWN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:`;
export const RETURN_URL = 'https://app.example.com/connected';
export const WORKLOADS = {
  /** As AgentCore Runtime makes one for a runtime. */
  'proxy-ab12cd34ef': { returnUrls: [RETURN_URL], isManaged: true },
  'own-proxy': { returnUrls: [RETURN_URL], isManaged: false },
};
export const MANAGED = 'proxy-ab12cd34ef';

export function providerArn(name: string, kind: 'oauth2' | 'apikey' = 'oauth2'): string {
  return `${OWN}token-vault/default/${kind}credentialprovider/${name}`;
}

export function workloadArn(name: string): string {
  return `${OWN}workload-identity-directory/default/workload-identity/${name}`;
}

/** Who a user's token is of: issuer and subject. */
async function verify(userToken: string): Promise<string> {
  const { payload } = await jwtVerify(userToken, CALLERS_KEY);
  return payload.iss === 'https://people.example.com' ? String(payload.sub) : `${payload.sub} of ${payload.iss}`;
}

/** What a proxy's role may do with one provider. */
export function rolePolicy(name: string, kind: 'oauth2' | 'apikey', workload: string): { readonly Statement: unknown } {
  const directory = `${OWN}workload-identity-directory/default`;
  return {
    Statement: [
      {
        Effect: 'Allow',
        Action: `bedrock-agentcore:${kind === 'apikey' ? 'GetResourceApiKey' : 'GetResourceOauth2Token'}`,
        Resource: [providerArn(name, kind), `${OWN}token-vault/default`, directory, workloadArn(workload)],
      },
      {
        Effect: 'Allow',
        Action: ['bedrock-agentcore:GetWorkloadAccessToken', 'bedrock-agentcore:GetWorkloadAccessTokenForJWT'],
        Resource: [directory, workloadArn(workload)],
      },
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:bedrock-agentcore-identity!default/${kind}/${name}-??????`,
      },
    ],
  };
}

export interface World extends AsyncDisposable {
  readonly identity: Identity;
  readonly upstream: Upstream;
}

/** The environment of the role is stubbed: end it with `vi.unstubAllEnvs`. */
export async function startWorld(
  policy: { readonly Statement: unknown } = rolePolicy('crm', 'oauth2', 'own-proxy'),
  header: string = 'authorization',
): Promise<World> {
  const identity = await new Identity({
    workloads: WORKLOADS,
    providers: { crm: { kind: 'oauth2' }, keys: { kind: 'apikey', key: 'sk-1234567890abcdef' } },
    verify,
  }).listen();
  useRole(identity, policy);
  const sessions = new Map<string, string>();
  const upstream = await startUpstream((request, response) => answer(request, response));
  function answer(request: Received, response: http.ServerResponse): void {
    const person = identity.accountOf(request.header(header)?.replace(/^Bearer /, ''));
    if (person === undefined)
      return void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    if (request.method !== 'POST') return void response.writeHead(request.method === 'GET' ? 405 : 200).end();
    const { id, method, params } = JSON.parse(request.text) as {
      id: unknown;
      method: string;
      params?: { name?: string; requestState?: string; inputResponses?: unknown };
    };
    const session = request.header('mcp-session-id');
    if (session !== undefined && sessions.get(session) !== person) return void response.writeHead(404).end();
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (method === 'initialize') {
      const fresh = `session-${sessions.size}`;
      sessions.set(fresh, person);
      headers['mcp-session-id'] = fresh;
    }
    const text = `${person} called ${params?.name} ${params?.requestState ?? ''} ${JSON.stringify(params?.inputResponses ?? '')}`;
    const result =
      method === 'tools/list'
        ? {
            resultType: 'complete',
            tools: [{ name: `of-${person}`, inputSchema: { type: 'object' } }],
            ttlMs: 60_000,
            cacheScope: 'public',
          }
        : method === 'server/discover'
          ? {
              resultType: 'complete',
              supportedVersions: ['2026-07-28'],
              capabilities: { tools: {} },
              serverInfo: { name: 'u', version: '1' },
            }
          : method === 'initialize'
            ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'u', version: '1' } }
            : { resultType: 'complete', content: [{ type: 'text', text }] };
    if (id === undefined) response.writeHead(202).end();
    else response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }
  return {
    identity,
    upstream,
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]();
      await identity[Symbol.asyncDispose]();
    },
  };
}

/** AWS's client of this process signs as a role with this policy, and reaches the stand-in. */
export function useRole(identity: Identity, policy: { readonly Statement: unknown }): void {
  const credentials = { ...identity.role(policy), AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: identity.url };
  for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
}

/** The bindings of an upstream whose credentials come from AgentCore Identity. */
export function bound(
  { upstream }: World,
  more: Readonly<Record<string, string>>,
  prefix = 'UPSTREAM',
): Record<string, string> {
  const own = {
    URL: upstream.url,
    AUTH: 'agentcore-identity',
    PROVIDER: providerArn('crm'),
    WORKLOAD: workloadArn('own-proxy'),
    ...more,
  };
  return {
    INBOUND_AUTH: 'jwt',
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`${prefix}_${name}`, value])),
  };
}

/** With a bearer token, and with the header that AgentCore Runtime adds. */
export function as({ body, headers }: Sent, token: string | undefined, workload?: string): Sent {
  return {
    body,
    headers: [
      ...headers,
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
      ...(workload === undefined ? [] : [`WorkloadAccessToken: ${workload}`]),
    ],
  };
}

/** The same modern request from a client that opens pages. */
export function opensPages({ body, headers }: Sent): Sent {
  return {
    body: body.replace(
      '"io.modelcontextprotocol/clientCapabilities":{}',
      '"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"url":{}}}',
    ),
    headers,
  };
}
