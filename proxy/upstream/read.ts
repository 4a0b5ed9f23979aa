/** Reads replies that are meant for the proxy itself: its own handshake and listings, and errors that it may act on. */
import type { Readable } from 'node:stream';
import { UpstreamFailure } from '../base/errors.ts';
import { atOnce, inTurns, type Work } from '../base/turns.ts';
import { idKey } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import { parseInTurns } from '../json/parse.ts';
import { checkJsonInTurns, itemsInTurns } from '../json/strict-in-turns.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { bearsMessage, MARK } from '../reply/event-data.ts';
import { EventSplitter, readEvent } from '../reply/events.ts';

const LIMIT = 16 * 1024 * 1024;
/** How long a stream may go on after its answer. */
const DRAIN_MS = 1_000;

/** Reads the whole body. Rejects with `UpstreamFailure` if it is cut, or larger than `limit` bytes. */
export function readAll(response: Readable | Buffer, limit: number = LIMIT): Promise<Buffer> {
  if (Buffer.isBuffer(response))
    return response.length > limit ? Promise.reject(tooLarge(limit)) : Promise.resolve(response);
  if (response.destroyed) return Promise.reject(brokeOff());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) response.destroy();
    });
    let isWhole = false;
    response.on('end', () => {
      isWhole = true;
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
    });
    response.on('error', () => {});
    response.on('close', () => {
      // An error costs more to make than the rest of a small reply.
      if (isWhole) return;
      if (response.errored instanceof UpstreamFailure) reject(response.errored);
      else reject(size > limit ? tooLarge(limit) : brokeOff());
    });
  });
}

function tooLarge(limit: number): UpstreamFailure {
  return new UpstreamFailure('upstream-invalid', `the upstream's answer is larger than ${limit} bytes`);
}

function brokeOff(): UpstreamFailure {
  return new UpstreamFailure('upstream-unreachable', "the upstream's answer broke off");
}

/** The response headers that describe the body. */
export interface BodyHead {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/**
 * Reads the response to the one request that was sent, from a JSON body or an event stream. The rest of a stream is
 * dropped. Events that are not messages are skipped by the rule that applies to clients (`reply/event-data.ts`), and so
 * are responses with other ids.
 * @param id of the request, as JSON text
 */
export async function readResponse(
  response: Readable | Buffer | undefined,
  head: BodyHead,
  id: string,
): Promise<JsonObject> {
  return (await readResponseText(response, head, id)).message;
}

/** A message, and the text that it was read from. */
export interface Parsed {
  readonly text: string;
  readonly message: JsonObject;
}

/** As {@link readResponse}, with the text of the response. */
export async function readResponseText(
  response: Readable | Buffer | undefined,
  { contentType, contentEncoding }: BodyHead,
  id: string,
): Promise<Parsed> {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    if (response !== undefined && !Buffer.isBuffer(response)) response.resume();
    throw new UpstreamFailure(
      'upstream-invalid',
      'the upstream answered the proxy in a content coding that was not asked for: expected none (identity)',
    );
  }
  if (response === undefined || Buffer.isBuffer(response)) return soleResponse((response ?? '').toString(), id);
  if (contentType?.trim().toLowerCase().startsWith('text/event-stream') !== true)
    return soleResponse((await readAll(response)).toString('utf8'), id);
  const splitter = new EventSplitter(LIMIT);
  try {
    // The rest is drained, not cut off: an upstream ends its stream after the answer, and the connection can be used
    // again.
    for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (const raw of splitter.push(chunk)) {
        const found = inEvent(raw, id);
        if (found !== undefined) return found;
      }
    }
    // The end of a stream ends its last event, as in delivery.
    const rest = splitter.rest();
    const found = rest === undefined ? undefined : inEvent(rest, id);
    if (found !== undefined) return found;
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new UpstreamFailure('upstream-unreachable', "the upstream's answer broke off", { cause: error });
  } finally {
    drain(response);
  }
  throw new UpstreamFailure('upstream-invalid', "the upstream's stream ended without an answer");
}

function inEvent(raw: Buffer, id: string): Parsed | undefined {
  const event = readEvent(raw);
  if (event.data === undefined || !bearsMessage(event)) return undefined;
  return atOnce(messagesIn(event.data)).find(({ message }) => isResponse(message) && isTo(message, id));
}

/** The one JSON body that a request is answered with is its response, whatever its id. */
async function soleResponse(text: string, id: string): Promise<Parsed> {
  if (text.trim() === '')
    throw new UpstreamFailure('upstream-invalid', "the upstream's answer is empty: expected a JSON-RPC response");
  const messages = await inTurns(messagesIn(text));
  const responses = messages.filter(({ message }) => isResponse(message));
  const found = responses.length === 1 ? responses[0] : responses.find(({ message }) => isTo(message, id));
  if (found === undefined)
    throw new UpstreamFailure('upstream-invalid', "the upstream's answer is not a JSON-RPC response");
  return found;
}

function isResponse(message: JsonObject): boolean {
  return message['method'] === undefined && (message['result'] !== undefined || message['error'] !== undefined);
}

/** An error may come without an id, if the upstream failed before it read the id. */
function isTo({ id, error }: JsonObject, own: string): boolean {
  if (typeof id === 'string' || typeof id === 'number') return idKey(JSON.stringify(id)) === idKey(own);
  return id === undefined || id === null ? error !== undefined : false;
}

function drain(response: Readable): void {
  if (response.closed) return;
  const timer = setTimeout(() => response.destroy(), DRAIN_MS).unref();
  response.on('close', () => clearTimeout(timer));
  response.on('error', () => {});
  response.resume();
}

/** Returns the message, or those of a batch (2025-03-26). */
function* messagesIn(json: string): Work<readonly Parsed[]> {
  const text = json.startsWith(MARK) ? json.slice(MARK.length) : json;
  let value: JsonValue;
  try {
    yield* checkJsonInTurns(text);
    value = yield* parseInTurns(text);
  } catch (error) {
    throw new UpstreamFailure('upstream-invalid', "the upstream's answer is not JSON", { cause: error });
  }
  if (!Array.isArray(value)) return isObject(value) ? [{ text, message: value }] : [];
  const texts: string[] = [];
  yield* itemsInTurns(text, text.indexOf('['), (start, end) => texts.push(text.slice(start, end)));
  return (value as readonly JsonValue[]).flatMap((message, i) =>
    isObject(message) ? [{ text: texts[i] ?? '', message }] : [],
  );
}
