/**
 * What spans and metrics say of a call, in the words of OpenTelemetry's conventions for MCP (semantic-conventions-genai
 * 0.1; status: development). None holds a value of a call.
 */
import { hash } from 'node:crypto';
import { type ErrorCode, ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { nameMember } from '../call/name-member.ts';
import { methodOf, nameOf } from '../call/names.ts';
import { rpcCode as rpcCodeOf } from '../call/wire.ts';
import type { Finished } from '../reply/reply.ts';

export type Attributes = Record<string, string>;

const SPEC_VERSION = /^\d{4}-\d\d-\d\d$/;

/** Few values each, for metrics and spans. */
export function attributesOf(call: Call): Attributes {
  const { version, method } = call;
  const attributes: Attributes = {
    'mcp.method.name': methodOf(call),
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
  };
  if (version !== undefined && SPEC_VERSION.test(version)) attributes['mcp.protocol.version'] = version;
  const name = method === 'tools/call' || method === 'prompts/get' ? nameOf(call) : undefined;
  if (name === undefined || name === '…') return attributes;
  if (method === 'prompts/get') attributes['gen_ai.prompt.name'] = name;
  else {
    attributes['gen_ai.tool.name'] = name;
    attributes['gen_ai.operation.name'] = 'execute_tool';
  }
  return attributes;
}

/** Other text may be anything, such as a person's name. */
const REQUEST_ID =
  /^(?:-?\d{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,64}|(?:id|req|request|call|msg)[-_:]?\d{1,20})$/i;

/** Of this call alone: for spans, since a metric would get a series for each. */
export function ownAttributesOf(call: Call): Attributes {
  const attributes: Attributes = {};
  const id = call.kind === 'request' ? call.id?.replace(/^"(.*)"$/, '$1') : undefined;
  if (id !== undefined && REQUEST_ID.test(id)) attributes['jsonrpc.request.id'] = id;
  const session = call.exchange.inbound.sessionId;
  if (session !== undefined) attributes['mcp.session.id'] = hash('sha256', session).slice(0, 32);
  if (nameMember(call.method) === 'uri') {
    // Its scheme, if that is a usual one: the rest may hold personal data.
    const scheme = nameOf(call);
    if (scheme !== undefined && scheme !== '…') attributes['mcp.resource.uri'] = scheme;
  }
  return attributes;
}

/** How a call failed; undefined for one that didn't. */
export interface Failure {
  /** Low-cardinality, as the conventions require. */
  readonly type: string;
  /** The JSON-RPC error code that the client got. @default - unknown, or the client got none */
  readonly rpcCode?: string | undefined;
}

/** @param asResult refused tool calls are answered with a result (`toolRefusals`) */
export function refusal(error: unknown, call: Call, asResult: boolean): Failure {
  return failureBy(error instanceof ProxyError ? error.code : 'internal', call, asResult);
}

/**
 * The conventions want an upstream's error to have its JSON-RPC code as its type, as far as that is known.
 * @param finished `code`: why the proxy refused the reply after its headers; `rpcCode`: of the upstream's error
 */
export function failureOf({ outcome, code, rpcCode }: Finished, call: Call, asResult: boolean): Failure | undefined {
  if (code !== undefined) return failureBy(code, call, asResult);
  if (outcome === 'tool-error') return { type: 'tool_error' };
  if (outcome === 'cut') return { type: 'cut' };
  if (outcome !== 'rpc-error') return undefined;
  return { type: rpcCode?.toString() ?? '_OTHER', rpcCode: rpcCode?.toString() };
}

function failureBy(code: ErrorCode, call: Call, asResult: boolean): Failure {
  return { type: code, rpcCode: call.kind === 'request' ? rpcCodeOf(code, call, asResult)?.toString() : undefined };
}

export function attributesOfFailure({ type, rpcCode }: Failure): Attributes {
  return { 'error.type': type, ...(rpcCode === undefined ? {} : { 'rpc.response.status_code': rpcCode }) };
}
