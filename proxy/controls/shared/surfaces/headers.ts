/**
 * Checks headers that mirror a call's parameters. A header that the tool's schema does not declare is forwarded as the
 * client wrote it.
 */
import { Denied } from '../../../base/errors.ts';
import type { Call } from '../../../call/call.ts';
import { decodeMirrored } from '../../../call/mirrored.ts';
import { mirroredOf } from '../../../upstream/params.ts';
import type { Detect } from '../detectors/detector.ts';
import { DecodedView } from './decoded.ts';

/**
 * Refuses a call if such a header contains something to hide; undefined if none does. Headers that the schema declares
 * are generated again from the call.
 */
export function checkHeaders(call: Call, detect: Detect): Promise<void> | undefined {
  const { params, nameHeader } = call.exchange.inbound;
  if (nameHeader !== undefined && call.name === undefined && has(nameHeader, detect, undefined)) throw refusal();
  if (params === undefined) return undefined;
  const found = [...params].filter(([name, value]) => has(value, detect, name));
  return found.length === 0
    ? undefined
    : checkKnown(
        call,
        found.map(([name]) => name),
      );
}

async function checkKnown(call: Call, names: readonly string[]): Promise<void> {
  const tool = call.name === undefined ? undefined : await call.upstream.tool(call.name);
  const known = new Set(tool === undefined ? [] : mirroredOf(tool).map(({ header }) => header.toLowerCase()));
  if (names.some((name) => !known.has(name))) throw refusal();
}

/** @param field the argument's name, as the client spells it */
function has(value: string, detect: Detect, field: string | undefined): boolean {
  const text = decodeMirrored(value) ?? value;
  const seen = DecodedView.of(text)?.text;
  return detect(text, { field }).length > 0 || (seen !== undefined && detect(seen, { field }).length > 0);
}

function refusal(): Denied {
  return new Denied(
    "expected nothing to hide or remove in a header that the tool's schema doesn't name, got something: leave the header out",
  );
}
