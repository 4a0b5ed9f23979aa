/** JSON-RPC `ping`, such as the platform's health probe: answered for any Host and any caller, even if the upstream fails. */
import type { IncomingMessage } from 'node:http';
import type { Message } from '../call/message.ts';
import type { Sink } from '../reply/deliver.ts';
import { JSON_TYPE } from './answer.ts';
import { keptAlive } from './keep-alive.ts';
import type { IngressOptions } from './options.ts';

export function isPing(message: Message): boolean {
  return message.method === 'ping' && message.kind === 'request';
}

/** @param bytes of the body */
export async function answerPing(
  { guards, dispatcher, readCaller, identifying }: IngressOptions,
  message: Message,
  request: IncomingMessage,
  bytes: number,
  sink: Sink,
): Promise<void> {
  const asked = { message, request, bytes, guards, dispatcher, readCaller, identifying };
  if (!(await keptAlive(asked, sink))) pong(message, sink);
}

function pong(ping: Message, sink: Sink): void {
  const body = Buffer.from(`{"jsonrpc":"2.0","id":${ping.id},"result":{}}`);
  sink.head(200, [...JSON_TYPE, 'Content-Length', String(body.length)], false);
  sink.end(body);
}
