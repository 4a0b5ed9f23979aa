/** Sends a reply to the client: as it came, or, where controls attached transformations, message by message. */
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../errors.ts';
import { deepFreeze, isObject, type JsonObject, JsonText } from '../json/lossless.ts';
import { JsonError } from '../json/strict.ts';
import { log } from '../log.ts';
import { idKey } from '../message.ts';
import type { MapMessage, Outcome, Reply } from '../reply.ts';
import { type Refused, toWire } from '../wire.ts';
import { EventScan } from './event-scan.ts';
import { EventSplitter, type RawEvent, readEvent, withData } from './events.ts';
import { MessageScan, type Scanned } from './scan.ts';

/** Where a reply goes. */
export interface Sink {
  /** Status and headers, once. `flush`: don't wait for the first byte of the body. */
  head(status: number, headers: readonly string[], flush: boolean): void;
  /** False: wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(listener: () => void): void;
  end(last?: Buffer): void;
  /** The reply can't be completed: make that visible to the client. */
  cut(): void;
  /** The client is gone. */
  readonly gone: boolean;
}

/** What the delivery of one reply must know besides the reply. */
export interface Delivery {
  readonly refused: Refused;
  /** Bound on what is held to be looked at, in bytes. */
  readonly maxInspected: number;
  /**
   * For a stream that carries replies to other calls: the transformations of the call that a response belongs to, or
   * undefined where that call isn't known (the response is then refused).
   */
  readonly transformsOf?: ((id: string) => readonly MapMessage[] | undefined) | undefined;
  /** Sees every message of an event stream go by. */
  readonly onMessage?: ((message: Scanned) => void) | undefined;
  /** Sees the ids of an event stream's events. */
  readonly onEventId?: ((id: string) => void) | undefined;
}

/** Delivers. Settles when the last byte has been handed to the sink, or the reply was cut; never rejects. */
export function deliver(reply: Reply, sink: Sink, delivery: Delivery): Promise<void> | void {
  const touched = reply.transforms.length > 0 || delivery.transformsOf !== undefined;
  const { body } = reply;
  if (reply.kind === 'empty' || body === undefined) return deliverEmpty(reply, sink);
  if (touched && reply.kind !== 'events') return deliverWhole(reply, sink, delivery);
  if (reply.kind === 'events' && (touched || delivery.onEventId !== undefined) && !Buffer.isBuffer(body)) {
    return deliverEvents(reply, body, sink, delivery);
  }
  if (Buffer.isBuffer(body)) return deliverBuffer(reply, body, sink);
  return pass(reply, body, sink, delivery);
}

export function outcomeOf(scanned: Scanned, status: number): Outcome {
  if (scanned.hasError) return 'rpc-error';
  if (scanned.isError) return 'tool-error';
  if (!scanned.complete || !scanned.hasResult) return status >= 400 ? 'rpc-error' : 'unknown';
  return 'ok';
}

function deliverEmpty(reply: Reply, sink: Sink): void {
  if (reply.body !== undefined && !Buffer.isBuffer(reply.body)) reply.body.resume();
  sink.head(reply.status, reply.headers, false);
  sink.end();
  reply.finish(0, reply.status < 400 ? 'ok' : 'rpc-error');
}

function deliverBuffer(reply: Reply, body: Buffer, sink: Sink): void {
  const scan = new MessageScan();
  scan.push(body);
  sink.head(reply.status, reply.headers, false);
  sink.end(body);
  reply.finish(body.length, outcomeOf(scan.scanned, reply.status));
}

/** The bytes as they come, with back-pressure. What they say is scanned on the side, if anybody waits to know. */
function pass(reply: Reply, body: IncomingMessage, sink: Sink, delivery: Delivery): void {
  const { length, status } = reply;
  const events = reply.kind === 'events';
  let outcome: Outcome = 'unknown';
  let scan: { push(chunk: Buffer): void } | undefined;
  let whole: MessageScan | undefined;
  if (events && (reply.watched || delivery.onMessage !== undefined)) {
    scan = new EventScan((message) => {
      if (message.method === undefined) outcome = outcomeOf(message, status);
      delivery.onMessage?.(message);
    });
  } else if (reply.kind === 'json' && reply.watched) {
    scan = whole = new MessageScan();
  }
  let bytes = 0;
  let ended = false;
  const finish = (): void => {
    ended = true;
    reply.finish(bytes, whole === undefined ? outcome : outcomeOf(whole.scanned, status));
  };
  sink.head(status, reply.headers, events);
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    scan?.push(chunk);
    // The last bytes leave together with the end: one write less than waiting for the 'end' event.
    if (bytes === length) {
      sink.end(chunk);
      finish();
    } else if (!sink.gone && !sink.write(chunk)) {
      body.pause();
      sink.onDrain(() => body.resume());
    }
  });
  body.on('end', () => {
    if (ended) return;
    sink.end();
    finish();
  });
  body.on('error', () => {});
  body.on('close', () => {
    if (ended) return;
    ended = true;
    sink.cut();
    reply.finish(bytes, 'cut');
  });
}

/** A reply that has to be read whole before any of it may leave. */
async function deliverWhole(reply: Reply, sink: Sink, delivery: Delivery): Promise<void> {
  try {
    const body = await collect(reply, delivery.maxInspected);
    if (body.length === 0) {
      deliverEmpty(reply, sink);
      return;
    }
    if (reply.kind !== 'json') {
      throw new ProxyError('inspection-failed', `the upstream answered HTTP ${reply.status} with a body that is neither JSON nor an event stream, and a control must look at it`);
    }
    const text = body.toString('utf8');
    const mapped = await mapText(text, reply.transforms, delivery);
    if (mapped === text) {
      deliverBuffer(reply, body, sink);
      return;
    }
    const changed = Buffer.from(mapped);
    const headers = withoutLength(reply.headers);
    headers.push('Content-Length', String(changed.length));
    const scan = new MessageScan();
    scan.push(changed);
    sink.head(reply.status, headers, false);
    sink.end(changed);
    reply.finish(changed.length, outcomeOf(scan.scanned, reply.status));
  } catch (error) {
    if (error instanceof Cut) {
      sink.cut();
      reply.finish(0, 'cut');
      return;
    }
    const wire = toWire(asInspection(error), delivery.refused);
    const bytes = Buffer.from(wire.body);
    sink.head(wire.status, [...wire.headers, 'Content-Length', String(bytes.length)], false);
    sink.end(bytes);
    reply.finish(bytes.length, 'rpc-error');
  }
}

/** The upstream broke off. */
class Cut extends Error {}

function collect(reply: Reply, limit: number): Promise<Buffer> {
  const { body } = reply;
  if (body === undefined || Buffer.isBuffer(body)) return Promise.resolve(body ?? Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        body.destroy();
        reject(new ProxyError('inspection-failed', `a reply of more than ${limit} bytes, which a control must look at (limits.maxInspectedReply)`));
      }
    });
    body.on('end', () => resolve(Buffer.concat(chunks, size)));
    body.on('error', () => {});
    body.on('close', () => reject(new Cut()));
  });
}

/** Event by event: each leaves as it arrives, as it came or with other data. */
async function deliverEvents(reply: Reply, body: IncomingMessage, sink: Sink, delivery: Delivery): Promise<void> {
  const splitter = new EventSplitter(delivery.maxInspected);
  let bytes = 0;
  let outcome: Outcome = 'unknown';
  const send = async (chunk: Buffer): Promise<void> => {
    bytes += chunk.length;
    if (!sink.gone && !sink.write(chunk)) await new Promise<void>((resolve) => sink.onDrain(resolve));
  };
  const handle = async (raw: Buffer): Promise<void> => {
    const event = readEvent(raw);
    if (event.id !== undefined && event.id !== '') delivery.onEventId?.(event.id);
    const mapped = await mapEvent(event, reply, delivery, (scanned) => {
      if (scanned.method === undefined) outcome = outcomeOf(scanned, reply.status);
      delivery.onMessage?.(scanned);
    });
    if (mapped !== undefined) await send(mapped);
  };
  sink.head(reply.status, reply.headers, true);
  try {
    for await (const chunk of body) for (const raw of splitter.push(chunk as Buffer)) await handle(raw);
    const rest = splitter.rest();
    if (rest !== undefined) await handle(rest);
    sink.end();
    reply.finish(bytes, outcome);
  } catch (error) {
    if (!body.complete && !(error instanceof ProxyError || error instanceof RangeError || error instanceof TypeError)) {
      sink.cut();
      reply.finish(bytes, 'cut');
      return;
    }
    body.destroy();
    const wire = toWire(asInspection(error), delivery.refused);
    if (delivery.refused.id !== undefined) {
      const last = Buffer.from(`event: message\ndata: ${wire.body}\n\n`);
      bytes += last.length;
      sink.end(last);
    } else {
      sink.end();
    }
    reply.finish(bytes, 'rpc-error');
  }
}

/** The event as it is to leave; undefined where it must not. */
async function mapEvent(event: RawEvent, reply: Reply, delivery: Delivery, onMessage: (message: Scanned) => void): Promise<Buffer | undefined> {
  const { data } = event;
  // Comments, and events that only carry an id (a stream's first, by 2025-11-25) or a retry time.
  if (data === undefined || data === '') return event.bytes;
  const scan = new MessageScan();
  scan.push(Buffer.from(data));
  onMessage(scan.scanned);
  if (reply.transforms.length === 0 && delivery.transformsOf === undefined) return event.bytes;
  if (event.type !== undefined && event.type !== 'message' && !data.trimStart().startsWith('{')) {
    // Not a message of the protocol, so nothing a client of MCP acts on, and nothing a control can look at.
    log.warn('an event that is no message was not passed on', {});
    return undefined;
  }
  const mapped = await mapText(data, reply.transforms, delivery);
  return mapped === data ? event.bytes : withData(event, mapped);
}

/** Applies the transformations to one message given as text; the same text where none changed anything. */
async function mapText(text: string, own: readonly MapMessage[], delivery: Delivery): Promise<string> {
  const json = JsonText.parse(text);
  const { value } = json;
  if (Array.isArray(value)) {
    // A batch of replies (2025-03-26).
    const items: unknown[] = [];
    for (const item of value) items.push(await mapMessage(item, own, delivery));
    return items.every((item, i) => item === value[i]) ? text : json.edit(items);
  }
  return json.edit(await mapMessage(value, own, delivery));
}

async function mapMessage(value: unknown, own: readonly MapMessage[], delivery: Delivery): Promise<JsonObject> {
  if (!isObject(value)) throw new ProxyError('inspection-failed', 'the upstream sent something that is no JSON-RPC message');
  const transforms = belongsElsewhere(value, delivery) ?? own;
  let message = value;
  for (const transform of transforms) {
    const next = await transform(message);
    if (next !== message) {
      if (!isObject(next)) throw new TypeError('a transformation returned something that is no JSON object');
      message = deepFreeze(next);
    }
  }
  return message;
}

/** On a stream that carries replies to other calls, those calls' transformations apply to their responses. */
function belongsElsewhere(message: JsonObject, delivery: Delivery): readonly MapMessage[] | undefined {
  if (delivery.transformsOf === undefined || message['method'] !== undefined) return undefined;
  const id = message['id'];
  const transforms = id === undefined || id === null ? undefined : delivery.transformsOf(idKey(JSON.stringify(id)));
  if (transforms === undefined) {
    throw new ProxyError('unmatched-stream', 'a response whose call is not known here, while a control transforms replies');
  }
  return transforms;
}

function withoutLength(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const low = name.toLowerCase();
    // Digests and validators of the old bytes would be wrong, too.
    if (low === 'content-length' || low === 'etag' || low === 'content-digest' || low === 'content-md5') continue;
    kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}

function asInspection(error: unknown): unknown {
  if (error instanceof JsonError) return new ProxyError('inspection-failed', `the upstream's reply can't be looked at: ${error.message}`);
  if (error instanceof RangeError) return new ProxyError('inspection-failed', `the upstream's reply can't be looked at: ${error.message} (limits.maxInspectedReply)`);
  return error;
}
