/** Reading a reply that is meant for the proxy itself: its own handshake, its own listings, an error it may act on. */
import type { IncomingMessage } from 'node:http';
import { UpstreamFailure } from '../errors.ts';
import { isObject, type JsonObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import { checkJson } from '../json/strict.ts';
import { EventSplitter, readEvent } from '../reply/events.ts';

const LIMIT = 16 * 1024 * 1024;
/** How long a stream may go on after its answer. */
const DRAIN_MS = 1_000;

/** The whole body. Rejects with `UpstreamFailure` where it is cut, or larger than `limit`. */
export function readAll(response: IncomingMessage, limit: number = LIMIT): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) response.destroy();
    });
    response.on('end', () => resolve(Buffer.concat(chunks, size)));
    response.on('error', () => {});
    response.on('close', () =>
      reject(new UpstreamFailure(size > limit ? 'upstream-invalid' : 'upstream-unreachable', size > limit ? `the upstream's answer is larger than ${limit} bytes` : "the upstream's answer broke off")),
    );
  });
}

/** The response to the one request that was sent, from a JSON body or an event stream; the rest of a stream is dropped. */
export async function readResponse(response: IncomingMessage | Buffer | undefined, contentType: string | undefined): Promise<JsonObject> {
  if (response === undefined || Buffer.isBuffer(response)) return parse((response ?? '').toString());
  if (contentType?.toLowerCase().startsWith('text/event-stream') !== true) return parse((await readAll(response)).toString('utf8'));
  const splitter = new EventSplitter(LIMIT);
  try {
    // What comes after the answer is drained rather than cut off: an upstream ends its stream there, and the connection can be used again.
    for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (const raw of splitter.push(chunk)) {
        const { data } = readEvent(raw);
        if (data === undefined || data === '') continue;
        const message = parse(data);
        if (message['method'] === undefined) return message;
      }
    }
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new UpstreamFailure('upstream-unreachable', "the upstream's answer broke off", { cause: error });
  } finally {
    drain(response);
  }
  throw new UpstreamFailure('upstream-invalid', "the upstream's stream ended without an answer");
}

function drain(response: IncomingMessage): void {
  if (response.closed) return;
  const timer = setTimeout(() => response.destroy(), DRAIN_MS).unref();
  response.on('close', () => clearTimeout(timer));
  response.on('error', () => {});
  response.resume();
}

function parse(text: string): JsonObject {
  let value: unknown;
  try {
    checkJson(text);
    value = parseJson(text);
  } catch (error) {
    throw new UpstreamFailure('upstream-invalid', "the upstream's answer is no JSON", { cause: error });
  }
  if (!isObject(value)) throw new UpstreamFailure('upstream-invalid', "the upstream's answer is no JSON-RPC message");
  return value;
}
