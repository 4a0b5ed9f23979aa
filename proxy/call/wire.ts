/** The one place that turns an error into the client's reply. */
import {
  ConsentRequired,
  type ErrorCode,
  InsufficientScope,
  MethodNotAllowed,
  type ProxyError,
  Throttled,
  Unauthenticated,
  UpstreamFailure,
} from '../base/errors.ts';
import { SELF } from '../base/self.ts';
import type { Call, CallKind } from './call.ts';
import { elicitation, elicitationsOf, type Elicits, META_SERVER, wordsOf } from './elicitation.ts';
import type { Era } from './exchange.ts';
import { type InLog, nameInLog, type Why, whyOf } from './in-log.ts';

/** The answer to a refused tool call: a JSON-RPC error, or a tool result, which a model can read. */
export type ToolRefusals = 'error' | 'result';

interface Form {
  /** HTTP status of a reply to a request. */
  readonly status: number;
  /** JSON-RPC error code. */
  readonly rpc: number;
  /** Status if there is no request to answer (a notification, a response, GET, DELETE) and `status` would be 200. */
  readonly bare?: number;
  /** HTTP status where the client can get a token by a challenge (RFC 9110, 15.5.2). */
  readonly challenged?: number;
  /** The status tells a legacy client more than the message, so it is used even for a dispatched request. */
  readonly always?: true;
}

/**
 * Codes -327xx and -326xx are JSON-RPC's, -320xx are MCP's (2026-07-28, basic, error codes). -31xxx are the proxy's own:
 * outside the reserved range, with the matching HTTP status as the last three digits.
 */
export const FORMS: Readonly<Record<ErrorCode, Form>> = {
  'parse-error': { status: 400, rpc: -32700 },
  'invalid-request': { status: 400, rpc: -32600 },
  'invalid-params': { status: 400, rpc: -32602 },
  'header-mismatch': { status: 400, rpc: -32020 },
  'method-not-found': { status: 404, rpc: -32601 },
  'missing-capability': { status: 400, rpc: -32021 },
  'method-not-allowed': { status: 405, rpc: -32600 },
  'unsupported-media-type': { status: 415, rpc: -32600 },
  'payload-too-large': { status: 413, rpc: -32600 },
  'too-many-headers': { status: 431, rpc: -32600 },
  'forbidden-origin': { status: 403, rpc: -31403 },
  'forbidden-host': { status: 403, rpc: -31403 },
  'not-found': { status: 404, rpc: -32600 },
  'unauthenticated-caller': { status: 403, challenged: 401, rpc: -31403, always: true },
  'caller-refused': { status: 403, rpc: -31403, always: true },
  // 200: clients take 403 for their own token's, and show nothing of the body.
  'consent-required': { status: 200, bare: 403, rpc: -31403 },
  'insufficient-scope': { status: 403, challenged: 403, rpc: -31403 },
  'session-not-found': { status: 404, rpc: -32001, always: true },
  denied: { status: 200, bare: 403, rpc: -31403 },
  'unknown-name': { status: 200, bare: 403, rpc: -32602 },
  'invalid-arguments': { status: 200, bare: 400, rpc: -32602 },
  throttled: { status: 429, rpc: -31429 },
  cancelled: { status: 499, rpc: -31499 },
  'unmatched-stream': { status: 409, rpc: -31409 },
  'inspection-failed': { status: 502, rpc: -32603 },
  'upstream-unreachable': { status: 502, rpc: -32603 },
  'upstream-timeout': { status: 504, rpc: -32603 },
  'upstream-auth': { status: 502, rpc: -32603 },
  'upstream-invalid': { status: 502, rpc: -32603 },
  internal: { status: 500, rpc: -32603 },
};

/** The properties of a call that an error's form depends on. */
export interface Refused {
  readonly kind: CallKind | undefined;
  readonly method: string | undefined;
  /** The request's id as JSON text. */
  readonly id: string | undefined;
  readonly era: Era;
  /** The message became a call, so a control or the upstream refused it or its reply. */
  readonly dispatched: boolean;
  /** A refused tool call is answered with a tool result, which a model can read (`toolRefusals`). @default false */
  readonly asResult?: boolean;
  /** The start of `WWW-Authenticate`, if clients get tokens by it. */
  readonly challenge?: string | undefined;
  /**
   * Asks the person for consent, if the client declared URL elicitation.
   * @default - it didn't
   */
  readonly elicits?: Elicits | undefined;
  /** @default - it has its own line */
  readonly inLog?: InLog | undefined;
}

export interface WireError {
  readonly status: number;
  /** Flat list of header names and values. */
  readonly headers: readonly string[];
  /** The JSON-RPC message. */
  readonly body: string;
  readonly code: ErrorCode;
  /** Names it in the log. Undefined: the log has no line about it. */
  readonly errorId: string | undefined;
  /** It has the id of a request, so the client knows what it answers. */
  readonly answers: boolean;
}

/** A refusal before any control, as the client got it. */
export interface Told extends Pick<WireError, 'status' | 'body' | 'errorId'> {
  /** Of JSON-RPC if it is known, else of HTTP. */
  readonly method: string | undefined;
  /** Why no caller was found, if that is the reason: it names headers and claims, and holds none of their values. */
  readonly why?: string | undefined;
}

/** Called with each refusal before any control. */
export type OnRefused = (code: ErrorCode, told: Told) => void;

export const NOTHING_KNOWN: Refused = {
  kind: undefined,
  method: undefined,
  id: undefined,
  era: 'legacy',
  dispatched: false,
};

export function refusedOf(call: Call): Refused {
  return {
    kind: call.kind,
    method: call.method,
    id: call.kind === 'request' ? call.id : undefined,
    era: call.era,
    dispatched: true,
    challenge: call.exchange.inbound.challenge,
    inLog: call.exchange,
  };
}

/** Makes the client's error. Anything but a `ProxyError` becomes -32603, which only the log explains. */
export function toWire(thrown: unknown, refused: Refused): WireError {
  const { error, errorId } = nameInLog(thrown, refused.inLog);
  const form = FORMS[error.code];
  const headers = ['Content-Type', 'application/json'];
  const waitMs = error instanceof Throttled || error instanceof UpstreamFailure ? error.retryAfterMs : undefined;
  if (waitMs !== undefined) headers.push('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))));
  if (error instanceof MethodNotAllowed) headers.push('Allow', error.allow);
  const isResult = isReadable(error, refused);
  const why = whyOf(error, errorId);
  const elicited = elicitation(error, refused, why);
  if (elicited !== undefined) return { status: 200, headers, body: elicited, code: error.code, errorId, answers: true };
  const challenge = isResult ? undefined : challengeOf(error, refused);
  if (challenge !== undefined) headers.push('WWW-Authenticate', challenge);
  return {
    status: isResult ? 200 : challenge === undefined ? statusOf(form, refused) : (form.challenged ?? form.status),
    headers,
    body: isResult ? resultOf(error, refused, why) : messageOf(error, form, refused, why),
    code: error.code,
    errorId,
    answers: refused.id !== undefined,
  };
}

/**
 * RFC 6750 §3: a request without a token gets no error code. `insufficient_claims` is Microsoft's claims challenge, which
 * its client libraries turn into a new sign-in with these claims.
 */
function challengeOf(error: ProxyError, { challenge }: Refused): string | undefined {
  if (challenge === undefined) return undefined;
  const parameters = `${challenge}${challenge.includes(' ') ? ',' : ''}`;
  if (error instanceof InsufficientScope)
    return `${parameters} error="insufficient_scope", scope="${error.scopes.join(' ')}"`;
  if (error.code !== 'unauthenticated-caller') return undefined;
  if (!(error instanceof Unauthenticated) || !error.hadToken) return challenge;
  return error.claims === undefined
    ? `${parameters} error="invalid_token"`
    : `${parameters} error="insufficient_claims", claims="${Buffer.from(error.claims).toString('base64')}"`;
}

/**
 * Returns the HTTP status. An HTTP error in answer to one call ends the whole session of some legacy clients (the Python
 * SDK 1.x), with all calls in flight. So the error of a dispatched request is its JSON-RPC answer, with 200, as a
 * server's own error would be.
 */
function statusOf({ status, bare, always }: Form, { id, era, dispatched }: Refused): number {
  if (id === undefined) return bare ?? status;
  return dispatched && era === 'legacy' && always !== true ? 200 : status;
}

/** Refusals after which a model can continue: it reads why its call was refused. */
const READABLE: ReadonlySet<ErrorCode> = new Set(['denied', 'unknown-name', 'throttled', 'consent-required']);

/** Whether the error becomes a tool result, for a model to read. */
function isReadable({ code }: ProxyError, { method, id, asResult = false }: Refused): boolean {
  return method === 'tools/call' && id !== undefined && isResultOfTool(code, asResult);
}

function isResultOfTool(code: ErrorCode, asResult: boolean): boolean {
  return code === 'invalid-arguments' || (asResult && READABLE.has(code));
}

/**
 * The JSON-RPC error code in the answer to a refused request; undefined if that may be a result.
 * @param asResult `toolRefusals` is `result`
 */
export function rpcCode(code: ErrorCode, { method }: Call, asResult: boolean): number | undefined {
  if (code === 'consent-required') return undefined;
  return method === 'tools/call' && isResultOfTool(code, asResult) ? undefined : FORMS[code].rpc;
}

/** In `_meta` of a refusal that is a tool result, where an error has `data`. */
const META_REFUSAL = 'io.github.agentcore-mcp-proxy/refusal';

function resultOf({ message, clientMessage = message }: ProxyError, { id, era }: Refused, why: Why): string {
  const modern = era === 'modern';
  const meta = { ...(modern ? { [META_SERVER]: SELF } : {}), ...(why === undefined ? {} : { [META_REFUSAL]: why }) };
  const result = {
    ...(modern ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text: clientMessage }],
    isError: true,
    ...(modern || why !== undefined ? { _meta: meta } : {}),
  };
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
}

function messageOf(error: ProxyError, form: Form, { id, elicits }: Refused, why: Why): string {
  const idMember = id === undefined ? '' : `,"id":${id}`;
  const isPage = error instanceof ConsentRequired && elicits !== undefined;
  const { clientMessage: message = isPage ? wordsOf(error) : error.message } = error;
  const page = isPage ? elicitationsOf(error) : {};
  const { reason, ...named } = why ?? { reason: error.code };
  const data = why === undefined ? error.data : { reason, ...error.data, ...page, ...named };
  return `{"jsonrpc":"2.0"${idMember},"error":${JSON.stringify({ code: form.rpc, message, data })}}`;
}
