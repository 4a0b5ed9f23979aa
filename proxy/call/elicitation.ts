/**
 * How a client is asked to open a page for its person: URL elicitation. In the legacy era it is an error with the page
 * (2025-11-25, client, elicitation), in the modern one a result that the client answers with a retry (2026-07-28, basic,
 * MRTR).
 */
import { type Consent, ConsentRequired, type ProxyError } from '../base/errors.ts';
import { SELF } from '../base/self.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Call } from './call.ts';
import type { Era, Exchange } from './exchange.ts';

export const META_SERVER = 'io.modelcontextprotocol/serverInfo';

const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** The legacy version that has URL elicitation. */
const LAST_LEGACY = '2025-11-25';
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

/**
 * Whether the client of a call opens pages for its person.
 * @param inSession what `initialize` of the legacy session declared; undefined: the call is of no known session
 */
export function opensPages(
  { era, method, params, exchange }: Call,
  inSession: (exchange: Exchange) => boolean | undefined,
): boolean {
  const of = isObject(params) ? params : {};
  if (era === 'modern') return isObject(of['_meta']) && takesUrls(of['_meta'][META_CAPABILITIES]);
  if (method === 'initialize') return takesUrls(of['capabilities']);
  // Without a session, nothing remembers what `initialize` declared. The error is defined for every client of this version.
  return inSession(exchange) ?? exchange.inbound.protocolVersion === LAST_LEGACY;
}

/**
 * The answer that asks the person to open a page; undefined if this error, client or request can have none.
 * @param why more members of an error's `data`
 */
export function elicitation(
  error: ProxyError,
  { id, era, method, elicits }: Asked,
  why: object | undefined,
): string | undefined {
  if (!(error instanceof ConsentRequired) || elicits === undefined || id === undefined) return undefined;
  const { url, words: message } = error.consent;
  if (era === 'legacy') {
    const data = { reason: error.code, ...elicitationsOf(error), ...why };
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

/** For a person who sees only the error's message: most hosts show it if a connection or a list fails. */
export function wordsOf({ consent: { url, words } }: ConsentRequired): string {
  return `${words} Then try again. The page: ${url}`;
}

/** The page as a member of an error's `data`. */
export function elicitationsOf(error: ConsentRequired): object {
  return { elicitations: [pageOf(error)] };
}

/** The page as 2025-11-25 describes it in an error. */
export function pageOf({ consent: { id, url, words } }: ConsentRequired): JsonObject {
  return { mode: 'url', elicitationId: id, url, message: words };
}
