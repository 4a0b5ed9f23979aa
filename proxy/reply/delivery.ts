/** What every way of delivering a reply has in common: where it goes, and how its end is told. */
import { UpstreamFailure } from '../base/errors.ts';
import type { CallKind } from '../call/call.ts';
import type { Outcome, Reply } from './reply.ts';
import { MessageScan, type Scanned } from './scan.ts';
import type { Treatments } from './transform.ts';

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
  /** Everything written has left for the client's connection: the chunks aren't needed any more. */
  readonly settled: boolean;
  /** The client is gone. */
  readonly gone: boolean;
}

/** What the delivery of one reply must know besides the reply. */
export interface Delivery extends Treatments {
  /** The response may come on another stream that the client has open. @default false */
  readonly isAnnounced?: boolean;
  /** Bound on what is held to be looked at, in bytes. */
  readonly maxInspected: number;
  /** Sees every message of an event stream go by, as it came. */
  readonly onMessage?: ((message: Scanned) => void) | undefined;
  /** Sees the ids of an event stream's events. */
  readonly onEventId?: ((id: string) => void) | undefined;
}

export function outcomeOf(scanned: Scanned, status: number): Outcome {
  if (scanned.hasError) return 'rpc-error';
  if (scanned.isError) return 'tool-error';
  if (!scanned.complete || !scanned.hasResult) return status >= 400 ? 'rpc-error' : 'unknown';
  return 'ok';
}

/** How a reply ended that did not go out to its end. */
export function outcomeOfPart({ openEnded }: Reply, { gone }: Sink): Outcome {
  return gone && openEnded ? 'ok' : 'cut';
}

/** A request was answered by nothing. */
export function unanswered({ status }: Reply): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream answered a request with HTTP ${status} and no response in it: expected one of JSON-RPC`,
  );
}

/** It broke off before any of it had left. @param got bytes of its body */
export function brokeOff({ length }: Reply, got: number): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-unreachable',
    `the upstream's answer broke off after ${got} bytes${length < 0 ? '' : ` of ${length}`}; whether the call was carried out is not known`,
  );
}

/** @param kind what it answers, where that is known */
export function deliverEmpty(reply: Reply, sink: Sink, kind?: CallKind): void {
  if (reply.body !== undefined && !Buffer.isBuffer(reply.body)) reply.body.resume();
  sink.head(reply.status, reply.headers, false);
  sink.end();
  reply.finish(0, outcomeOfNothing(reply, kind));
}

/** Nothing is all that there is to say to a notification, and no answer to a request. */
export function outcomeOfNothing({ status }: Reply, kind: CallKind | undefined): Outcome {
  if (status >= 400) return 'rpc-error';
  return kind === 'request' ? 'unknown' : 'ok';
}

/** A body that is at hand; `headers` where they aren't the reply's own. */
export function deliverBuffer(
  reply: Reply,
  body: Buffer,
  sink: Sink,
  headers: readonly string[] = reply.headers,
): void {
  const { gone } = sink;
  sink.head(reply.status, headers, false);
  sink.end(body);
  if (gone) reply.finish(0, 'cut');
  else if (!reply.watched) reply.finish(body.length, 'unknown');
  else {
    const scan = new MessageScan();
    scan.push(body);
    scan.end(body);
    reply.finish(body.length, outcomeOf(scan.scanned, reply.status));
  }
}

/** What tells of the exact bytes of a body: its length, and digests and validators. */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'etag',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'signature',
  'signature-input',
]);

/** The headers without those that describe the exact bytes of the body. */
export function withoutBody(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!OF_THE_BODY.has(name.toLowerCase())) kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}
