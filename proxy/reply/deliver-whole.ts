/** A reply that has to be read whole before any of it may leave. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../errors.ts';
import { release } from '../release.ts';
import type { Reply } from '../reply.ts';
import { LONGEST } from './contains.ts';
import { deliverBuffer, type Delivery, deliverEmpty, outcomeOf, type Sink, withoutBody } from './delivery.ts';
import { refuseReply } from './refuse.ts';
import { MessageScan } from './scan.ts';
import { isOwnResponse, mayInterest, transformText } from './transform.ts';

/** Settles when the reply has left, or what stands in its place; never rejects. */
export async function deliverWhole(reply: Reply, source: IncomingMessage | Buffer, sink: Sink, delivery: Delivery): Promise<void> {
  try {
    const collected = Buffer.isBuffer(source) ? [source] : await collect(source, delivery.maxInspected);
    const chunks = delivery.own.transforms.some(({ when }) => when !== undefined) ? [joined(collected)] : collected;
    if (chunks.every(({ length }) => length === 0)) {
      deliverEmpty(reply, sink);
      return;
    }
    if (reply.kind !== 'json') {
      if (answersNothing(reply, delivery)) {
        // A courtesy such as "Accepted", to which no client listens: its text stays here.
        sink.head(reply.status, withoutBody(reply.headers), false);
        sink.end();
        reply.finish(0, 'ok');
        return;
      }
      throw new ProxyError('inspection-failed', `the upstream answered HTTP ${reply.status} with a body that is neither JSON nor an event stream, and a control must look at it`);
    }
    if (!worthLooking(chunks, delivery)) {
      deliverChunks(reply, chunks, sink);
      // A body that was held before is somebody else's, and what hasn't left yet is still needed.
      if (!Buffer.isBuffer(source) && sink.settled) chunks.forEach(release);
      return;
    }
    const body = joined(chunks);
    if (!isUtf8(body)) throw new ProxyError('inspection-failed', "the upstream's reply is not UTF-8, and a control must look at it");
    const text = body.toString('utf8');
    const mapped = await transformText(text, delivery);
    if (mapped === text) {
      deliverBuffer(reply, body, sink);
      return;
    }
    if (mapped === undefined) throw new ProxyError('inspection-failed', 'the upstream sent nothing but what a control left out');
    const changed = Buffer.from(mapped);
    if (!Buffer.isBuffer(source)) release(body);
    deliverBuffer(reply, changed, sink, [...withoutBody(reply.headers), 'Content-Length', String(changed.length)]);
    if (sink.settled) release(changed);
  } catch (error) {
    if (error instanceof Cut) {
      sink.cut();
      reply.finish(0, 'cut');
    } else refuseReply(reply, sink, delivery.own.refused, error);
  }
}

/** The reply to a notification, to a response or to DELETE: nobody reads its body. */
function answersNothing({ status }: Reply, { own: { refused } }: Delivery): boolean {
  return status < 300 && (refused.kind === 'notification' || refused.kind === 'response' || refused.kind === 'end');
}

/** Without a parse, and without putting the chunks together: may anything in there interest anyone? */
function worthLooking(chunks: readonly Buffer[], { own, elsewhere }: Delivery): boolean {
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i] ?? NOTHING;
    if (mayInterest(chunk, own)) return true;
    const next = chunks[i + 1];
    if (next !== undefined && mayInterest(Buffer.concat([chunk.subarray(-SEAM), next.subarray(0, SEAM)]), own)) return true;
  }
  // What may be another call's has that call's treatment.
  return elsewhere !== undefined && !isOwnResponse(chunks, own);
}

const NOTHING = Buffer.alloc(0);
/** As long as any string that is looked for. */
const SEAM = LONGEST;

/** A body that interests nobody, as it came. */
function deliverChunks(reply: Reply, chunks: readonly Buffer[], sink: Sink): void {
  const { gone } = sink;
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const scan = reply.watched ? MessageScan.of(size) : undefined;
  sink.head(reply.status, reply.headers, false);
  chunks.forEach((chunk, i) => {
    scan?.push(chunk);
    if (i < chunks.length - 1) sink.write(chunk);
    else sink.end(chunk);
  });
  scan?.end(chunks.at(-1) ?? NOTHING);
  if (gone) reply.finish(0, 'cut');
  else reply.finish(size, scan === undefined ? 'unknown' : outcomeOf(scan.scanned, reply.status));
}

/** As one; the parts are given back. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only = NOTHING] = chunks;
  if (chunks.length < 2) return only;
  const whole = Buffer.concat(chunks);
  chunks.forEach(release);
  return whole;
}

/** The upstream broke off. */
class Cut extends Error {}

/** The chunks of a body; all but the last are longer than what may be looked for in them. */
function collect(body: IncomingMessage, limit: number): Promise<readonly Buffer[]> {
  if (body.destroyed) return Promise.reject(new Cut());
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
    body.on('end', () => {
      resolve(chunks.slice(0, -1).every(({ length }) => length > SEAM) ? chunks : [joined(chunks)]);
    });
    body.on('error', () => {});
    body.on('close', () => reject(new Cut()));
  });
}
