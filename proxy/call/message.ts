/**
 * One JSON-RPC message: its text, and what the proxy needs to know about it without building values. Reading is strict
 * and refuses all that is ambiguous (see `json/strict.ts`), so the text can be sent unchanged.
 */
import { ProxyError } from '../base/errors.ts';
import { atOnce, SHORT, type Work } from '../base/turns.ts';
import { JsonError, MAX_DEPTH } from '../json/json-error.ts';
import { Members } from '../json/members.ts';
import { checkJsonInTurns, checkObjectInTurns } from '../json/strict-in-turns.ts';
import { checkObject } from '../json/strict.ts';
import { typeAt } from '../json/type-at.ts';
import { nameMember } from './name-member.ts';
import { fold, Known } from './variants.ts';

export type MessageKind = 'request' | 'notification' | 'response';

/** `_meta` key of a modern request's protocol version (MCP 2026-07-28, basic, `_meta`). */
export const META_VERSION = 'io.modelcontextprotocol/protocolVersion';
/** `_meta` key of the task that a message belongs to (MCP 2025-11-25, tasks). */
export const RELATED_TASK = 'io.modelcontextprotocol/related-task';

export interface Message {
  /** The whole text, exactly as received (or as rewritten by a control). */
  readonly text: string;
  readonly kind: MessageKind;
  /** Empty for a response, until it is matched with the request that it answers. */
  readonly method: string;
  /** The id as JSON text, quotes included; undefined for a notification. */
  readonly id: string | undefined;
  /**
   * Start of `params` (for a response: of `result` or `error`); -1 if there is none. `params` of null count as absent:
   * JSON-RPC has no such parameters (2.0, 4.2), but clients send them, and most servers read them so.
   */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** `params.name`, `params.uri` or `params.taskId`, depending on the method. */
  readonly name: string | undefined;
  /** `params._meta["io.modelcontextprotocol/protocolVersion"]`: present means the modern era. */
  readonly metaVersion: string | undefined;
  /** `params._meta.progressToken`, as an {@link idKey}; undefined if there is none. */
  readonly progressToken: string | undefined;
  /** False if it surely returns nothing of an upstream's: a request state, or the id of a task that it belongs to. */
  readonly mayReturn: boolean;
}

const ENVELOPE = new Known('jsonrpc', 'id', 'method', 'params', 'result', 'error');
/** Beside what a method names: what the proxy may have sealed. */
const META = new Known('_meta', 'cursor', 'requestState', 'inputResponses', 'task');
const PARAMS = new Known(
  'name',
  'uri',
  'taskId',
  'arguments',
  '_meta',
  'cursor',
  'requestState',
  'inputResponses',
  'task',
);
const COMPLETION = new Known('ref', 'argument', 'context', '_meta');
const REFERENCE = new Known('type', 'name', 'uri');
const ARGUMENT = new Known('name', 'value');
const LISTEN = new Known('notifications', '_meta');
const FILTER = new Known('toolsListChanged', 'promptsListChanged', 'resourcesListChanged', 'resourceSubscriptions');
/** Members of `_meta` that the proxy reads. */
const META_MEMBERS = [META_VERSION, 'progressToken', RELATED_TASK].map((key) => ({ key, folded: fold(key) }));

/** The positions of the members that the proxy reads. */
class Places {
  readonly meta = new Members();
  readonly ref = new Members();
  readonly argument = new Members();
  readonly notifications = new Members();
  readonly params = new Members({
    _meta: this.meta,
    ref: this.ref,
    argument: this.argument,
    notifications: this.notifications,
  });
  readonly envelope = new Members({ params: this.params });
}

/** Reused by each short message: reading one is synchronous and ends before the next begins. */
const shared = new Places();
/** The positions of the message that is being read. */
let places = shared;

/** Returns the string that is a member's value; undefined if it is absent or not a string. */
function stringOf(text: string, members: Members, key: string): string | undefined {
  const index = members.find(key);
  const start = members.start(index);
  if (text.charCodeAt(start) !== 0x22) return undefined;
  const raw = text.slice(start + 1, members.end(index) - 1);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

function readPlaces(text: string, depth: number): void {
  try {
    checkObject(text, shared.envelope, depth);
  } catch (error) {
    throw error instanceof JsonError ? atOnce(refusalOf(error, text, depth)) : error;
  }
}

/** Checks a text, and returns the positions of its members. Throws like {@link readMessage}. */
export function* placesInTurns(text: string, depth: number): Work<Places> {
  const own = new Places();
  try {
    yield* checkObjectInTurns(text, own.envelope, depth);
    return own;
  } catch (error) {
    throw error instanceof JsonError ? yield* refusalOf(error, text, depth) : error;
  }
}

/** Returns the error for a text that the strict reader refused. */
export function* refusalOf(error: JsonError, text: string, depth: number): Work<ProxyError> {
  if (error.fault !== 'syntax') return new ProxyError('invalid-request', error.message);
  try {
    yield* checkJsonInTurns(text, depth);
  } catch {
    return new ProxyError('parse-error', error.message);
  }
  return new ProxyError('invalid-request', 'expected a JSON-RPC message, an object; got another JSON value');
}

/**
 * Reads one message. Throws `ProxyError` with `parse-error` or `invalid-request`.
 * @param depth levels of nesting allowed
 */
export function readMessage(text: string, depth: number = MAX_DEPTH): Message {
  readPlaces(text, depth);
  return understood(text);
}

/** {@link readMessage} in turns, for a message that may be long. */
export function* readMessageInTurns(text: string, depth: number = MAX_DEPTH): Work<Message> {
  if (text.length <= SHORT) return readMessage(text, depth);
  const own = yield* placesInTurns(text, depth);
  return within(own, () => understood(text));
}

/** Runs a function with the positions of a long message in `places`. */
function within<T>(own: Places, understand: () => T): T {
  places = own;
  try {
    return understand();
  } finally {
    places = shared;
  }
}

function understood(text: string): Message {
  ENVELOPE.refuseVariants(places.envelope, 'the message');
  if (stringOf(text, places.envelope, 'jsonrpc') !== '2.0') {
    throw new ProxyError('invalid-request', `not a JSON-RPC 2.0 message: expected "jsonrpc":"2.0"`);
  }
  const id = idOf(text);
  const result = places.envelope.find('result');
  const error = places.envelope.find('error');
  if (places.envelope.find('method') < 0) {
    // Some clients send both members, one of them null.
    const both = result >= 0 && error >= 0;
    const isResult = result >= 0 && !(both && isNull(text, result));
    const isError = error >= 0 && !(both && isNull(text, error));
    if (isResult === isError)
      throw new ProxyError(
        'invalid-request',
        'expected a request with "method", or a response with either "result" or "error"',
      );
    if (id === undefined) throw new ProxyError('invalid-request', 'a response without an id');
    const answer = isResult ? result : error;
    return {
      text,
      kind: 'response',
      method: '',
      id,
      bodyStart: places.envelope.start(answer),
      bodyEnd: places.envelope.end(answer),
      name: undefined,
      metaVersion: undefined,
      progressToken: undefined,
      mayReturn: true,
    };
  }
  if (result >= 0 || error >= 0)
    throw new ProxyError('invalid-request', 'a message with both "method" and "result" or "error"');
  const method = stringOf(text, places.envelope, 'method');
  if (method === undefined || method === '')
    throw new ProxyError('invalid-request', 'expected "method" to be a non-empty string');
  const given = places.envelope.find('params');
  const at = isNull(text, given) ? -1 : given;
  const bodyStart = places.envelope.start(at);
  if (at >= 0 && text.charCodeAt(bodyStart) !== 0x7b)
    throw new ProxyError('invalid-request', `expected "params" to be an object, got ${kindAt(text, at)}`);
  return {
    text,
    kind: id === undefined ? 'notification' : 'request',
    method,
    id,
    bodyStart,
    bodyEnd: places.envelope.end(at),
    name: at < 0 ? undefined : nameOf(text, method),
    metaVersion: at < 0 ? undefined : metaVersionOf(text),
    progressToken: at < 0 ? undefined : progressTokenOf(text),
    mayReturn: at >= 0 && (places.params.find('requestState') >= 0 || places.meta.find(RELATED_TASK) >= 0),
  };
}

function isNull(text: string, index: number): boolean {
  return text.startsWith('null', places.envelope.start(index));
}

/** Returns the subject of the parameters. Refuses keys that another reader could take for its member. */
function nameOf(text: string, method: string): string | undefined {
  const member = nameMember(method);
  if (method === 'completion/complete') {
    COMPLETION.refuseVariants(places.params, '"params"');
    // A completion's subject is one level deeper than that of other methods.
    REFERENCE.refuseVariants(places.ref, '"params.ref"');
    ARGUMENT.refuseVariants(places.argument, '"params.argument"');
  } else if (method === 'subscriptions/listen') {
    LISTEN.refuseVariants(places.params, '"params"');
    FILTER.refuseVariants(places.notifications, '"params.notifications"');
  } else (member === undefined ? META : PARAMS).refuseVariants(places.params, '"params"');
  if (member === undefined || places.params.find(member) < 0) return undefined;
  const name = stringOf(text, places.params, member);
  // The upstream refuses a missing one, but might accept one of another type.
  if (name === undefined) throw new ProxyError('invalid-params', `${method}: expected params.${member} to be a string`);
  return name;
}

function metaVersionOf(text: string): string | undefined {
  for (let i = 0; i < places.meta.count; i++) {
    const key = places.meta.key(i);
    if (
      META_MEMBERS.some((known) => key.length === known.key.length && key !== known.key && fold(key) === known.folded)
    ) {
      throw new ProxyError('invalid-request', 'a key of "_meta" differs from a known one only in case');
    }
  }
  if (places.meta.find(META_VERSION) < 0) return undefined;
  const version = stringOf(text, places.meta, META_VERSION);
  if (version === undefined) throw new ProxyError('invalid-params', `expected _meta["${META_VERSION}"] to be a string`);
  return version;
}

function progressTokenOf(text: string): string | undefined {
  const index = places.meta.find('progressToken');
  return index < 0 ? undefined : tokenKey(text.slice(places.meta.start(index), places.meta.end(index)));
}

/** {@link idKey} of a progress token, given as JSON text; undefined if it is neither a string nor a number. */
export function tokenKey(token: string): string | undefined {
  return /^["\d-]/.test(token) ? idKey(token) : undefined;
}

/** Returns the id of a text that {@link readMessage} refused, for the error reply; undefined if it isn't clear. */
export function* requestIdOf(text: string, depth: number): Work<string | undefined> {
  const id = (): string | undefined => {
    ENVELOPE.refuseVariants(places.envelope, 'the message');
    return places.envelope.find('method') < 0 ? undefined : idOf(text);
  };
  try {
    return within(yield* placesInTurns(text, depth), id);
  } catch {
    return undefined;
  }
}

/** An id is a string or an integer, never null (MCP, basic, requests). */
function idOf(text: string): string | undefined {
  const index = places.envelope.find('id');
  if (index < 0) return undefined;
  const raw = text.slice(places.envelope.start(index), places.envelope.end(index));
  if (raw.startsWith('"') || /^-?\d+(?:\.0+)?$/.test(raw)) return raw;
  throw new ProxyError(
    'invalid-request',
    `expected "id" to be a string or an integer, got ${/^-?\d/.test(raw) ? 'a number with a fraction or an exponent' : kindAt(text, index)}`,
  );
}

function kindAt(text: string, index: number): string {
  return typeAt(text, places.envelope.start(index));
}

/**
 * Returns one key per id, however it is written. `"a"` and `"\u0061"` are the same, and so are numbers with the same
 * double, since most upstreams read them so and use one for the other in their answers. `1` and `"1"` are the same, too:
 * some upstreams turn every id into a string, and answer both as `"1"`. Progress tokens follow the same rules.
 */
export function idKey(id: string): string {
  return id.startsWith('"') ? (JSON.parse(id) as string) : String(Number(id));
}
