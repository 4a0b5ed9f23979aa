/** Headers that mirror a call's parameters and that no schema knows go to the upstream as the client wrote them. */
import type { Call } from '../../call.ts';
import { Denied } from '../../errors.ts';
import { decodeMirrored } from '../../mirrored.ts';
import { mirroredOf } from '../../upstream/params.ts';
import type { Detect } from './find.ts';

/** Refuses a call with something to hide in such a header. Those that a schema knows are made anew from the call. */
export async function checkHeaders(call: Call, detect: Detect): Promise<void> {
  const { params, nameHeader } = call.exchange.inbound;
  if (nameHeader !== undefined && call.name === undefined && has(nameHeader, detect)) throw refusal();
  if (params === undefined) return;
  const found = [...params].filter(([, value]) => has(value, detect));
  if (found.length === 0) return;
  const tool = call.name === undefined ? undefined : await call.upstream.tool(call.name);
  const known = new Set(tool === undefined ? [] : mirroredOf(tool).map(({ header }) => header.toLowerCase()));
  if (found.some(([name]) => !known.has(name))) throw refusal();
}

function has(value: string, detect: Detect): boolean {
  return detect(decodeMirrored(value) ?? value).length > 0;
}

function refusal(): Denied {
  return new Denied("a header holds what must be hidden, and the tool's schema doesn't know it");
}
