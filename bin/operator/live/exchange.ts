/**
 * Sends one message to a deployed proxy without an MCP client, and returns everything that came back, including what a
 * client would hide.
 */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { InboundFetch } from '../inbound.ts';
import { textAt } from '../members.ts';

/** A first call may have to start a microVM and connect to the upstream. */
const LIMIT_MS = 90_000;
const MAX_TEXT = 4 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The reply with the request's id; undefined if none came. */
  readonly message: Readonly<Record<string, unknown>> | undefined;
  /** The body as far as it was read. */
  readonly text: string;
  /** Milliseconds until the reply's message, or until the end if there was none. */
  readonly ms: number;
}

export interface Message {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Left out for a notification. */
  readonly id?: number | undefined;
}

/** POSTs a message and reads until its reply has arrived. Throws what `fetch` throws. */
export async function post(
  fetch: InboundFetch,
  url: string,
  message: Message | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message }),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const id = typeof message === 'string' ? undefined : message.id;
  const { text, found } = await read(response, id);
  return {
    status: response.status,
    headers: response.headers,
    message: found,
    text,
    ms: performance.now() - startedAt,
  };
}

/** DELETEs a session. Throws what `fetch` throws. */
export async function end(
  fetch: InboundFetch,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: 'DELETE',
    headers: { ...headers },
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const { text, found } = await read(response, undefined);
  return {
    status: response.status,
    headers: response.headers,
    message: found,
    text,
    ms: performance.now() - startedAt,
  };
}

async function read(
  response: Response,
  id: number | undefined,
): Promise<{ readonly text: string; readonly found: Readonly<Record<string, unknown>> | undefined }> {
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const found = streamed ? messagesIn(text).find((one) => id !== undefined && one['id'] === id) : undefined;
    if (found !== undefined) return { text, found };
    if (text.length > MAX_TEXT) break;
  }
  const all = streamed ? messagesIn(text) : asMessages(text);
  return { text, found: all.find((one) => id === undefined || one['id'] === id) ?? all.find((one) => 'error' in one) };
}

/** The messages of an event stream's complete events. */
export function messagesIn(stream: string): readonly Readonly<Record<string, unknown>>[] {
  const events = stream.replaceAll('\r\n', '\n').split('\n\n').slice(0, -1);
  return events.flatMap((event) => {
    const data = event
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart());
    return asMessages(data.join('\n'));
  });
}

function asMessages(text: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

export function resultOf({ message }: Answer): Readonly<Record<string, unknown>> | undefined {
  const result = message?.['result'];
  return isObject(result) ? result : undefined;
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  /** A code of `docs/errors.md`; undefined if the error isn't the proxy's. */
  readonly reason: string | undefined;
  /** Under which the log says more. */
  readonly errorId: string | undefined;
}

export function errorOf({ message }: Answer): RpcError | undefined {
  const error = message?.['error'];
  if (!isObject(error)) return undefined;
  return {
    code: Number(error['code']),
    message: textAt(error, 'message') ?? '',
    reason: textAt(error['data'], 'reason'),
    errorId: textAt(error['data'], 'errorId'),
  };
}

/** The answer for a person, at most one line of it. */
export function shown(answer: Answer): string {
  const error = errorOf(answer);
  const status = `HTTP ${answer.status}`;
  if (error !== undefined)
    return `${status}, JSON-RPC error ${error.code}${error.reason === undefined ? '' : ` (${error.reason})`}: ${line(error.message)}`;
  if (resultOf(answer) !== undefined) return `${status} with a result`;
  return `${status}${answer.text === '' ? ', no body' : `: ${line(answer.text)}`}`;
}

function line(text: string): string {
  const one = text.replaceAll(/\s+/g, ' ').trim();
  return one.length > 160 ? `${one.slice(0, 157)}…` : one;
}
