/** Sends a reply to the client: unchanged, or message by message if controls attached transformations. */
import { ProxyError } from '../base/errors.ts';
import { deliverEvents } from './deliver-events.ts';
import { deliverNothing, deliverWhole } from './deliver-whole.ts';
import { brokeOff, deliverBuffer, deliverEmpty, type Delivery, type Sink } from './delivery.ts';
import { pass, passEvents } from './pass.ts';
import { refuseReply } from './refuse.ts';
import type { Reply } from './reply.ts';

export type { Delivery, Sink };

/** Delivers a reply when there are no controls. */
export function deliverUntouched(reply: Reply, sink: Sink): void {
  const { body, kind } = reply;
  if (kind === 'empty' || body === undefined) deliverEmpty(reply, sink);
  else if (Buffer.isBuffer(body)) deliverBuffer(reply, body, sink);
  else (kind === 'events' ? passEvents : pass)(reply, body, sink);
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
  return (kind === 'events' ? passEvents : pass)(reply, body, sink, delivery);
}

const EVENTS = /^\s*text\/event-stream\b/i;
