/** A correct client's call, and what came of it in one line. */
import { type Connection, connect, type RawHead, type RawReply } from '../support/raw.ts';
import { bytesOf, initialize, legacy, modern, type Sent } from '../upstream/messages.ts';
import { MARK } from './upstream.ts';

export const ERAS = ['modern', 'legacy'] as const;
export type Era = (typeof ERAS)[number];

/** Who calls: the proxies that inspect replies want to know. */
export const CALLER = 'X-Caller: {"sub":"ann","groups":["clerks"]}';

/** The message of a call of a tool. */
export function toolCall(era: Era, tool: string, text: string = MARK): Sent {
  const params = { name: tool, arguments: { text }, _meta: { progressToken: 'p' } };
  return era === 'modern' ? modern('tools/call', params) : legacy('tools/call', params);
}

export interface CallOptions {
  readonly sent?: Sent;
  /** Lines of further headers. */
  readonly headers?: readonly string[];
}

/** Calls a tool on a new connection, and returns all that came. */
export async function call(port: number, era: Era, tool: string, options: CallOptions = {}): Promise<RawReply | Error> {
  let connection: Connection;
  try {
    connection = await connect(port);
  } catch (error) {
    return asError(error);
  }
  await using used = connection;
  used.send(bytesOf(options.sent ?? toolCall(era, tool), [CALLER, ...(options.headers ?? [])]));
  try {
    return await used.reply();
  } catch (error) {
    return asError(error);
  }
}

/** Opens a session. Returns its id; undefined if the upstream gave none. */
export async function openSession(port: number): Promise<string | undefined> {
  const reply = await call(port, 'legacy', '', { sent: initialize() });
  return reply instanceof Error ? undefined : reply.header('mcp-session-id');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * What a client got, in one line: `STATUS result`, `STATUS error REASON (CODE): MESSAGE`, `STATUS cut`, or that there was
 * no reply.
 */
export function told(reply: RawReply | Error): string {
  if (reply instanceof Error)
    return reply.message.includes('ended in the middle of a reply') ? 'closed' : reply.message;
  if (!reply.complete) return `${reply.status} cut`;
  if (reply.text === '') return `${reply.status} nothing`;
  const texts = isEvents(reply) ? eventsIn(reply.text) : [reply.text];
  const answers = texts.flatMap((text) => outcomeIn(text));
  return `${reply.status} ${answers.length === 0 ? 'no answer' : answers.join(', ')}`;
}

function isEvents(head: RawHead): boolean {
  return head.header('content-type')?.startsWith('text/event-stream') === true;
}

/** The data of each event. */
export function eventsIn(text: string): string[] {
  return text.split('\n\n').flatMap((block) => {
    const data = block.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
    return data.length === 0 ? [] : [data.join('\n')];
  });
}

function outcomeIn(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['no JSON'];
  }
  if (typeof value !== 'object' || value === null) return ['no JSON'];
  const { result, error } = value as {
    result?: { isError?: boolean; content?: { text?: string }[] };
    error?: { code: number; message: string; data?: { reason?: string } };
  };
  if (error !== undefined) return [`error ${error.data?.reason ?? ''} (${error.code}): ${error.message}`];
  return result === undefined ? [] : [result.isError === true ? 'tool error' : 'result'];
}
