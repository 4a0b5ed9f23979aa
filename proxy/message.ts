/**
 * One JSON-RPC message as it came: its text, and what the proxy needs to know of it without building values.
 * Reading is strict; whatever is ambiguous is refused (see `json/strict.ts`), so the text can be sent as it is.
 */
import { ProxyError } from './errors.ts';
import { checkJson, checkObject, JsonError, MAX_DEPTH, membersAt } from './json/strict.ts';

export type MessageKind = 'request' | 'notification' | 'response';

/** `_meta` key that says which protocol version a modern request speaks (MCP 2026-07-28, basic, `_meta`). */
export const META_VERSION = 'io.modelcontextprotocol/protocolVersion';

export interface Message {
  /** The whole text, exactly as received (or as rewritten by a control). */
  readonly text: string;
  readonly kind: MessageKind;
  /** Empty for a response, until it is matched with the request it answers. */
  readonly method: string;
  /** The id as JSON text, quotes included; undefined for a notification. */
  readonly id: string | undefined;
  /** Where `params` lies (for a response: `result`, or `error`); `start` is -1 where there is none. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** `params.name`, `params.uri` or `params.taskId`, whichever the method goes by. */
  readonly name: string | undefined;
  /** `params._meta["io.modelcontextprotocol/protocolVersion"]`: present means the modern era. */
  readonly metaVersion: string | undefined;
}

const ENVELOPE = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const META = ['_meta'];
const PARAMS = ['name', 'uri', 'taskId', 'arguments', '_meta'];
const COMPLETION = ['ref', 'argument', 'context', '_meta'];
const COMPLETION_MEMBERS = { ref: ['type', 'name', 'uri'], argument: ['name', 'value'] };
const FOLDED_META_VERSION = META_VERSION.toLowerCase();

/** Methods whose parameters name what they are about, and by which member: what `Mcp-Name` mirrors (MCP 2026-07-28, streamable HTTP; SEP-2663 for tasks). */
const NAMED: Readonly<Record<string, 'name' | 'uri' | 'taskId'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'resources/subscribe': 'uri',
  'resources/unsubscribe': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/result': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Which member of `params` names the subject of a method; undefined where none does. */
export function nameMember(method: string): 'name' | 'uri' | 'taskId' | undefined {
  return Object.hasOwn(NAMED, method) ? NAMED[method] : undefined;
}

/**
 * Folds case the way a lenient JSON reader might (Go's `encoding/json` takes `Name`, and even `ſ` for `s`; Java's
 * `equalsIgnoreCase` takes `İ` for `i`), so that a key another parser could take for one of ours is refused.
 */
function fold(key: string): string {
  return key.toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}

function refuseVariants(keys: readonly string[], known: readonly string[], where: string): void {
  let folded: Set<string> | undefined;
  for (const key of keys) {
    if (known.includes(key)) continue;
    const low = fold(key);
    if (known.some((name) => name.toLowerCase() === low)) {
      throw new ProxyError('invalid-request', `a key of ${where} differs from a known one only in case`);
    }
    folded ??= new Set(keys.filter((other) => known.includes(other)));
    if (folded.has(low)) throw new ProxyError('invalid-request', `two keys of ${where} differ only in case`);
    folded.add(low);
  }
}

interface Spans {
  readonly keys: string[];
  readonly at: Map<string, readonly [number, number]>;
}

/** The string at a span, or undefined where it is no string. */
function stringAt(text: string, span: readonly [number, number] | undefined): string | undefined {
  if (span === undefined || text.charCodeAt(span[0]) !== 0x22) return undefined;
  const raw = text.slice(span[0] + 1, span[1] - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(span[0], span[1])) as string) : raw;
}

function topLevel(text: string, depth: number): Spans {
  const keys: string[] = [];
  const at = new Map<string, readonly [number, number]>();
  try {
    checkObject(
      text,
      (key, start, end) => {
        keys.push(key);
        at.set(key, [start, end]);
      },
      depth,
    );
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw refusalOf(error, text, depth);
  }
  return { keys, at };
}

/** What to say of a text that {@link checkJson} or `checkObject` refused. */
export function refusalOf(error: JsonError, text: string, depth: number): ProxyError {
  if (error.fault !== 'syntax') return new ProxyError('invalid-request', error.message);
  try {
    checkJson(text, depth);
  } catch {
    return new ProxyError('parse-error', error.message);
  }
  return new ProxyError('invalid-request', 'expected a JSON-RPC message, an object; got another JSON value');
}

function membersOf(text: string, span: readonly [number, number]): Spans {
  const keys: string[] = [];
  const at = new Map<string, readonly [number, number]>();
  membersAt(text, span[0], (key, start, end) => {
    keys.push(key);
    at.set(key, [start, end]);
  });
  return { keys, at };
}

/**
 * Reads one message. Throws `ProxyError` with `parse-error` or `invalid-request`.
 * @param depth levels of nesting allowed
 */
export function readMessage(text: string, depth: number = MAX_DEPTH): Message {
  const { keys, at } = topLevel(text, depth);
  refuseVariants(keys, ENVELOPE, 'the message');
  if (stringAt(text, at.get('jsonrpc')) !== '2.0') {
    throw new ProxyError('invalid-request', `not a JSON-RPC 2.0 message: expected "jsonrpc":"2.0"`);
  }
  const id = idAt(text, at.get('id'));
  const answer = at.get('result') ?? at.get('error');
  if (!at.has('method')) {
    if (answer === undefined || (at.has('result') && at.has('error'))) {
      throw new ProxyError('invalid-request', 'expected a request with "method", or a response with either "result" or "error"');
    }
    if (id === undefined) throw new ProxyError('invalid-request', 'a response without an id');
    return { text, kind: 'response', method: '', id, bodyStart: answer[0], bodyEnd: answer[1], name: undefined, metaVersion: undefined };
  }
  if (answer !== undefined) throw new ProxyError('invalid-request', 'a message with both "method" and "result" or "error"');
  const method = stringAt(text, at.get('method'));
  if (method === undefined || method === '') throw new ProxyError('invalid-request', 'expected "method" to be a non-empty string');

  const params = at.get('params');
  let name: string | undefined;
  let metaVersion: string | undefined;
  if (params !== undefined) {
    if (text.charCodeAt(params[0]) !== 0x7b) throw new ProxyError('invalid-request', 'expected "params" to be an object');
    const inner = membersOf(text, params);
    const member = nameMember(method);
    refuseVariants(inner.keys, member === undefined ? META : PARAMS, '"params"');
    if (member !== undefined && inner.at.has(member)) {
      name = stringAt(text, inner.at.get(member));
      // One that is missing is the upstream's to refuse; one of another type might mean something to it.
      if (name === undefined) throw new ProxyError('invalid-params', `${method}: expected params.${member} to be a string`);
    }
    const meta = inner.at.get('_meta');
    if (meta !== undefined && text.charCodeAt(meta[0]) === 0x7b) metaVersion = metaVersionAt(text, meta);
    if (method === 'completion/complete') refuseReferenceVariants(text, inner);
  }
  return {
    text,
    kind: id === undefined ? 'notification' : 'request',
    method,
    id,
    bodyStart: params?.[0] ?? -1,
    bodyEnd: params?.[1] ?? -1,
    name,
    metaVersion,
  };
}

function metaVersionAt(text: string, span: readonly [number, number]): string | undefined {
  const { keys, at } = membersOf(text, span);
  const variant = keys.some((key) => key.length === META_VERSION.length && key !== META_VERSION && fold(key) === FOLDED_META_VERSION);
  if (variant) throw new ProxyError('invalid-request', 'a key of "_meta" differs from a known one only in case');
  const version = at.get(META_VERSION);
  const said = stringAt(text, version);
  if (version !== undefined && said === undefined) throw new ProxyError('invalid-params', `expected _meta["${META_VERSION}"] to be a string`);
  return said;
}

/** What a completion is about lies one level deeper than with other methods. */
function refuseReferenceVariants(text: string, params: Spans): void {
  refuseVariants(params.keys, COMPLETION, '"params"');
  for (const [member, known] of Object.entries(COMPLETION_MEMBERS)) {
    const span = params.at.get(member);
    if (span !== undefined && text.charCodeAt(span[0]) === 0x7b) refuseVariants(membersOf(text, span).keys, known, `"params.${member}"`);
  }
}

/** The id of a text that {@link readMessage} refused, as far as it is plain: for the refusal to carry. */
export function requestIdOf(text: string, depth: number): string | undefined {
  try {
    const { keys, at } = topLevel(text, depth);
    refuseVariants(keys, ENVELOPE, 'the message');
    return at.has('method') ? idAt(text, at.get('id')) : undefined;
  } catch {
    return undefined;
  }
}

/** An id is a string or an integer, never null (MCP, basic, requests). */
function idAt(text: string, span: readonly [number, number] | undefined): string | undefined {
  if (span === undefined) return undefined;
  const raw = text.slice(span[0], span[1]);
  if (raw.startsWith('"') || /^-?\d+(?:\.0+)?$/.test(raw)) return raw;
  throw new ProxyError('invalid-request', 'expected "id" to be a string or an integer');
}

/** One key per id, however it is spelled: `"a"` and `"\u0061"` are the same, `1` and `"1"` are not. */
export function idKey(id: string): string {
  if (id.startsWith('"')) return JSON.stringify(JSON.parse(id));
  return id.length < 16 ? String(Number(id)) : id;
}

/** The message with another `params` (for a response: `result`), given as JSON text. Reads it again: it is checked like any other. */
export function withBody(message: Message, body: string, depth?: number): Message {
  const { text, bodyStart, bodyEnd } = message;
  if (bodyStart >= 0) return reread(message, text.slice(0, bodyStart) + body + text.slice(bodyEnd), depth);
  const close = text.lastIndexOf('}');
  return reread(message, `${text.slice(0, close)},"params":${body}${text.slice(close)}`, depth);
}

function reread(message: Message, text: string, depth: number | undefined): Message {
  const next = readMessage(text, depth);
  return next.kind === 'response' ? { ...next, method: message.method } : next;
}
