/** Sends a reply to the client: unchanged, or message by message if controls attached transformations. */
import type { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import { release } from '../base/release.ts';
import { deliverEvents } from './deliver-events.ts';
import { deliverNothing, deliverWhole } from './deliver-whole.ts';
import {
  brokeOff,
  deliverBuffer,
  deliverEmpty,
  type Delivery,
  outcomeOf,
  outcomeOfNothing,
  outcomeOfPart,
  type Sink,
} from './delivery.ts';
import { EventScan } from './event-scan.ts';
import { refuseReply } from './refuse.ts';
import type { Outcome, Reply } from './reply.ts';
import { MessageScan } from './scan.ts';

export type { Delivery, Sink };

/** Delivers a reply when there are no controls. */
export function deliverUntouched(reply: Reply, sink: Sink): void {
  const { body, kind } = reply;
  if (kind === 'empty' || body === undefined) deliverEmpty(reply, sink);
  else if (Buffer.isBuffer(body)) deliverBuffer(reply, body, sink);
  else pass(reply, body, sink);
}

/** Delivers a reply. Settles when the last byte was handed to the sink, or the reply was cut; never rejects. */
export function deliver(reply: Reply, sink: Sink, delivery: Delivery): Promise<void> | void {
  reply.seal();
  const { body, kind } = reply;
  const { own, elsewhere } = delivery;
  if (kind === 'empty' || body === undefined) return deliverNothing(reply, sink, delivery);
  // The upstream broke off while a control was still working on the headers.
  if (!Buffer.isBuffer(body) && body.destroyed && !sink.gone)
    return refuseReply(reply, sink, own.refused, brokeOff(reply, 0));
  const touched = own.transforms.length > 0 || elsewhere?.everything === true;
  const isStream = kind === 'events' || (reply.isCoded && EVENTS.test(reply.header('content-type') ?? ''));
  if (touched || (isStream && (elsewhere !== undefined || own.ofTask !== undefined))) {
    if (reply.isCoded) {
      const error = new ProxyError(
        'inspection-failed',
        `the upstream sent a reply with a content coding, which was not asked for, and a control must inspect it`,
      );
      return refuseReply(reply, sink, own.refused, error);
    }
    return kind === 'events' ? deliverEvents(reply, body, sink, delivery) : deliverWhole(reply, body, sink, delivery);
  }
  // An event stream that a control answered with.
  if (Buffer.isBuffer(body)) {
    return kind === 'events'
      ? deliverEvents(reply, body, sink, delivery)
      : deliverBuffer(reply, body, sink, own.refused.method);
  }
  return pass(reply, body, sink, delivery);
}

const EVENTS = /^\s*text\/event-stream\b/i;

/** Passes bytes on as they come, with back-pressure. Scans them as well if the outcome is awaited. */
function pass(reply: Reply, body: Readable, sink: Sink, delivery?: Delivery): void {
  const { length, status } = reply;
  const onMessage = delivery?.onMessage;
  const method = delivery?.own.refused.method;
  const events = reply.kind === 'events';
  let outcome: Outcome = 'unknown';
  let scan: { push(chunk: Buffer): void } | undefined;
  let whole: MessageScan | undefined;
  if (events && (reply.watched || onMessage !== undefined)) {
    scan = new EventScan((message) => {
      if (message.method === undefined && (message.hasResult || message.hasError))
        outcome = outcomeOf(message, status, method);
      onMessage?.(message);
    });
  } else if (reply.kind === 'json' && reply.watched) {
    scan = whole = MessageScan.of(length);
  }
  let bytes = 0;
  let last: Buffer | undefined;
  let ended = false;
  const finish = (): void => {
    ended = true;
    if (sink.gone) outcome = outcomeOfPart(reply, sink);
    else if (bytes === 0 && status < 300) outcome = outcomeOfNothing(reply, delivery?.own.refused.kind);
    else if (whole !== undefined) {
      if (last !== undefined) whole.end(last);
      outcome = outcomeOf(whole.scanned, status, method);
    }
    reply.finish(bytes, outcome);
  };
  const cut = (): void => {
    if (ended) return;
    ended = true;
    const part = outcomeOfPart(reply, sink);
    sink.cut();
    reply.finish(bytes, part);
  };
  sink.head(status, reply.headers, events);
  if (body.destroyed) return cut();
  body.on('data', (chunk: Buffer) => {
    scan?.push(chunk);
    if (last !== undefined && sink.settled) release(last);
    last = chunk;
    if (sink.gone) return;
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
