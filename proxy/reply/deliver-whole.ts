/** A reply that has to be read whole before any of it may leave. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../errors.ts';
import { release } from '../release.ts';
import type { Reply } from '../reply.ts';
import { deliverBuffer, type Delivery, deliverEmpty, type Sink, withoutBody } from './delivery.ts';
import { refuseReply } from './refuse.ts';
import { mayContain, transformText } from './transform.ts';

/** Settles when the reply has left, or what stands in its place; never rejects. */
export async function deliverWhole(reply: Reply, source: IncomingMessage | Buffer, sink: Sink, delivery: Delivery): Promise<void> {
  try {
    const body = Buffer.isBuffer(source) ? source : await collect(source, delivery.maxInspected);
    if (body.length === 0) {
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
    if (!worthLooking(body, delivery)) {
      deliverBuffer(reply, body, sink);
      return;
    }
    if (!isUtf8(body)) throw new ProxyError('inspection-failed', "the upstream's reply is not UTF-8, and a control must look at it");
    const text = body.toString('utf8');
    const mapped = await transformText(text, delivery);
    if (mapped === text) {
      deliverBuffer(reply, body, sink);
      return;
    }
    const changed = Buffer.from(mapped);
    deliverBuffer(reply, changed, sink, [...withoutBody(reply.headers), 'Content-Length', String(changed.length)]);
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

/** Without a parse: may anything in there interest anyone? */
function worthLooking(body: Buffer, { own, elsewhere }: Delivery): boolean {
  if (elsewhere !== undefined) return true;
  return own.transforms.some(({ contains }) => contains === undefined || mayContain(body, contains));
}

/** The upstream broke off. */
class Cut extends Error {}

function collect(body: IncomingMessage, limit: number): Promise<Buffer> {
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
      resolve(Buffer.concat(chunks, size));
      chunks.forEach(release);
    });
    body.on('error', () => {});
    body.on('close', () => reject(new Cut()));
  });
}
