/** The ids by which a client's requests name their session: sealed ones, and those of a platform in front. */
import { ProxyError } from '../base/errors.ts';
import type { Exchange } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import { checkJson } from '../json/strict.ts';
import { Sealer } from './seal.ts';
import type { Session } from './session.ts';

/** The platform's ids have 33 to 256 characters. */
const MAX_PLATFORM_ID = 1024;
/** Larger parameters are left out of the sealed id, which is sent with every request. */
const MAX_SEALED_PARAMS = 1024;

/** Returns cache keys for the platform's session header and for any session id that isn't sealed. Throws `invalid-request`. */
export function platformKeys({ inbound, caller }: Exchange): string[] {
  const keys: string[] = [];
  if (inbound.runtimeSessionId !== undefined)
    keys.push(`platform\n${checked(inbound.runtimeSessionId)}\n${caller.key}`);
  if (
    inbound.sessionId !== undefined &&
    (inbound.runtimeSessionId !== undefined || !Sealer.looksSealed(inbound.sessionId))
  ) {
    keys.push(
      `platform\n${Sealer.looksSealed(inbound.sessionId) ? inbound.sessionId : checked(inbound.sessionId)}\n${caller.key}`,
    );
  }
  return keys;
}

function checked(id: string): string {
  if (id.length <= MAX_PLATFORM_ID) return id;
  throw new ProxyError(
    'invalid-request',
    `expected a session id of at most ${MAX_PLATFORM_ID} characters, got ${id.length}`,
  );
}

/** The contents of a sealed id. */
export interface Sealed {
  readonly id: string | undefined;
  readonly runtimeSessionId: string | undefined;
  readonly initialize: string | undefined;
  readonly partlyKnown: boolean;
  readonly takesUrls: boolean | undefined;
}

export function payloadOf({ id, runtimeSessionId, initialize, partlyKnown, takesUrls }: Session): string {
  const fits = initialize === undefined || initialize.length <= MAX_SEALED_PARAMS;
  return JSON.stringify({
    i: id,
    r: runtimeSessionId,
    p: fits ? initialize : undefined,
    x: partlyKnown || !fits ? 1 : undefined,
    u: takesUrls === undefined ? undefined : Number(takesUrls),
  });
}

export function readPayload(payload: string): Sealed {
  checkJson(payload);
  const value: unknown = JSON.parse(payload);
  const text = (member: string): string | undefined => {
    const found = isObject(value) ? value[member] : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  return {
    id: text('i'),
    runtimeSessionId: text('r'),
    initialize: text('p'),
    partlyKnown: isObject(value) && value['x'] === 1,
    takesUrls: isObject(value) && (value['u'] === 1 || value['u'] === 0) ? value['u'] === 1 : undefined,
  };
}
