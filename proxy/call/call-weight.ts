/** The weight of a call that is kept after its reply's headers, for caches that are bounded in bytes. */
import type { Call } from './call.ts';
import { weightOfCaller } from './caller.ts';

/** Returns the approximate bytes that a call keeps: text, parsed values, its controls' data, headers and caller. */
export function weightOfCall(call: Call): number {
  const { caller, inbound } = call.exchange;
  let headers = 0;
  for (const [name, value] of inbound.params ?? []) headers += 256 + name.length + value.length;
  for (const value of [
    inbound.accept,
    inbound.acceptEncoding,
    inbound.tracestate,
    inbound.sessionId,
    inbound.nameHeader,
  ])
    headers += value?.length ?? 0;
  return 2048 + headers + weightOfCaller(caller) + 2 * (call.message?.text.length ?? 0);
}
