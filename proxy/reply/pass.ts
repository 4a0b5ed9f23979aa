/** Passes a reply on as its bytes come, with back-pressure. Scans them as well if the outcome is awaited. */
import type { Readable } from 'node:stream';
import { release } from '../base/release.ts';
import {
  type Delivery,
  finishAs,
  MOST_UNREAD,
  outcomeOf,
  outcomeOfNothing,
  outcomeOfPart,
  type Sink,
} from './delivery.ts';
import { EventScan } from './event-scan.ts';
import { Gathered } from './gathered.ts';
import type { Outcome, Reply } from './reply.ts';
import { MessageScan } from './scan.ts';
import { rpcCodeOf } from './scanned.ts';

/** Passes an event stream: the chunks that arrive in one turn are written at once. */
export function passEvents(reply: Reply, body: Readable, sink: Sink, delivery?: Delivery): void {
  const { status } = reply;
  const onMessage = delivery?.onMessage;
  const method = delivery?.own.refused.method;
  let outcome: Outcome = 'unknown';
  let rpcCode: number | undefined;
  const scan =
    reply.watched || onMessage !== undefined
      ? new EventScan((message) => {
          if (message.method === undefined && (message.hasResult || message.hasError)) {
            outcome = outcomeOf(message, status, method);
            rpcCode = rpcCodeOf(message);
          }
          onMessage?.(message);
        })
      : undefined;
  const written = new Gathered(sink, () => {
    body.pause();
    sink.onDrain(() => body.resume());
  });
  let bytes = 0;
  let unread = 0;
  let ended = false;
  const cut = (): void => {
    if (ended) return;
    ended = true;
    if (reply.isStopped) {
      written.end();
      return reply.finish(bytes, 'ok');
    }
    written.write();
    const part = outcomeOfPart(reply, sink);
    sink.cut();
    reply.finish(bytes, part);
  };
  if (body.destroyed) {
    sink.head(status, reply.headers, true);
    return cut();
  }
  body.on('data', (chunk: Buffer) => {
    scan?.push(chunk);
    if (sink.gone) {
      unread += chunk.length;
      if (unread > MOST_UNREAD) body.destroy();
      return;
    }
    bytes += chunk.length;
    written.add(chunk);
  });
  body.on('end', () => {
    if (ended) return;
    ended = true;
    written.end();
    if (sink.gone) outcome = outcomeOfPart(reply, sink);
    else if (bytes === 0 && status < 300) outcome = outcomeOfNothing(reply, delivery?.own.refused.kind);
    reply.finish(bytes, outcome, undefined, rpcCode);
  });
  body.on('error', () => {});
  body.on('close', cut);
  // Once the body flows: what is at hand comes first.
  sink.head(status, reply.headers, true);
}

/** Passes any other reply. */
export function pass(reply: Reply, body: Readable, sink: Sink, delivery?: Delivery): void {
  const { length, status } = reply;
  const scan = reply.kind === 'json' && reply.watched ? MessageScan.of(length) : undefined;
  let bytes = 0;
  let unread = 0;
  let last: Buffer | undefined;
  let ended = false;
  const finish = (): void => {
    ended = true;
    if (sink.gone) return reply.finish(bytes, outcomeOfPart(reply, sink));
    if (bytes === 0 && status < 300) return reply.finish(0, outcomeOfNothing(reply, delivery?.own.refused.kind));
    if (scan === undefined) return reply.finish(bytes, 'unknown');
    if (last !== undefined) scan.end(last);
    finishAs(reply, bytes, scan.scanned, delivery?.own.refused.method);
  };
  const cut = (): void => {
    if (ended) return;
    ended = true;
    const part = outcomeOfPart(reply, sink);
    sink.cut();
    reply.finish(bytes, part);
  };
  sink.head(status, reply.headers, false);
  if (body.destroyed) return cut();
  body.on('data', (chunk: Buffer) => {
    scan?.push(chunk);
    if (last !== undefined && sink.settled) release(last);
    last = chunk;
    if (sink.gone) {
      unread += chunk.length;
      if (unread > MOST_UNREAD) body.destroy();
      return;
    }
    bytes += chunk.length;
    // Send the last bytes together with the end: one write less than waiting for the 'end' event.
    if (bytes === length) {
      sink.end(chunk);
      finish();
      if (sink.settled) release(chunk);
    } else if (!sink.write(chunk)) {
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
  body.on('close', cut);
}
