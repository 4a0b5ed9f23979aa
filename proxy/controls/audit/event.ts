import type { Call } from '../../call/call.ts';
import type { Fact } from '../../call/exchange.ts';
import { methodOf, named, nameOf } from '../../call/names.ts';
import type { Told } from '../../call/wire.ts';
/**
 * The audit record of a call. It contains no argument, result or other value of the call, and only the scheme of a
 * resource's URI.
 */
import type { SigningAlgorithm } from '../../credentials/signing-algorithms.ts';

export interface Ended {
  readonly outcome: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly bytesOut: number;
  readonly head: number;
  readonly total: number;
}

/** The content of one line. Undefined members are left out. */
export interface AuditEvent {
  /**
   * `call`: a finished call. `decision`: a call about to be forwarded, or answered by a control, if that must be
   * recorded first. `refused`: an HTTP request that did not become a call. `head`: the state of the chain.
   */
  readonly event: 'call' | 'decision' | 'refused' | 'head';
  readonly time: string;
  /** Shared by all events of one call; `data.errorId` of the error that its client got. */
  readonly id?: string | undefined;
  readonly caller?: string | undefined;
  readonly kind?: string | undefined;
  readonly method?: string | undefined;
  readonly name?: string | undefined;
  readonly upstream?: string | undefined;
  readonly era?: string | undefined;
  /** The control that answered in the upstream's place. */
  readonly answeredBy?: string | undefined;
  readonly outcome?: string | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Why no caller was found, if that is the reason. */
  readonly why?: string | undefined;
  readonly bytesIn?: number | undefined;
  readonly bytesOut?: number | undefined;
  readonly ms?: { readonly head: number; readonly total: number } | undefined;
  readonly decisions?: readonly Fact[] | undefined;
  readonly trace?: string | undefined;
  readonly session?: string | undefined;
  /** Keyed fingerprints of arguments, by path. */
  readonly fingerprints?: Readonly<Record<string, string>> | undefined;
  readonly chain?: Link | undefined;
}

/** A line's position in its process's chain. */
export interface Link {
  /** The chain's name, a UUID: one per process. */
  readonly id: string;
  /** Sequence number from 0, without gaps. */
  readonly seq: number;
  /** SHA-256 of the previous line, in base64url; empty for the first line. */
  readonly prev: string;
  /** When the line was written, in milliseconds since 1970. A call's `time` is its arrival. */
  readonly at: number;
  /** Heads only: the maximum lines and seconds until the next head. */
  readonly every?: Every;
  /** The last head only: nothing follows it. */
  readonly end?: true;
  readonly alg?: 'hmac-sha256' | 'ed25519';
  readonly key?: string;
  /** Heads only: the key in KMS that vouches for the process's own, which signs. */
  readonly by?: Voucher;
  /** Heads only: the signature of its line, which through `prev` covers every line before it. */
  readonly sig?: string;
}

export interface Voucher {
  readonly alg: SigningAlgorithm;
  /** The process's public key (Ed25519), in base64url. */
  readonly pub: string;
  /** KMS's signature over the chain's name and that key, in base64url. */
  readonly proof: string;
}

export interface Every {
  readonly lines: number;
  readonly seconds: number;
}

/** W3C Trace Context, 3.2: version, trace id, parent id, flags. */
const TRACE = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

export function callEvent(call: Call, { outcome, status, code, bytesOut, head, total }: Ended): AuditEvent {
  const { exchange, facts } = call;
  const { inbound } = exchange;
  const traceparent = exchange.channels.trace?.traceparent ?? inbound.traceparent;
  return {
    event: 'call',
    time: new Date(exchange.arrivedAt).toISOString(),
    // A client that was refused has it. For other calls the options decide.
    id: code !== undefined || exchange.isNamed ? exchange.id : undefined,
    caller: call.caller.subject,
    kind: call.kind === 'request' ? undefined : call.kind,
    method: methodOf(call),
    name: nameOf(call),
    upstream: call.upstream.name,
    era: call.era,
    answeredBy: exchange.channels.answeredBy,
    outcome,
    status,
    code,
    bytesIn: exchange.bytes,
    bytesOut,
    ms: { head: round(head), total: round(total) },
    decisions: facts.length === 0 ? undefined : facts,
    trace: traceparent === undefined ? undefined : TRACE.exec(traceparent)?.[1],
    session: inbound.runtimeSessionId === undefined ? undefined : named(inbound.runtimeSessionId),
  };
}

/** An HTTP request that did not become a call: only the reason is known. */
export function refusedEvent(code: string, { errorId, why }: Pick<Told, 'errorId' | 'why'>): AuditEvent {
  return { event: 'refused', time: new Date().toISOString(), id: errorId, code, why };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
