/** What all ways of delivering a reply share: its destination, and how its end is reported. */
import { UpstreamFailure } from '../base/errors.ts';
import type { CallKind } from '../call/call.ts';
import { isClientMethod } from '../call/methods.ts';
import type { KeptLists } from './kept-lists.ts';
import type { Outcome, Reply } from './reply.ts';
import { MessageScan } from './scan.ts';
import { rpcCodeOf, type Scanned } from './scanned.ts';
import type { Treatments } from './treatment.ts';

/** Where a reply goes. */
export interface Sink {
  /** Sends status and headers, once. `flush`: don't wait for a first byte of the body that is not at hand. */
  head(status: number, headers: readonly string[], flush: boolean): void;
  /** Returns false if the writer must wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(listener: () => void): void;
  end(last?: Buffer): void;
  /** Ends an incomplete reply in a way that the client notices. */
  cut(): void;
  /** All that was written is in the hands of the client's connection, so the chunks may be freed. */
  readonly settled: boolean;
  /** The client has disconnected. */
  readonly gone: boolean;
}

/** What the delivery of a reply needs besides the reply. */
export interface Delivery extends Treatments {
  /** The response may come on another open stream of the client. @default false */
  readonly isAnnounced?: boolean;
  /** Maximum of bytes held for inspection. */
  readonly maxInspected: number;
  /** What controls made of lists. @default - nothing is kept */
  readonly kept?: KeptLists | undefined;
  /**
   * Gets messages of an event stream as the upstream sent them: each response, each request, and each notification that
   * a list has changed; perhaps others.
   */
  readonly onMessage?: ((message: Scanned) => void) | undefined;
  /** Gets the ids of an event stream's events. */
  readonly onEventId?: ((id: string) => void) | undefined;
}

/**
 * Bytes that an upstream may still send after the client has left. In the legacy era that cancels nothing, but what goes
 * on after so much may have no end.
 */
export const MOST_UNREAD = 16 * 1024 * 1024;

/** @param method of the call that it answers, if known */
export function outcomeOf(scanned: Scanned, status: number, method: string | undefined): Outcome {
  if (scanned.hasError) return 'rpc-error';
  if (scanned.isError) return 'tool-error';
  if (scanned.hasResult && (scanned.complete || (status < 400 && isPlainResult(method)))) return 'ok';
  return status >= 400 ? 'rpc-error' : 'unknown';
}

/**
 * Whether a result of this method is a success wherever the scan ended: only that of a tool can say `isError`, and a
 * stream or a task may hold one.
 */
function isPlainResult(method: string | undefined): boolean {
  return method !== undefined && method !== 'tools/call' && isClientMethod(method);
}

/** Reports the end of a reply that was sent whole. */
export function finishAs(reply: Reply, bytes: number, scanned: Scanned, method: string | undefined): void {
  reply.finish(bytes, outcomeOf(scanned, reply.status, method), undefined, rpcCodeOf(scanned));
}

/** The outcome of a reply that was not delivered to its end. */
export function outcomeOfPart({ openEnded }: Reply, { gone }: Sink): Outcome {
  return gone && openEnded ? 'ok' : 'cut';
}

/** The error for a request that got an empty answer. */
export function unanswered({ status }: Reply): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream answered a request with HTTP ${status} and no response in it: expected one of JSON-RPC`,
  );
}

/** The error for a reply that broke off before any of it was sent. @param got bytes of its body */
export function brokeOff({ body, length }: Reply, got: number): UpstreamFailure {
  // It ended the reply itself, and says why.
  if (body !== undefined && !Buffer.isBuffer(body) && body.errored instanceof UpstreamFailure) return body.errored;
  return new UpstreamFailure(
    'upstream-unreachable',
    `the upstream's answer broke off after ${got} bytes${length < 0 ? '' : ` of ${length}`}; whether the call was carried out is not known`,
  );
}

/** @param kind of the call it answers, if known */
export function deliverEmpty(reply: Reply, sink: Sink, kind?: CallKind): void {
  if (reply.body !== undefined && !Buffer.isBuffer(reply.body)) reply.body.resume();
  sink.head(reply.status, reply.headers, false);
  sink.end();
  reply.finish(0, outcomeOfNothing(reply, kind));
}

/** An empty reply is complete for a notification, but no answer to a request. */
export function outcomeOfNothing({ status }: Reply, kind: CallKind | undefined): Outcome {
  if (status >= 400) return 'rpc-error';
  return kind === 'request' ? 'unknown' : 'ok';
}

/**
 * Delivers a body held in memory.
 * @param method of the call that it answers, if known
 * @param headers if they differ from the reply's
 */
export function deliverBuffer(
  reply: Reply,
  body: Buffer,
  sink: Sink,
  method?: string,
  headers: readonly string[] = reply.headers,
): void {
  const { gone } = sink;
  sink.head(reply.status, headers, false);
  sink.end(body);
  if (gone) reply.finish(0, 'cut');
  else if (!reply.watched) reply.finish(body.length, 'unknown');
  else finishAs(reply, body.length, scannedOf(body), method);
}

/** What a body in memory is, as far as a bounded scan shows. */
export function scannedOf(body: Buffer): Scanned {
  const scan = new MessageScan();
  scan.push(body);
  scan.end(body);
  return scan.scanned;
}

/** Headers that depend on the exact bytes of a body: its length, digests and validators. */
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
