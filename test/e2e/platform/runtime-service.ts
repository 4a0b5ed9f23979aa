/**
 * AgentCore Runtime on loopback, as far as it is documented: `/runtimes/{URL-encoded
 * ARN}/invocations?qualifier=DEFAULT`, the runtime's authorizer, its header allowlist, session headers, and the
 * container behind it at `/mcp`.
 */
import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import { isObject } from '../../cloudformation/template.ts';
import { type Loopback, startLoopback } from '../../support/loopback.ts';
import type { Account, AgentRuntime } from '../aws/account.ts';
import { readRequest } from '../aws/wire.ts';
import { authorize, type Issuers } from './authorizer.ts';
import { forward } from './forward.ts';

const SESSION = 'x-amzn-bedrock-agentcore-runtime-session-id';
/**
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html and
 * API_InvokeAgentRuntime
 */
const LIMITS = { payloadBytes: 100 * 2 ** 20, headerBytes: 4096, session: [33, 256] } as const;
/** The headers that every container gets; all others must be on the runtime's allowlist. */
const ALWAYS = ['accept', 'content-type', 'user-agent', 'mcp-session-id', SESSION];

export interface RuntimeService extends Loopback {
  /** The address where a runtime's container listens. */
  readonly containers: Map<string, string>;
  /** The names of the headers that reached a container, over all calls. */
  readonly passedOn: ReadonlySet<string>;
}

export async function startRuntimeService(account: Account, issuers: Issuers): Promise<RuntimeService> {
  const containers = new Map<string, string>();
  const passedOn = new Set<string>();
  async function answer(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const refuse = (status: number, message: string, headers: http.OutgoingHttpHeaders = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ message }));
    };
    const [, encoded = ''] = /^\/runtimes\/([^/]+)\/invocations$/.exec(request.path) ?? [];
    const arn = decodeURIComponent(encoded);
    const runtime = [...account.runtimes.values()].find((candidate) => candidate.arn === arn);
    // The ARN is one segment of the path, so its colons and slashes must be encoded.
    if (runtime === undefined || encoded !== encodeURIComponent(arn))
      return refuse(404, `no runtime at ${request.path}`);
    if (request.query.get('qualifier') !== 'DEFAULT')
      return refuse(404, `no endpoint ${request.query.get('qualifier')}`);
    const admission = await authorize(account, runtime, request, issuers);
    if (!admission.admitted) {
      const challenge = {
        'www-authenticate': `Bearer resource_metadata="${account.endpoint}/.well-known/oauth-protected-resource"`,
      };
      return refuse(admission.status, admission.reason, admission.status === 401 ? challenge : {});
    }
    const outside = beyondLimits(request);
    if (outside !== undefined) return refuse(400, outside);
    const origin = containers.get(runtime.id);
    if (origin === undefined) return refuse(424, `runtime ${runtime.id} was not started`);
    const session = String(request.headers[SESSION] ?? request.headers['mcp-session-id'] ?? randomUUID());
    const passed = allowed(runtime, request.headers);
    const long = Object.entries(passed).find(([, value]) => Buffer.byteLength(String(value)) > LIMITS.headerBytes);
    if (long !== undefined) return refuse(400, `header ${long[0]}: expected at most ${LIMITS.headerBytes} bytes`);
    const headers = { ...passed, [SESSION]: session, 'mcp-session-id': request.headers['mcp-session-id'] ?? session };
    for (const name of Object.keys(headers)) passedOn.add(name);
    forward({ url: `${origin}/mcp`, method: request.method, headers, body: request.body }, response, {
      [SESSION]: session,
    });
  }

  return { ...(await startLoopback((incoming, response) => void answer(incoming, response))), containers, passedOn };
}

/** Returns why the service would refuse a request. */
function beyondLimits({ headers, body }: Awaited<ReturnType<typeof readRequest>>): string | undefined {
  if (body.length > LIMITS.payloadBytes)
    return `expected a payload of at most ${LIMITS.payloadBytes} bytes, got ${body.length}`;
  const session = headers[SESSION];
  const [shortest, longest] = LIMITS.session;
  if (typeof session !== 'string' || (session.length >= shortest && session.length <= longest)) return undefined;
  return `${SESSION}: expected ${shortest} to ${longest} characters, got ${session.length}`;
}

function allowed(runtime: AgentRuntime, headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  const configuration = runtime.properties['RequestHeaderConfiguration'];
  const list =
    isObject(configuration) && Array.isArray(configuration['RequestHeaderAllowlist'])
      ? configuration['RequestHeaderAllowlist'].map((name) => String(name).toLowerCase())
      : [];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ALWAYS.includes(name) || list.includes(name)));
}
