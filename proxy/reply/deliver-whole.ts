/** Delivers a reply that must be read whole before any of it may be sent. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import { release } from '../base/release.ts';
import { Applied } from './applied.ts';
import {
  brokeOff,
  deliverBuffer,
  type Delivery,
  deliverEmpty,
  finishAs,
  scannedOf,
  type Sink,
  unanswered,
  withoutBody,
} from './delivery.ts';
import type { Found, KeptList } from './kept-lists.ts';
import { isAboutWhole, Looking, worthLooking } from './looking.ts';
import { refuseReply } from './refuse.ts';
import type { Reply } from './reply.ts';
import { MessageScan } from './scan.ts';
import type { Scanned } from './scanned.ts';
import { transformText } from './transform.ts';

/** Collects the reply, then sends it or its refusal. */
export function deliverWhole(
  reply: Reply,
  source: Readable | Buffer,
  sink: Sink,
  delivery: Delivery,
): Promise<void> | void {
  if (Buffer.isBuffer(source)) {
    if (source.length > delivery.maxInspected)
      return refuseReply(reply, sink, delivery.own.refused, tooLong(delivery.maxInspected));
    return deliverCollected(reply, [source], false, sink, delivery);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let ended = false;
  const looking = Looking.while(reply, delivery);
  const end = (): void => {
    if (ended) return;
    ended = true;
    void deliverCollected(reply, chunks, true, sink, delivery, looking);
  };
  const cut = (): void => {
    if (ended) return;
    ended = true;
    // Nothing has been sent yet, so the client can get an error with its request's id.
    if (!sink.gone) return refuseReply(reply, sink, delivery.own.refused, brokeOff(reply, size));
    sink.cut();
    reply.finish(0, 'cut');
  };
  // The upstream broke off while a control was still working on the headers.
  if (source.destroyed) return cut();
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > delivery.maxInspected) {
      if (ended) return;
      ended = true;
      refuseReply(reply, sink, delivery.own.refused, tooLong(delivery.maxInspected));
      return;
    }
    chunks.push(chunk);
    looking?.push(chunk);
    if (size === reply.length) end();
  });
  source.on('end', end);
  source.on('error', () => {});
  source.on('close', cut);
}

function tooLong(maximum: number): ProxyError {
  return new ProxyError(
    'inspection-failed',
    `a reply of more than ${maximum} bytes, which a control must inspect (limits.maxInspectedReply)`,
  );
}

/**
 * Delivers a reply without a body. A request needs an answer; if a control would have inspected it, an error is sent.
 */
export function deliverNothing(reply: Reply, sink: Sink, delivery: Delivery): void {
  const { refused } = delivery.own;
  if (
    refused.kind !== 'request' ||
    reply.status >= 300 ||
    reply.attention !== 'transforms' ||
    delivery.isAnnounced === true
  )
    return deliverEmpty(reply, sink, refused.kind);
  if (reply.body !== undefined && !Buffer.isBuffer(reply.body)) reply.body.resume();
  refuseReply(reply, sink, refused, unanswered(reply));
}

/**
 * @param ours no other code uses the chunks, so their memory may be freed
 * @param looking what the chunks have shown as they arrived
 */
function deliverCollected(
  reply: Reply,
  collected: readonly Buffer[],
  ours: boolean,
  sink: Sink,
  delivery: Delivery,
  looking?: Looking,
): Promise<void> | void {
  try {
    const list =
      reply.kind === 'json' && delivery.elsewhere?.everything !== true
        ? delivery.kept?.for(delivery.own, 'json')
        : undefined;
    const size = collected.reduce((sum, { length }) => sum + length, 0);
    const found = list?.find(collected, size);
    if (found !== undefined) return deliverKept(reply, found, collected, size, ours, sink, delivery);
    const chunks = delivery.own.transforms.some(isAboutWhole) ? [joined(collected)] : collected;
    if (chunks.every(({ length }) => length === 0)) {
      deliverNothing(reply, sink, delivery);
      return;
    }
    if (reply.kind !== 'json') {
      if (answersNothing(reply, delivery)) {
        // Clients ignore the text of such a body ("Accepted"), so it is dropped.
        sink.head(reply.status, withoutBody(reply.headers), false);
        sink.end();
        reply.finish(0, 'ok');
        return;
      }
      throw new ProxyError(
        'inspection-failed',
        `the upstream answered HTTP ${reply.status} with a body that is neither JSON nor an event stream, and a control must inspect it`,
      );
    }
    // A short reply is scanned once, for its outcome and its kind.
    const scanned = reply.watched && size <= SHORT ? scannedIn(chunks, size) : undefined;
    if (worthLooking(chunks, delivery, scanned, looking))
      return deliverLooked(reply, joined(chunks), ours, sink, delivery, list);
    list?.keep(
      chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks),
      undefined,
      undefined,
      scanned ?? scannedIn(chunks, size),
    );
    const known = scanned ?? (reply.watched ? scannedIn(chunks, size) : undefined);
    deliverChunks(reply, chunks, ours, sink, known, delivery.own.refused.method);
  } catch (error) {
    refuseReply(reply, sink, delivery.own.refused, error);
  }
}

/** Delivers what was made of the same text before. */
function deliverKept(
  reply: Reply,
  { parts, scanned }: Found,
  collected: readonly Buffer[],
  size: number,
  ours: boolean,
  sink: Sink,
  { own }: Delivery,
): void {
  const { gone } = sink;
  const sent = parts ?? collected;
  const length = parts === undefined ? size : parts.reduce((sum, part) => sum + part.length, 0);
  const headers =
    parts === undefined ? reply.headers : [...withoutBody(reply.headers), 'Content-Length', String(length)];
  sink.head(reply.status, headers, false);
  sent.forEach((part, i) => (i < sent.length - 1 ? sink.write(part) : sink.end(part)));
  if (gone) reply.finish(0, 'cut');
  else if (reply.watched) finishAs(reply, length, scanned, own.refused.method);
  else reply.finish(length, 'unknown');
  // The parts are kept; the chunks are not.
  if (ours && (parts !== undefined || sink.settled)) collected.forEach(release);
}

/** Never rejects. */
async function deliverLooked(
  reply: Reply,
  body: Buffer,
  ours: boolean,
  sink: Sink,
  delivery: Delivery,
  list: KeptList | undefined,
): Promise<void> {
  try {
    if (!isUtf8(body))
      throw new ProxyError('inspection-failed', "the upstream's reply is not UTF-8, and a control must inspect it");
    const text = body.toString('utf8');
    const isAnswer = delivery.own.refused.kind === 'request';
    const applied = list && new Applied();
    const mapped = await transformText(text, { ...delivery, isAnswer, applied });
    if (mapped === text) {
      if (applied !== undefined) list?.keep(body, undefined, applied, scannedOf(body));
      deliverBuffer(reply, body, sink, delivery.own.refused.method);
      return;
    }
    if (mapped === undefined)
      throw new ProxyError('inspection-failed', 'the upstream sent nothing but what a control left out');
    const changed = Buffer.from(mapped);
    if (applied !== undefined) list?.keep(body, changed, applied, scannedOf(changed));
    if (ours) release(body);
    deliverBuffer(reply, changed, sink, delivery.own.refused.method, [
      ...withoutBody(reply.headers),
      'Content-Length',
      String(changed.length),
    ]);
    if (sink.settled) release(changed);
  } catch (error) {
    refuseReply(reply, sink, delivery.own.refused, error);
  }
}

/**
 * Whether no client reads the body: a reply to a notification, a response or DELETE, or one that only says that the
 * response comes on another stream.
 */
function answersNothing({ status }: Reply, { own: { refused }, isAnnounced = false }: Delivery): boolean {
  return (
    status < 300 &&
    (isAnnounced || refused.kind === 'notification' || refused.kind === 'response' || refused.kind === 'end')
  );
}

/** Bytes of a reply that cost no more to scan than its beginning. */
const SHORT = 1024;
const NOTHING = Buffer.alloc(0);
/**
 * Sends a body that no transformation applies to, unchanged. What the client has taken is freed before more is written: a
 * long reply would wait beside the socket, and V8 would collect all its memory to free it.
 * @param ours no other code uses the chunks, so their memory may be freed
 */
function deliverChunks(
  reply: Reply,
  chunks: readonly Buffer[],
  ours: boolean,
  sink: Sink,
  scanned: Scanned | undefined,
  method: string | undefined,
): void {
  const { gone } = sink;
  sink.head(reply.status, reply.headers, false);
  if (gone) return reply.finish(0, 'cut');
  let sent = 0;
  let kept = 0;
  const free = (until: number): void => {
    // Chunks that have not been sent yet must not be freed.
    if (!ours || !sink.settled) return;
    for (; kept < until; kept++) release(chunks[kept] ?? NOTHING);
  };
  const go = (from: number): void => {
    for (let i = from; i < chunks.length - 1; i++) {
      if (sink.gone) return reply.finish(sent, 'cut');
      const chunk = chunks[i] ?? NOTHING;
      sent += chunk.length;
      if (sink.write(chunk)) continue;
      return sink.onDrain(() => {
        free(i + 1);
        go(i + 1);
      });
    }
    if (sink.gone) return reply.finish(sent, 'cut');
    const last = chunks.at(-1) ?? NOTHING;
    sent += last.length;
    sink.end(last);
    if (scanned === undefined) reply.finish(sent, 'unknown');
    else finishAs(reply, sent, scanned, method);
    free(chunks.length);
  };
  go(0);
}

/** What a body is, as far as a bounded scan shows. @param size of all chunks */
function scannedIn(chunks: readonly Buffer[], size: number): Scanned {
  const scan = MessageScan.of(size, chunks.length);
  for (const chunk of chunks) scan.push(chunk);
  scan.end(chunks.at(-1) ?? NOTHING);
  return scan.scanned;
}

/** Joins the chunks and frees them. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only = NOTHING] = chunks;
  if (chunks.length < 2) return only;
  const whole = Buffer.concat(chunks);
  chunks.forEach(release);
  return whole;
}
