/** Dispatches each message of a batch (2025-03-26), and combines the replies. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProxyError } from '../base/errors.ts';
import { inTurns, nextTurn, SHORT } from '../base/turns.ts';
import { NOBODY } from '../call/caller.ts';
import { Exchange } from '../call/exchange.ts';
import { refusalOf } from '../call/message.ts';
import { JsonError } from '../json/json-error.ts';
import { checkJsonInTurns } from '../json/strict-in-turns.ts';
import { BatchReply, readBatch } from './batch.ts';
import { forgetAfter } from './forget-tokens.ts';
import { inboundOf } from './mirror.ts';
import type { IngressOptions } from './options.ts';
import { answerPing, isPing } from './ping.ts';
import { ResponseSink } from './sink.ts';

/** Whether a body is a batch. */
export function isArray(text: string): boolean {
  return text.charCodeAt(0) !== 0x7b && /^[ \t\r\n]*\[/.test(text);
}

/** @param bytes of the body */
export async function dispatchBatch(
  options: IngressOptions,
  text: string,
  bytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { guards, maxDepth, maxInspectedReply, requestTimeoutMs, closing, dispatcher, readCaller, identifying } =
    options;
  try {
    await inTurns(checkJsonInTurns(text, maxDepth));
  } catch (error) {
    throw error instanceof JsonError ? await inTurns(refusalOf(error, text, maxDepth)) : error;
  }
  const version = request.headers['mcp-protocol-version'];
  if (version !== undefined && version !== '2025-03-26') {
    throw new ProxyError(
      'invalid-request',
      `expected one message: protocol version ${String(version).slice(0, 20)} has no batches (2025-03-26 has)`,
    );
  }
  const messages = await inTurns(readBatch(text, maxDepth));
  const modern = messages.find((message) => message.metaVersion !== undefined && message.metaVersion !== '2025-03-26');
  if (modern !== undefined)
    throw new ProxyError('invalid-request', 'expected one message: its protocol version has no batches');
  const isProbe = messages.every(isPing);
  if (!isProbe) {
    guards.checkHost(request.headers.host);
    await options.begin?.();
  }
  const caller = isProbe ? NOBODY : await readCaller(request);
  // The replies are combined here, so the upstream must not compress them.
  const exchanges = messages.map(
    (message) =>
      new Exchange(
        caller,
        'legacy',
        { ...inboundOf(message, request.headers, 'legacy', identifying), acceptEncoding: 'identity' },
        bytes,
      ),
  );
  const gone = (): void => {
    if (closing.cut) for (const exchange of exchanges) exchange.abort();
  };
  const sink = new ResponseSink(response, gone, requestTimeoutMs, closing);
  const reply = new BatchReply(sink, messages, maxInspectedReply);
  const dispatched: Promise<void>[] = [];
  for (const [i, message] of messages.entries()) {
    const [sink, exchange] = [reply.parts[i], exchanges[i]];
    if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');
    dispatched.push(
      isPing(message)
        ? answerPing(options, message, request, bytes, sink)
        : dispatcher.dispatch(message.kind, message, exchange, sink),
    );
    // Each message is short and processed in one go.
    if (text.length > SHORT) await nextTurn();
  }
  for (const { inbound } of exchanges)
    if (inbound.tokens !== undefined) forgetAfter(Promise.allSettled(dispatched), response, inbound.tokens);
  await Promise.all(dispatched);
}
