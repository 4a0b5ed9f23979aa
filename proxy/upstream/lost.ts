/**
 * Whether a failing reply to a request says that the upstream no longer knows the session. The specification gives that
 * a 404, but servers answer 404 to other things, too: whatever bears the request's own id is the answer to it. Only a
 * request's reply counts: a GET's 404 may mean that there are no streams, a notification's that nobody knows it.
 */
import type { IncomingMessage } from 'node:http';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import { errorText, MAX_ERROR } from './error-text.ts';

/**
 * `lost`: by its status. `known`: in the very form that a known server has for it, so the request wasn't carried out.
 * `named`: in such a form, but in the request's own name; from any other server this would be the answer.
 */
export type Told = 'answer' | 'lost' | 'known' | 'named';

/** A reply by which a known server says that a session is gone. */
interface Form {
  readonly status: number;
  /** Of the JSON-RPC error; undefined: plain text. */
  readonly code?: number;
  readonly message: string;
  /** It comes with the id of the request. */
  readonly ownId?: true;
}

/** As read in the sources of these servers. */
export const LOST_REPLIES: Readonly<Record<string, readonly Form[]>> = {
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

/** By which rmcp refuses a GET or a DELETE without a session id. */
const NO_SESSION_ID: Form = { status: 401, message: 'Unauthorized: Session ID is required' };

/**
 * What a reply means by which a server asks for a session id as if credentials were missing; undefined for any other
 * reply. `body` as it came.
 * @param sent the request had one when it left here
 */
export function wantsSessionId(
  { statusCode, headers }: IncomingMessage,
  body: Buffer,
  sent: boolean,
): ProxyError | undefined {
  if (
    statusCode !== NO_SESSION_ID.status ||
    errorText(body, headers['content-encoding'])?.trim() !== NO_SESSION_ID.message
  )
    return undefined;
  if (sent)
    return new UpstreamFailure(
      'upstream-invalid',
      'the upstream got no session id, though one was sent: check that nothing in between drops the header Mcp-Session-Id',
    );
  return new ProxyError(
    'invalid-request',
    'expected a session id, got none: initialize first, and send the Mcp-Session-Id that comes back',
  );
}

/** Whether a reply's body is worth reading: it may tell of a lost session. */
export function mayTell(call: Call, { statusCode: status, headers }: IncomingMessage): boolean {
  if (
    call.kind !== 'request' ||
    (status !== 404 && status !== 400) ||
    Number(headers['content-length'] ?? 0) > MAX_ERROR
  )
    return false;
  // Nobody tells it by a stream, and one may stay open.
  return headers['content-type']?.toLowerCase().startsWith('text/event-stream') !== true;
}

/** What a failing reply to a request in a session tells. `body` as it came. */
export function toldBy(call: Call, { statusCode: status, headers }: IncomingMessage, body: Buffer): Told {
  const text = body.length > MAX_ERROR ? undefined : errorText(body, headers['content-encoding']);
  // What is too long or can't be read may bear the request's id.
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

/** Some servers give back a number as a string, or the other way round. */
function isOwn(id: unknown, own: string | undefined): boolean {
  return (
    own !== undefined && (typeof id === 'string' || typeof id === 'number') && String(id) === String(JSON.parse(own))
  );
}
