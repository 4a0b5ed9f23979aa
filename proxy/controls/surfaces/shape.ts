/**
 * What the members of MCP's messages are: data, unless a shape says otherwise. Whatever no shape names is visited as data of
 * the surface around it, so that a member nobody foresaw isn't missed.
 */
import type { JsonObject } from '../../json/lossless.ts';
import type { SurfaceName } from './place.ts';

export interface Shape {
  /** From here on, another surface. */
  readonly surface?: SurfaceName;
  /** Paths begin anew here: what a config names is relative to this. */
  readonly root?: true;
  /** Software goes by it: it can be refused, not changed. */
  readonly fixed?: true;
  /** Not visited: it goes back to who made it, says what software is at work, or was visited elsewhere. */
  readonly skip?: true;
  /** Base64. */
  readonly base64?: true;
  /** Keys are names that software goes by. */
  readonly fixedKeys?: true;
  readonly members?: Readonly<Record<string, Shape>>;
  /** Every other member. @default - plain data */
  readonly rest?: Shape;
}

// A list's items have the shape of the list.
export const FIXED: Shape = { fixed: true };
const SKIP: Shape = { skip: true };
const DATA: Shape = {};

/** What the client's software says of itself and of its request: no model writes there. */
const META: Shape = {
  surface: 'meta',
  root: true,
  members: {
    progressToken: SKIP,
    'io.modelcontextprotocol/protocolVersion': SKIP,
    'io.modelcontextprotocol/clientInfo': SKIP,
    'io.modelcontextprotocol/clientCapabilities': SKIP,
    'io.modelcontextprotocol/logLevel': SKIP,
    'io.modelcontextprotocol/subscriptionId': SKIP,
    traceparent: SKIP,
    tracestate: SKIP,
  },
};

const ANNOTATIONS: Shape = { members: { audience: FIXED, lastModified: FIXED } };
const ICONS: Shape = { members: { mimeType: FIXED, sizes: FIXED, theme: FIXED } };

const RESOURCE: Shape = { members: { uri: DATA, mimeType: FIXED, blob: { base64: true }, annotations: ANNOTATIONS, icons: ICONS, _meta: META } };

/** A content block, or a list of them. */
const BLOCK: Shape = {
  members: {
    type: FIXED,
    mimeType: FIXED,
    data: { base64: true },
    resource: RESOURCE,
    annotations: ANNOTATIONS,
    icons: ICONS,
    // Of `tool_use` and `tool_result`, in sampling.
    id: FIXED,
    toolUseId: FIXED,
    name: DATA,
    input: { root: true },
    structuredContent: { root: true },
    _meta: META,
  },
};
const NESTED_BLOCK: Shape = { members: { ...BLOCK.members, content: BLOCK } };

/** A JSON Schema: its words are data, its grammar is not. */
const SCHEMA: Shape = { fixedKeys: true, members: {} };
const NAMED_SCHEMAS: Shape = { fixedKeys: true, rest: SCHEMA };
Object.assign(SCHEMA, {
  rest: SCHEMA,
  members: {
    type: FIXED,
    format: FIXED,
    pattern: FIXED,
    required: FIXED,
    $ref: FIXED,
    $dynamicRef: FIXED,
    $id: FIXED,
    $schema: FIXED,
    $anchor: FIXED,
    $dynamicAnchor: FIXED,
    contentEncoding: FIXED,
    contentMediaType: FIXED,
    dependentRequired: FIXED,
    'x-mcp-header': FIXED,
    properties: NAMED_SCHEMAS,
    patternProperties: NAMED_SCHEMAS,
    dependentSchemas: NAMED_SCHEMAS,
    $defs: NAMED_SCHEMAS,
    definitions: NAMED_SCHEMAS,
    default: DATA,
    const: DATA,
    enum: DATA,
    examples: DATA,
  } satisfies Record<string, Shape>,
} satisfies Shape);

const TOOL: Shape = {
  surface: 'descriptions',
  members: { name: FIXED, inputSchema: SCHEMA, outputSchema: SCHEMA, icons: ICONS, execution: FIXED, _meta: META },
};

const SAMPLING: Shape = {
  surface: 'sampling',
  members: {
    messages: { members: { role: FIXED, content: NESTED_BLOCK, _meta: META } },
    tools: TOOL,
    toolChoice: FIXED,
    includeContext: FIXED,
    modelPreferences: FIXED,
    stopSequences: DATA,
    _meta: META,
  },
};
const ELICITATION: Shape = { surface: 'elicitation', members: { mode: FIXED, elicitationId: FIXED, requestedSchema: SCHEMA, _meta: META } };

/** What an upstream asks within a result (`resultType: 'input_required'`), by the names it gave its questions. */
const QUESTIONS: Shape = { fixedKeys: true, rest: { surface: 'elicitation', members: { method: FIXED, params: { members: { ...ELICITATION.members, ...SAMPLING.members } } } } };

/** What every result may have. */
const RESULT: Readonly<Record<string, Shape>> = {
  resultType: FIXED,
  nextCursor: FIXED,
  cacheScope: FIXED,
  requestState: FIXED,
  inputRequests: QUESTIONS,
  _meta: META,
  task: { members: { taskId: FIXED, status: FIXED, createdAt: FIXED, lastUpdatedAt: FIXED } },
};

/** A client's answers to what it was asked. */
const ANSWER: Shape = {
  surface: 'answer',
  members: {
    action: FIXED,
    role: FIXED,
    model: FIXED,
    stopReason: FIXED,
    resultType: FIXED,
    // Of an elicitation, or of a sampling: told apart by what is in there.
    content: { root: true, members: { ...NESTED_BLOCK.members, name: DATA, id: DATA, type: DATA, mimeType: DATA } },
    _meta: META,
  },
};

/** Parameters that any request may have. What an upstream made comes back to it as it was. */
const PARAMS: Readonly<Record<string, Shape>> = {
  cursor: SKIP,
  taskId: SKIP,
  requestId: SKIP,
  progressToken: SKIP,
  requestState: SKIP,
  inputResponses: { fixedKeys: true, rest: ANSWER },
  _meta: META,
};

const NAME: Shape = { surface: 'name', fixed: true };
const URI: Shape = { surface: 'uri' };
const ARGUMENTS: Shape = { surface: 'arguments', root: true };
const COMPLETION: Shape = { surface: 'completion', root: true };

const CALL: Readonly<Record<string, Shape>> = {
  'tools/call': { members: { ...PARAMS, name: NAME, arguments: ARGUMENTS, task: SKIP } },
  'prompts/get': { members: { ...PARAMS, name: NAME, arguments: ARGUMENTS } },
  'resources/read': { members: { ...PARAMS, uri: URI } },
  'resources/subscribe': { members: { ...PARAMS, uri: URI } },
  'resources/unsubscribe': { members: { ...PARAMS, uri: URI } },
  'subscriptions/listen': { members: { ...PARAMS, notifications: { members: { resourceSubscriptions: URI } } } },
  'completion/complete': {
    members: {
      ...PARAMS,
      ref: { members: { type: FIXED, name: NAME, uri: URI } },
      argument: { surface: 'completion', members: { name: NAME } },
      context: { surface: 'completion', members: { arguments: COMPLETION } },
    },
  },
  'logging/setLevel': { members: { ...PARAMS, level: FIXED } },
  initialize: { members: { _meta: META, protocolVersion: SKIP, clientInfo: SKIP, capabilities: SKIP } },
};

const ANY_CALL: Shape = { members: PARAMS };

/** Of a call's params. */
export function callShape(kind: string, method: string): Shape {
  if (kind === 'response') return ANSWER;
  return Object.hasOwn(CALL, method) ? (CALL[method] ?? ANY_CALL) : ANY_CALL;
}

const SERVER: Shape = { surface: 'instructions', members: { ...RESULT, protocolVersion: SKIP, supportedVersions: SKIP, capabilities: SKIP, serverInfo: { members: { name: SKIP, version: SKIP, icons: ICONS } } } };
/** What another call brings is visited as that call's. */
const TASK: Shape = { surface: 'result', members: { ...RESULT, taskId: FIXED, status: FIXED, createdAt: FIXED, lastUpdatedAt: FIXED, result: SKIP, error: SKIP, inputRequests: SKIP } };

const RESULTS: Readonly<Record<string, Shape>> = {
  'tools/call': { members: { ...RESULT, content: { ...BLOCK, surface: 'text' }, structuredContent: { surface: 'structuredContent', root: true } } },
  'resources/read': { surface: 'resource', members: { ...RESULT, contents: RESOURCE } },
  'prompts/get': { surface: 'prompt', members: { ...RESULT, messages: { members: { role: FIXED, content: BLOCK } } } },
  'completion/complete': { surface: 'completion', members: RESULT },
  'tools/list': { surface: 'descriptions', members: { ...RESULT, tools: TOOL } },
  'prompts/list': { surface: 'descriptions', members: { ...RESULT, prompts: { members: { name: FIXED, icons: ICONS, _meta: META, arguments: { members: { name: FIXED } } } } } },
  'resources/list': { surface: 'descriptions', members: { ...RESULT, resources: RESOURCE } },
  'resources/templates/list': { surface: 'descriptions', members: { ...RESULT, resourceTemplates: RESOURCE } },
  initialize: SERVER,
  'server/discover': SERVER,
  'tasks/get': TASK,
  'tasks/result': SKIP,
};
const ANY_RESULT: Shape = { surface: 'result', members: RESULT };

/** Of the result of a call of that method. */
export function resultShape(method: string): Shape {
  return Object.hasOwn(RESULTS, method) ? (RESULTS[method] ?? ANY_RESULT) : ANY_RESULT;
}

export const ERROR: Shape = { surface: 'error', members: { data: { root: true } } };

const FROM_UPSTREAM: Readonly<Record<string, Shape>> = {
  'notifications/progress': { surface: 'progress', members: { progressToken: SKIP, _meta: META } },
  'notifications/message': { surface: 'log', members: { level: FIXED, data: { root: true }, _meta: META } },
  'notifications/cancelled': { surface: 'notification', members: { requestId: SKIP, _meta: META } },
  'notifications/elicitation/complete': { surface: 'notification', members: { elicitationId: FIXED, _meta: META } },
  'elicitation/create': ELICITATION,
  'sampling/createMessage': SAMPLING,
};
const NOTIFICATION: Shape = { surface: 'notification', members: { _meta: META } };
const TASK_NOTIFICATION: Shape = { ...TASK, surface: 'notification' };

/** Of the params of the upstream's own request or notification. */
export function upstreamShape(method: string): Shape {
  if (method.startsWith('notifications/tasks')) return TASK_NOTIFICATION;
  return Object.hasOwn(FROM_UPSTREAM, method) ? (FROM_UPSTREAM[method] ?? NOTIFICATION) : NOTIFICATION;
}

const ENVELOPE: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** What a message has besides the members of its envelope; undefined: nothing. */
export function besides(message: JsonObject): JsonObject | undefined {
  for (const key in message) if (!ENVELOPE.has(key)) return Object.fromEntries(Object.entries(message).filter(([other]) => !ENVELOPE.has(other)));
  return undefined;
}
