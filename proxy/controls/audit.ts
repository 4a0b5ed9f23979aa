/**
 * One line of JSON a call, on standard output: who, what, what each control decided, how it ended, how large, how long.
 * No argument, result or other value of a call is in it; of a resource's URI only its scheme.
 */
import type { Call } from '../call.ts';
import { type DefinedControl, defineControl } from '../control.ts';
import { ProxyError } from '../errors.ts';
import { writeLine } from '../log.ts';
import type { Reply } from '../reply.ts';
import { methodOf, named, nameOf } from './names.ts';

/** Belongs first in the list: what stands before it isn't in its record. */
export function audit(): DefinedControl {
  return defineControl({
    name: 'audit',
    replies: 'observes',
    setup: () => async (call, next) => {
      const startedAt = performance.now();
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        const elapsed = performance.now() - startedAt;
        record(call, { outcome: 'refused', code: error instanceof ProxyError ? error.code : 'internal', bytesOut: 0, head: elapsed, total: elapsed });
        throw error;
      }
      const head = performance.now() - startedAt;
      void reply.finished.then(({ outcome, code, bytes, ms }) => {
        record(call, { outcome, status: reply.status, code, bytesOut: bytes, head, total: head + ms });
      });
      return reply;
    },
  });
}

interface Ended {
  readonly outcome: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly bytesOut: number;
  readonly head: number;
  readonly total: number;
}

/** W3C Trace Context, 3.2: version, trace id, parent id, flags. */
const TRACE = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

function record(call: Call, { outcome, status, code, bytesOut, head, total }: Ended): void {
  const { exchange, facts } = call;
  const { inbound } = exchange;
  const traceparent = exchange.trace?.traceparent ?? inbound.traceparent;
  writeLine(
    JSON.stringify({
      event: 'call',
      time: new Date(exchange.arrivedAt).toISOString(),
      caller: call.caller.subject,
      kind: call.kind === 'request' ? undefined : call.kind,
      method: methodOf(call),
      name: nameOf(call),
      upstream: call.upstream.name,
      era: call.era,
      outcome,
      status,
      code,
      bytesIn: exchange.bytes,
      bytesOut,
      ms: { head: round(head), total: round(total) },
      decisions: facts.length === 0 ? undefined : facts,
      trace: traceparent === undefined ? undefined : TRACE.exec(traceparent)?.[1],
      session: inbound.runtimeSessionId === undefined ? undefined : named(inbound.runtimeSessionId),
    }),
  );
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
