/**
 * Requests of the upstream to the client: elicitation, sampling, roots, and those of extensions. A request that is not
 * permitted never reaches the client. In the legacy era, it is a message on a stream: the proxy removes it and answers
 * it with a refusal in the client's place. In the modern era, it is the result of the call itself (`input_required`),
 * so the call is denied. To make this rare, the proxy removes capabilities that may not be used from what clients
 * declare.
 */
import { Denied } from '../../base/errors.ts';
import { isTurnOver, nextTurn } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { isKnownMethod } from '../../call/methods.ts';
import { Digits } from '../../json-schema/digits.ts';
import type { Source } from '../../json/digits.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { FREE, QUESTIONS } from './methods.ts';
import { type Asked, parametersOf, reading } from './requests.ts';

type May = (asked: Asked) => boolean;

/** The upstream's requests, each with the client capability that answers it. */
const ASKED_WITH = Object.entries(QUESTIONS);
export const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/**
 * The upstream's message as the client may see it; undefined if it must not. Throws `Denied` if the result itself is
 * the request.
 */
export function permittedMessage(
  message: JsonObject,
  source: Source | undefined,
  call: Call,
  may: May,
): JsonObject | undefined | Promise<JsonObject> {
  const { method, id } = message;
  if (typeof method !== 'string') return permittedResult(message, source, may);
  if (id !== undefined) {
    if (
      method === 'ping' ||
      may({
        action: method,
        resource: { type: 'Upstream' },
        arguments: parametersOf(message),
        digits: digitsOf(source)?.within(['params']),
      })
    )
      return message;
    call.note({ control: 'access-policy', refused: isKnownMethod(method) ? method : 'unknown' });
    return undefined;
  }
  const { uri } = parametersOf(message);
  return method === 'notifications/resources/updated' && typeof uri === 'string' && !may(reading(uri))
    ? undefined
    : message;
}

function permittedResult(message: JsonObject, source: Source | undefined, may: May): JsonObject | Promise<JsonObject> {
  const { result } = message;
  const questions = isObject(result) ? result['inputRequests'] : undefined;
  return isObject(questions) ? permittedQuestions(message, questions, source, may) : message;
}

async function permittedQuestions(
  message: JsonObject,
  questions: JsonObject,
  source: Source | undefined,
  may: May,
): Promise<JsonObject> {
  const digits = digitsOf(source);
  for (const [name, question] of Object.entries(questions)) {
    const method = isObject(question) ? question['method'] : undefined;
    if (
      isObject(question) &&
      typeof method === 'string' &&
      may({
        action: method,
        resource: { type: 'Upstream' },
        arguments: parametersOf(question),
        digits: digits?.within(['result', 'inputRequests', name, 'params']),
      })
    ) {
      if (isTurnOver()) await nextTurn();
      continue;
    }
    const which = typeof method === 'string' && isKnownMethod(method) ? method : 'an unknown method';
    throw new Denied(`not permitted: the upstream asks the client for ${which} before it answers`);
  }
  return message;
}

/** "URL elicitation required" (2025-11-25, -32042): the call fails, and the error contains the request. */
export function permittedError(
  message: JsonObject,
  source: Source | undefined,
  may: May,
): JsonObject | Promise<JsonObject> {
  const data = isObject(message['error']) ? message['error']['data'] : undefined;
  const elicitations = isObject(data) ? data['elicitations'] : undefined;
  return Array.isArray(elicitations) ? permittedElicitations(message, elicitations, source, may) : message;
}

async function permittedElicitations(
  message: JsonObject,
  elicitations: readonly JsonValue[],
  source: Source | undefined,
  may: May,
): Promise<JsonObject> {
  const digits = digitsOf(source);
  for (const [i, asked] of elicitations.entries()) {
    if (
      !isObject(asked) ||
      !may({
        action: 'elicitation/create',
        resource: { type: 'Upstream' },
        arguments: asked,
        digits: digits?.within(['error', 'data', 'elicitations', i]),
      })
    )
      throw new Denied('not permitted: the upstream asks the client for elicitation/create before it answers');
    if (isTurnOver()) await nextTurn();
  }
  return message;
}

/** Reads the whole message, so that the numbers of many requests are found at once. */
function digitsOf(source: Source | undefined): Digits | undefined {
  return source && new Digits(source.json, 0, source.json.length, []);
}

/** Asks without arguments: whether the request can be permitted at all. */
export function mayAsk(method: string): Asked {
  return { action: method, resource: { type: 'Upstream' }, arguments: undefined };
}

/** The call without declared capabilities that the upstream may not use. */
export function withoutCapabilities(call: Call, may: May): Call {
  const text = call.message?.text ?? '';
  // Parameters of a tool's call have been read.
  if (call.is('tools/call') && !declares(call.params._meta?.[CAPABILITIES])) return call;
  const denied = ASKED_WITH.filter(([method, capability]) => text.includes(capability) && !may(mayAsk(method)));
  if (denied.length === 0) return call;
  const { params } = call;
  const without = (declared: unknown): JsonObject | undefined => {
    if (!isObject(declared) || !denied.some(([, capability]) => Object.hasOwn(declared, capability))) return undefined;
    return Object.fromEntries(
      Object.entries(declared).filter(([name]) => !denied.some(([, capability]) => capability === name)),
    );
  };
  if (call.method === 'initialize') {
    const capabilities = without(params?.['capabilities']);
    return capabilities === undefined ? call : call.with({ ...params, capabilities });
  }
  const meta = params?.['_meta'];
  const capabilities = isObject(meta) ? without(meta[CAPABILITIES]) : undefined;
  return capabilities === undefined
    ? call
    : call.with({ ...params, _meta: { ...(meta as JsonObject), [CAPABILITIES]: capabilities } });
}

function declares(capabilities: unknown): boolean {
  if (isObject(capabilities)) for (const _name in capabilities) return true;
  return false;
}

/** Life-cycle methods, and answers to requests. */
export function isFree(method: string): boolean {
  return FREE.has(method);
}
