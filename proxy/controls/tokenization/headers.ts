/** Headers that mirror a call's parameters and that no schema knows go to the upstream as the client wrote them. */
import type { Call } from '../../call.ts';
import { Denied } from '../../errors.ts';
import { decodeMirrored } from '../../mirrored.ts';
import { mirroredOf } from '../../upstream/params.ts';
import { DecodedView } from '../surfaces/index.ts';
import type { Detect } from './find.ts';

/** Refuses a call with something to hide in such a header. Those that a schema knows are made anew from the call. */
export async function checkHeaders(call: Call, detect: Detect): Promise<void> {
  const { params, nameHeader } = call.exchange.inbound;
  if (nameHeader !== undefined && call.name === undefined && has(nameHeader, detect, undefined)) throw refusal();
  if (params === undefined) return;
  const found = [...params].filter(([name, value]) => has(value, detect, name));
  if (found.length === 0) return;
  const tool = call.name === undefined ? undefined : await call.upstream.tool(call.name);
  const known = new Set(tool === undefined ? [] : mirroredOf(tool).map(({ header }) => header.toLowerCase()));
  if (found.some(([name]) => !known.has(name))) throw refusal();
}

/** @param field the argument's name, as the client has it */
function has(value: string, detect: Detect, field: string | undefined): boolean {
  const text = decodeMirrored(value) ?? value;
  const seen = DecodedView.of(text)?.text;
  return detect(text, { field }).length > 0 || (seen !== undefined && detect(seen, { field }).length > 0);
}

function refusal(): Denied {
  return new Denied("a header holds what must be hidden, and the tool's schema doesn't know it");
}
