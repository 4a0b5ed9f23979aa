/** The results of each method, by the protocol package's own types, and the check of an answer that a control makes. */
import type { ResultTypeMap } from '@modelcontextprotocol/server';
import { ControlFault } from '../base/errors.ts';
import { kindOf } from '../base/kind-of.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Era } from './exchange.ts';
import type { ClientMethod } from './params.ts';

/** The result of a method, as typed by the protocol package. */
export type ResultOf<M extends string> = M extends keyof ResultTypeMap ? ResultTypeMap[M] : JsonObject;

/** Returns what is wrong with a value at a path, without the value; undefined if nothing is. */
type Check = (value: unknown, at: string) => string | undefined;
type Members = Readonly<Record<string, Check>>;

const text: Check = (value, at) => (typeof value === 'string' ? undefined : wrong(at, 'a string', value));
const flag: Check = (value, at) => (typeof value === 'boolean' ? undefined : wrong(at, 'true or false', value));
const object: Check = (value, at) => (isObject(value) ? undefined : wrong(at, 'an object', value));

function listOf(item: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return wrong(at, 'a list', value);
    for (const [i, one] of (value as readonly unknown[]).entries()) {
      const fault = item(one, `${at}[${i}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

function members(required: Members, optional: Members = {}): Check {
  return (value, at) => {
    if (!isObject(value)) return wrong(at, 'an object', value);
    for (const [name, check] of Object.entries(required)) {
      const fault = check(value[name], `${at}.${name}`);
      if (fault !== undefined) return fault;
    }
    for (const [name, check] of Object.entries(optional)) {
      const fault = value[name] === undefined ? undefined : check(value[name], `${at}.${name}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

/** A value whose member `type` says which other members it needs. */
function byType(types: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(types);
  return (value, at) => {
    if (!isObject(value)) return wrong(at, 'an object', value);
    const { type } = value;
    const check = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
    return check === undefined ? `${at}.type: expected ${names.join(', ')}, got another` : check(value, at);
  };
}

/** Text or bytes of a resource. */
const resourceContents: Check = (value, at) => {
  const fault = members({ uri: text }, { text, blob: text, mimeType: text })(value, at);
  if (fault !== undefined || !isObject(value)) return fault;
  return value['text'] === undefined && value['blob'] === undefined
    ? `${at}: expected text or blob, got neither`
    : undefined;
};
const resource = members({ uri: text, name: text });
const media = members({ data: text, mimeType: text });
const block = byType({
  text: members({ text }),
  image: media,
  audio: media,
  resource: members({ resource: resourceContents }),
  resource_link: resource,
});
const role: Check = (value, at) =>
  value === 'user' || value === 'assistant' ? undefined : `${at}: expected user or assistant, got another`;
const objectSchema: Check = (value, at) =>
  isObject(value) && value['type'] === 'object' ? undefined : `${at}: expected a schema of type object, got another`;

const count: Check = (value, at) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : `${at}: expected an integer of 0 or more`;
const skillFiles: Check = (value, at) =>
  value === 'dynamic' ? undefined : listOf(members({ uri: text, digest: text, size: count }))(value, at);
const skill = members({ uri: text, frontmatter: members({ name: text, description: text }), resources: skillFiles });

const page: Members = { nextCursor: text };
const empty = members({});

/** Why a method can't be answered by a control. */
class Refused {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

type Request = Exclude<ClientMethod, `notifications/${string}`>;

const RESULTS: Readonly<Record<Request, Check | Refused>> = {
  'tools/call': members({ content: listOf(block) }, { isError: flag }),
  'tools/list': members({ tools: listOf(members({ name: text, inputSchema: objectSchema })) }, page),
  'prompts/get': members({ messages: listOf(members({ role, content: block })) }, { description: text }),
  'prompts/list': members({ prompts: listOf(members({ name: text })) }, page),
  'resources/read': members({ contents: listOf(resourceContents) }),
  'resources/list': members({ resources: listOf(resource) }, page),
  'resources/templates/list': members({ resourceTemplates: listOf(members({ name: text, uriTemplate: text })) }, page),
  'completion/complete': members({ completion: members({ values: listOf(text) }, { hasMore: flag }) }),
  'server/discover': members({ supportedVersions: listOf(text), capabilities: object }, { instructions: text }),
  'resources/directory/read': members({ resources: listOf(resource) }, page),
  'skills/list': members({ skills: listOf(skill) }, page),
  'skills/get': members({ skill }),
  'resources/subscribe': empty,
  'resources/unsubscribe': empty,
  'logging/setLevel': empty,
  ping: empty,
  initialize: new Refused('it opens a session, which only the upstream can keep'),
  'subscriptions/listen': new Refused('it opens a stream of notifications, which only the upstream can send'),
};

/** The extension for skills (SEP-2640), whose results say how long a client may keep them, in either era. */
const OF_SKILLS: ReadonlySet<string> = new Set([
  'resources/directory/read',
  'skills/get',
  'skills/list',
] satisfies Request[]);
/** Other methods whose results say so in the modern era (2026-07-28, caching). */
const CACHEABLE: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
] satisfies Request[]);

const lifetime = members(
  {},
  {
    ttlMs: count,
    cacheScope: (value, at) =>
      value === 'public' || value === 'private' ? undefined : `${at}: expected public or private, got another`,
  },
);
/** Of a result of any method. Other types ask the client for something, or begin a task. */
const envelope = members(
  {},
  {
    _meta: object,
    resultType: (value, at) => (value === 'complete' ? undefined : `${at}: expected complete, got another`),
  },
);
const noTask: Check = (result, at) =>
  isObject(result) && isObject(result['task']) ? `${at}.task: expected none, since a control has no tasks` : undefined;
/** In the modern era, any JSON value. */
const structured = members({}, { structuredContent: object });

/** Throws if no control may answer this method. */
export function checkAnswerable(method: string): void {
  const refused = method.startsWith('tasks/')
    ? new Refused('a task is known only to the upstream that runs it')
    : known(method);
  if (refused instanceof Refused) throw new ControlFault(`${method} can't be answered by a control: ${refused.why}`);
}

/**
 * Returns the result with the members that the era requires and a control may leave out.
 * @throws ControlFault if it is no result of the method
 */
export function resultFor(method: string, era: Era, result: JsonObject): JsonObject {
  const isTool = method === 'tools/call';
  const cached = OF_SKILLS.has(method) || (era === 'modern' && CACHEABLE.has(method));
  const own = known(method);
  const checks = [
    envelope,
    ...(isTool ? [noTask] : []),
    ...(isTool && era === 'legacy' ? [structured] : []),
    ...(cached ? [lifetime] : []),
    ...(typeof own === 'function' ? [own] : []),
  ];
  for (const check of checks) {
    const fault = check(result, 'result');
    if (fault !== undefined) throw new ControlFault(`answered ${method} with a wrong result: ${fault}`);
  }
  // Not kept by a client, unless the control says so.
  const kept = cached ? { ttlMs: 0, cacheScope: 'private', ...result } : result;
  return era === 'modern' ? { ...kept, resultType: 'complete' } : kept;
}

/** Undefined for a method that MCP doesn't have: its result is any object. */
function known(method: string): Check | Refused | undefined {
  return Object.hasOwn(RESULTS, method) ? RESULTS[method as Request] : undefined;
}

function wrong(at: string, expected: string, got: unknown): string {
  return `${at}: expected ${expected}, got ${kindOf(got)}`;
}
