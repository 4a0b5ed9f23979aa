/** Delivers a reply that must be read whole before any of it may be sent. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import { release } from '../base/release.ts';
import { Applied } from './applied.ts';
import { LONGEST } from './contains.ts';
import {
  brokeOff,
  deliverBuffer,
  type Delivery,
  deliverEmpty,
  outcomeOf,
  scannedOf,
  type Sink,
  unanswered,
  withoutBody,
} from './delivery.ts';
import type { Found, KeptList } from './kept-lists.ts';
import { refuseReply } from './refuse.ts';
import type { Reply } from './reply.ts';
import { MessageScan, type Scanned } from './scan.ts';
import { answers, isResponse, mayInterest, transformText } from './transform.ts';

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
  const end = (): void => {
    if (ended) return;
    ended = true;
    void deliverCollected(reply, chunks, true, sink, delivery);
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

/** @param ours no other code uses the chunks, so their memory may be freed */
function deliverCollected(
  reply: Reply,
  collected: readonly Buffer[],
  ours: boolean,
  sink: Sink,
  delivery: Delivery,
): Promise<void> | void {
  try {
    const list =
      reply.kind === 'json' && delivery.elsewhere?.everything !== true
        ? delivery.kept?.for(delivery.own, 'json')
        : undefined;
    const size = collected.reduce((sum, { length }) => sum + length, 0);
    const found = list?.find(collected, size);
    if (found !== undefined) return deliverKept(reply, found, collected, size, ours, sink, delivery);
    const whole =
      delivery.own.transforms.some(({ when }) => when !== undefined) ||
      collected.slice(0, -1).some(({ length }) => length <= SEAM);
    const chunks = whole ? [joined(collected)] : collected;
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
    if (worthLooking(chunks, delivery, scanned))
      return deliverLooked(reply, joined(chunks), ours, sink, delivery, list);
    list?.keep(
      chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks),
      undefined,
      undefined,
      scanned ?? scannedIn(chunks, size),
    );
    deliverChunks(reply, chunks, sink, delivery, scanned);
    // Chunks that others use, or that have not been sent yet, must not be freed.
    if (ours && sink.settled) chunks.forEach(release);
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
  else reply.finish(length, reply.watched ? outcomeOf(scanned, reply.status, own.refused.method) : 'unknown');
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

/** Whether the body may concern any transformation. Neither parses nor joins the chunks. */
function worthLooking(chunks: readonly Buffer[], { own, elsewhere }: Delivery, scanned: Scanned | undefined): boolean {
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i] ?? NOTHING;
    if (mayInterest(chunk, own)) return true;
    const next = chunks[i + 1];
    if (next !== undefined && mayInterest(Buffer.concat([chunk.subarray(-SEAM), next.subarray(0, SEAM)]), own))
      return true;
  }
  // A message that may belong to another call gets that call's treatment; the single response to a request is its own.
  if (elsewhere === undefined) return false;
  return (
    own.refused.kind !== 'request' || !(scanned === undefined ? isResponse(chunks[0] ?? NOTHING) : answers(scanned))
  );
}

/** Bytes of a reply that cost no more to scan than its beginning. */
const SHORT = 1024;

const NOTHING = Buffer.alloc(0);
/** As long as the longest string that is searched for. */
const SEAM = LONGEST;

/** Sends a body that no transformation applies to, unchanged. */
function deliverChunks(
  reply: Reply,
  chunks: readonly Buffer[],
  sink: Sink,
  { own }: Delivery,
  known: Scanned | undefined,
): void {
  const { gone } = sink;
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const scanned = known ?? (reply.watched ? scannedIn(chunks, size) : undefined);
  sink.head(reply.status, reply.headers, false);
  chunks.forEach((chunk, i) => {
    if (i < chunks.length - 1) sink.write(chunk);
    else sink.end(chunk);
  });
  if (gone) reply.finish(0, 'cut');
  else reply.finish(size, scanned === undefined ? 'unknown' : outcomeOf(scanned, reply.status, own.refused.method));
}

/** What a body is, as far as a bounded scan shows. @param size of all chunks */
function scannedIn(chunks: readonly Buffer[], size: number): Scanned {
  const scan = MessageScan.of(size);
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
