/** Whose call it is: what the person says, or the claims of the token in the call. */
import type { CallerSource } from '../../../proxy/call/caller.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { OptionError } from '../../option-error.ts';
import { readCallers } from '../../policy/input.ts';
import type { GivenRequest } from './given.ts';

export interface Calling {
  readonly claims: JsonObject;
  readonly note: string | undefined;
}

export async function callingOf(
  { caller: inCall, headers }: GivenRequest,
  source: CallerSource,
  { caller, callers }: { readonly caller?: string | undefined; readonly callers?: string | undefined },
): Promise<Calling> {
  const given = caller ?? inCall;
  if (isObject(given)) return { claims: given, note: undefined };
  if (given?.trimStart().startsWith('{') === true) return { claims: claimsIn(given), note: undefined };
  if (given !== undefined) {
    if (callers === undefined)
      throw new OptionError([
        `--caller: expected claims as JSON, or a name with --callers FILE, got ${JSON.stringify(given)}`,
      ]);
    const known = await readCallers(callers);
    const found = known.get(given);
    if (found === undefined)
      throw new OptionError([
        `--caller: expected one of ${[...known.keys()].join(', ')} (in ${callers}), got ${JSON.stringify(given)}`,
      ]);
    return { claims: found.claims, note: undefined };
  }
  const token = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const claims = token === undefined ? undefined : claimsOfToken(token);
  if (claims !== undefined)
    return {
      claims,
      note: 'The caller is the one that the token of the call names. Its signature, issuer and time are not checked here.',
    };
  return {
    claims: {},
    note: `Nobody calls${source.kind === 'fixed' ? '' : `: the config reads callers with ${source.kind}(…)`}. Say who with --caller '{"sub":"…","groups":["…"]}'.`,
  };
}

function claimsIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Reported below.
  }
  throw new OptionError([`--caller: expected a JSON object such as '{"sub":"me"}', got ${JSON.stringify(text)}`]);
}

function claimsOfToken(header: string): JsonObject | undefined {
  const [, payload = ''] = /^Bearer [\w-]+\.([\w-]+)\./i.exec(header) ?? [];
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function as(claims: JsonObject): CallerSource {
  return fixed(claims);
}
