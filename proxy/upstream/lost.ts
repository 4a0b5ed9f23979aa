/**
 * Whether a failing reply says that the upstream no longer knows the session. MCP's status for that is 404, but servers
 * use 404 for other errors, too: a body with the request's own id is the answer to the request. Only replies to
 * requests count: a 404 to a GET may mean that there are no streams, one to a notification that it isn't known.
 */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import { errorText, MAX_ERROR } from './error-text.ts';
import type { Response } from './http/response.ts';

/**
 * What a failing reply means. `lost`: the session is lost, by the status. `known`: in exactly the form of a known
 * server, so the request wasn't carried out. `named`: in such a form, but with the request's id; from any other server
 * this would be the answer.
 */
export type Verdict = 'answer' | 'lost' | 'known' | 'named';

/** The reply of a known server for a lost session. */
interface Form {
  readonly status: number;
  /** Code of the JSON-RPC error; undefined for plain text. */
  readonly code?: number;
  readonly message: string;
  /** The reply has the id of the request. */
  readonly ownId?: true;
}

/** Taken from the sources of these servers. */
const LOST_REPLIES: Readonly<Record<string, readonly Form[]>> = {
  'TypeScript SDK': [{ status: 404, code: -32001, message: 'Session not found' }],
  "server-everything, and servers after the TypeScript SDK's example": [
    { status: 400, code: -32000, message: 'Bad Request: No valid session ID provided', ownId: true },
    { status: 400, code: -32000, message: 'Bad Request: No valid session ID provided' },
  ],
  'Python SDK': [
    { status: 404, code: -32600, message: 'Session not found' },
    { status: 404, code: -32600, message: 'Not Found: Invalid or expired session ID' },
    { status: 404, code: -32600, message: 'Not Found: Session has been terminated' },
    { status: 400, message: 'Bad Request: No valid session ID provided' },
  ],
  'Go SDK': [{ status: 404, message: 'session not found' }],
  'C# SDK': [
    { status: 404, code: -32001, message: 'Session not found' },
    { status: 404, code: 32001, message: 'Session not found' },
  ],
  rmcp: [
    { status: 404, message: 'Not Found: Session not found' },
    { status: 401, message: 'Unauthorized: Session not found' },
  ],
};

const ALL = Object.values(LOST_REPLIES).flat();

/** The reply with which rmcp refuses a GET or a DELETE without a session id. */
const NO_SESSION_ID: Form = { status: 401, message: 'Unauthorized: Session ID is required' };

/**
 * Returns the error for a reply that asks for a session id as if credentials were missing; undefined for other replies.
 * @param body as it came, still encoded
 * @param sent whether the request had a session id
 */
export function wantsSessionId({ statusCode, headers }: Response, body: Buffer, sent: boolean): ProxyError | undefined {
  if (
    statusCode !== NO_SESSION_ID.status ||
    errorText(body, headers['content-encoding'])?.trim() !== NO_SESSION_ID.message
  )
    return undefined;
  if (sent)
    return new UpstreamFailure(
      'upstream-invalid',
      'the upstream got no session id, though one was sent: check that nothing between the proxy and the upstream drops the header Mcp-Session-Id',
    );
  return new ProxyError(
    'invalid-request',
    'expected a session id, got none: initialize first, and send the Mcp-Session-Id of its response',
  );
}

/** Whether a reply's body must be read, since it may report a lost session. */
export function mayReportLoss(call: Call, { statusCode: status, headers }: Response): boolean {
  if (
    call.kind !== 'request' ||
    (status !== 404 && status !== 400) ||
    Number(headers['content-length'] ?? 0) > MAX_ERROR
  )
    return false;
  // No server reports it in a stream, and a stream may stay open.
  return headers['content-type']?.toLowerCase().startsWith('text/event-stream') !== true;
}

/** Returns what a failing reply to a request in a session means. `body` is still encoded. */
export function verdictOf(call: Call, { statusCode: status, headers }: Response, body: Buffer): Verdict {
  const text = body.length > MAX_ERROR ? undefined : errorText(body, headers['content-encoding']);
  // A body that is too long or can't be decoded may have the request's id.
  if (text === undefined) return 'answer';
  const messages = messagesIn(text);
  const own = messages.some(({ id }) => isOwn(id, call.id));
  const known = ALL.some((form) => {
    if (form.status !== status || (form.ownId === true) !== own) return false;
    if (form.code === undefined) return text.trim() === form.message;
    const [error, ...others] = messages.map((message) => message['error']);
    return others.length === 0 && isObject(error) && error['code'] === form.code && error['message'] === form.message;
  });
  if (own) return known ? 'named' : 'answer';
  if (known) return 'known';
  return status === 404 ? 'lost' : 'answer';
}

function messagesIn(text: string): Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).filter(isObject);
  } catch {
    return [];
  }
}

/** Some servers return a number as a string, or the other way round. */
function isOwn(id: unknown, own: string | undefined): boolean {
  return (
    own !== undefined && (typeof id === 'string' || typeof id === 'number') && String(id) === String(JSON.parse(own))
  );
}
