/**
 * Asks the person who calls to give access on a page, and recognizes the retried call.
 *
 * A modern client retries with what it got as `requestState`: sealed, and bound to the caller and to what was called. What the
 * upstream itself had asked for before is in it, and is put back.
 */
import { type Consent, ProxyError } from '../base/errors.ts';
import { inTurns } from '../base/turns.ts';
import type { Call } from '../call/call.ts';
import type { Agreed } from '../call/channels.ts';
import { CONSENT_INPUT, type Elicits, opensPages } from '../call/elicitation.ts';
import type { Exchange } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject } from '../json/value.ts';

const PREFIX = 'mcpc1.';
/** How long a call may be retried. */
const LIFE_MS = 60 * 60_000;
/** Characters of what the upstream asked for before; it asks again for what is longer. */
const MAX_BEFORE = 64 * 1024;

export interface ConsentsOptions {
  readonly seal: (payload: string, binding: string) => string;
  /** Undefined: it is none of this proxy's, or was sealed with another binding. */
  readonly open: (sealed: string, binding: string) => string | undefined;
  /** Whether the legacy client of a request declared URL elicitation. Undefined: the request is of no known session. */
  readonly takesUrls: (exchange: Exchange) => boolean | undefined;
}

export class Consents {
  readonly #options: ConsentsOptions;

  constructor(options: ConsentsOptions) {
    this.#options = options;
  }

  /** How the client of a call is asked; undefined if it declared no URL elicitation. */
  elicits(call: Call): Elicits | undefined {
    return opensPages(call, this.#options.takesUrls)
      ? { requestState: (consent) => this.#sealed(call, consent) }
      : undefined;
  }

  /** The call as it was before its person was asked. Throws if they did not agree, or if it answers another request. */
  async resumed(call: Call): Promise<Call> {
    if (call.era !== 'modern' || call.kind !== 'request' || !/requestState|\\u/.test(call.message?.text ?? ''))
      return call;
    const { params } = call;
    if (!isObject(params)) return call;
    const { requestState, inputResponses, ...others } = params;
    if (typeof requestState !== 'string' || !requestState.startsWith(PREFIX)) return call;
    const { agreed, before } = this.#opened(requestState.slice(PREFIX.length), call);
    const answer = isObject(inputResponses) ? inputResponses[CONSENT_INPUT] : undefined;
    const action = isObject(answer) ? answer['action'] : undefined;
    if (action === 'decline' || action === 'cancel')
      throw new ProxyError(
        'consent-required',
        'the person who calls did not agree to give access: call again, and they are asked again',
      );
    if (action === 'accept') call.exchange.channels.agreed = agreed;
    return inTurns(call.withInTurns({ ...others, ...before }));
  }

  #sealed(call: Call, { id, url, visit }: Consent): string {
    const { params } = call;
    const before: JsonObject = isObject(params) ? kept(params) : {};
    const fits = JSON.stringify(before).length <= MAX_BEFORE;
    const payload = { until: Date.now() + LIFE_MS, id, url, visit, before: fits ? before : {} };
    return PREFIX + this.#options.seal(JSON.stringify(payload), bindingOf(call));
  }

  #opened(sealed: string, call: Call): { readonly agreed: Agreed; readonly before: JsonObject } {
    const payload = this.#options.open(sealed, bindingOf(call));
    const { until, id, url, visit, before }: JsonObject = payload === undefined ? {} : objectIn(payload);
    if (typeof until === 'number' && until >= Date.now() && typeof id === 'string' && typeof url === 'string')
      return {
        agreed: { id, url, visit: typeof visit === 'string' ? visit : undefined },
        before: isObject(before) ? before : {},
      };
    throw new ProxyError(
      'invalid-params',
      'expected a request state that this proxy gave to this caller for this call within the last hour, got another one: call again without it',
    );
  }
}

function objectIn(text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/** What a client returns to the upstream's own question. */
function kept({ requestState, inputResponses }: JsonObject): JsonObject {
  return {
    ...(requestState === undefined ? {} : { requestState }),
    ...(inputResponses === undefined ? {} : { inputResponses }),
  };
}

/** No session id is sealed with such a binding: those begin with the name of an upstream, which has no space. */
function bindingOf({ caller, method, name }: Call): string {
  return `consent of\n${caller.key}\n${method}\n${name ?? ''}`;
}
