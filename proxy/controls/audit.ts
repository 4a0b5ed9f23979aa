/**
 * One line of JSON a call, on standard output: who, what, what each control decided, how it ended, how large, how long.
 * No argument, result or other value of a call is in it; of a resource's URI only its scheme.
 */
import type { Call } from '../call.ts';
import { type DefinedControl, defineControl } from '../control.ts';
import { ProxyError } from '../errors.ts';
import { writeLine } from '../log.ts';
import type { Reply } from '../reply.ts';

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
      void reply.finished.then(({ outcome, bytes, ms }) => {
        record(call, { outcome, status: reply.status, bytesOut: bytes, head, total: head + ms });
      });
      return reply;
    },
  });
}

interface Ended {
  readonly outcome: string;
  readonly status?: number;
  readonly code?: string;
  readonly bytesOut: number;
  readonly head: number;
  readonly total: number;
}

/** A name longer than any real one is not a name. */
const MAX_NAME = 128;

function record(call: Call, { outcome, status, code, bytesOut, head, total }: Ended): void {
  const { exchange, facts } = call;
  const { inbound } = exchange;
  writeLine(
    JSON.stringify({
      event: 'call',
      time: new Date(exchange.arrivedAt).toISOString(),
      caller: call.caller.subject,
      kind: call.kind === 'request' ? undefined : call.kind,
      method: short(call.method),
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
      trace: inbound.traceparent?.slice(3, 35),
      session: inbound.runtimeSessionId,
    }),
  );
}

/** Tools and prompts are named; a URI may hold a person's data, so only its scheme is. */
function nameOf(call: Call): string | undefined {
  const { name } = call;
  if (name === undefined) return undefined;
  if (call.method.startsWith('resources/')) return `${/^[a-z][a-z0-9+.-]*:/i.exec(name)?.[0] ?? ''}…`;
  return short(name);
}

function short(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
