/** The refusal that is sent in place of a reply. */
import { ProxyError } from '../base/errors.ts';
import { type Refused, toWire, type WireError } from '../call/wire.ts';
import { JsonError } from '../json/json-error.ts';
import type { Sink } from './delivery.ts';
import { EventTooLarge } from './events.ts';
import type { Reply } from './reply.ts';
import { Refusal } from './transform.ts';

/** The refusal in its wire form, with the id of the call whose message was refused, if known. */
export function wireOf(error: unknown, refused: Refused): WireError {
  if (error instanceof Refusal) return wireOf(error.cause, error.refused);
  if (error instanceof JsonError)
    return toWire(
      new ProxyError('inspection-failed', `the upstream's reply can't be inspected: ${error.message}`),
      refused,
    );
  if (error instanceof EventTooLarge)
    return toWire(
      new ProxyError('inspection-failed', `${error.message}, which a control must inspect (limits.maxInspectedReply)`),
      refused,
    );
  return toWire(error, refused);
}

/**
 * Refuses a whole reply before any of it was sent. A failure status is kept, since it has a meaning without the body:
 * 404 is a lost session, 405 that there is no stream.
 */
export function refuseReply(reply: Reply, sink: Sink, refused: Refused, error: unknown): void {
  const wire = wireOf(error, refused);
  const bytes = Buffer.from(wire.body);
  const status = wire.code === 'inspection-failed' && reply.status >= 400 ? reply.status : wire.status;
  sink.head(status, [...wire.headers, 'Content-Length', String(bytes.length)], false);
  sink.end(bytes);
  reply.discard(bytes.length, wire.code);
}
