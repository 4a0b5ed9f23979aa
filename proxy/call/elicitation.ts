/**
 * How a client is asked to open a page for its person: URL elicitation. In the legacy era it is an error with the page
 * (2025-11-25, client, elicitation), in the modern one a result that the client answers with a retry (2026-07-28, basic,
 * MRTR).
 */
import { type Consent, ConsentRequired, type ProxyError } from '../base/errors.ts';
import { SELF } from '../base/self.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonValue } from '../json/value.ts';
import type { Era } from './exchange.ts';

export const META_SERVER = 'io.modelcontextprotocol/serverInfo';

/** URLElicitationRequiredError. */
const URL_ELICITATION_REQUIRED = -32042;
/** The only modern requests that may be answered with `input_required` (MRTR, supported requests). */
const MAY_ASK: ReadonlySet<string | undefined> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** The name of the proxy's question in `inputRequests`. */
export const CONSENT_INPUT = 'consent';

/** How a consent is asked for in answer to a request. */
export interface Elicits {
  /** Makes the `requestState` that a modern client returns with its retry. */
  readonly requestState: (consent: Consent) => string;
}

interface Asked {
  readonly method: string | undefined;
  readonly id: string | undefined;
  readonly era: Era;
  readonly elicits?: Elicits | undefined;
}

/** Whether a client with these capabilities opens pages for its person. `elicitation: {}` means forms only. */
export function takesUrls(capabilities: JsonValue | undefined): boolean {
  const elicitation = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  return isObject(elicitation) && isObject(elicitation['url']);
}

/** The answer that asks the person to open a page; undefined if this error, client or request can have none. */
export function elicitation(error: ProxyError, { id, era, method, elicits }: Asked): string | undefined {
  if (!(error instanceof ConsentRequired) || elicits === undefined || id === undefined) return undefined;
  const { url, words: message } = error.consent;
  if (era === 'legacy') {
    const data = { reason: error.code, ...elicitationsOf(error) };
    return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code: URL_ELICITATION_REQUIRED, message, data })}}`;
  }
  if (!MAY_ASK.has(method)) return undefined;
  const result = {
    resultType: 'input_required',
    inputRequests: { [CONSENT_INPUT]: { method: 'elicitation/create', params: { mode: 'url', url, message } } },
    requestState: elicits.requestState(error.consent),
    _meta: { [META_SERVER]: SELF },
  };
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
}

/** The page as a member of an error's `data`. */
export function elicitationsOf({ consent: { id, url, words } }: ConsentRequired): object {
  return { elicitations: [{ mode: 'url', elicitationId: id, url, message: words }] };
}
