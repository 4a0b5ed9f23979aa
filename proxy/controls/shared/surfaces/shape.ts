/**
 * What the members of MCP's messages are: data, unless a shape says otherwise. Whatever no shape names is visited as
 * data of the surface around it, so that a member nobody foresaw isn't missed.
 */
import type { JsonObject } from '../../../json/value.ts';
import type { Permits, SurfaceName } from './place.ts';

export interface Shape {
  /** From here on, another surface. */
  readonly surface?: SurfaceName;
  /** Paths begin anew here: what a config names is relative to this. */
  readonly root?: true;
  /** From here on, what may permit something. @default - as around it */
  readonly permits?: Permits;
  /** What may permit something in JSON that the whole string is, one level deep. @default 'none' */
  readonly document?: Permits;
  /** Software goes by it: it can be refused, not changed. */
  readonly fixed?: true;
  /** From here on, words of the protocol or of a schema; or, false, data again. @default - as around it */
  readonly grammar?: boolean;
  /** From here on, what goes out again by itself; or, false, what doesn't. @default - as around it */
  readonly echoed?: boolean;
  /** Not visited: it goes back to who made it, says what software is at work, or was visited elsewhere. */
  readonly skip?: true;
  /** Base64. */
  readonly base64?: true;
  /** Keys are names that software goes by. */
  readonly fixedKeys?: true;
  /** Visited as if it stood under this key. */
  readonly as?: string;
  readonly members?: Readonly<Record<string, Shape>>;
  /** Every other member. @default - plain data */
  readonly rest?: Shape;
  /** Another shape, by what is in an object. */
  readonly told?: (value: JsonObject) => Shape;
}

// A list's items have the shape of the list.
export const FIXED: Shape = { fixed: true, grammar: true };
export const SKIP: Shape = { skip: true };
export const DATA: Shape = {};
/** Comes back from the client as it was: were a token turned back there, its value would go to the upstream. */
export const ECHOED: Shape = { echoed: true };

/** What the client's software says of itself and of its request: no model writes there, and no config names it. */
export const META: Shape = {
  surface: 'meta',
  root: true,
  permits: 'none',
  members: {
    progressToken: SKIP,
    'io.modelcontextprotocol/protocolVersion': SKIP,
    'io.modelcontextprotocol/clientInfo': SKIP,
    'io.modelcontextprotocol/clientCapabilities': SKIP,
    'io.modelcontextprotocol/logLevel': SKIP,
    'io.modelcontextprotocol/subscriptionId': SKIP,
    'io.modelcontextprotocol/related-task': { members: { taskId: FIXED } },
    traceparent: SKIP,
    tracestate: SKIP,
  },
};

const ANNOTATIONS: Shape = { members: { audience: FIXED, lastModified: FIXED } };
/** Clients fetch them without asking anybody. */
export const ICONS: Shape = { members: { src: ECHOED, mimeType: FIXED, sizes: FIXED, theme: FIXED } };

export const RESOURCE: Shape = {
  members: {
    uri: DATA,
    mimeType: FIXED,
    text: { document: 'named' },
    blob: { base64: true },
    annotations: ANNOTATIONS,
    icons: ICONS,
    _meta: META,
  },
};

/** A content block, or a list of them. */
export const BLOCK: Shape = {
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
export const NESTED_BLOCK: Shape = { members: { ...BLOCK.members, content: BLOCK } };

/**
 * A JSON Schema: its words can be changed, its grammar can't, and neither is a field of the data that it speaks of.
 * What it gives as data is.
 */
export const SCHEMA: Shape = { fixedKeys: true, grammar: true, members: {} };
const NAMED_SCHEMAS: Shape = { fixedKeys: true, grammar: true, rest: SCHEMA };
const GIVEN: Shape = { grammar: false };
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
    default: GIVEN,
    const: GIVEN,
    enum: GIVEN,
    examples: GIVEN,
  } satisfies Record<string, Shape>,
} satisfies Shape);

export const TOOL: Shape = {
  surface: 'descriptions',
  members: { name: FIXED, inputSchema: SCHEMA, outputSchema: SCHEMA, icons: ICONS, execution: FIXED, _meta: META },
};

const ENVELOPE: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** What a message has besides the members of its envelope; undefined: nothing. */
export function besides(message: JsonObject): JsonObject | undefined {
  for (const key in message)
    if (!ENVELOPE.has(key))
      return Object.fromEntries(Object.entries(message).filter(([other]) => !ENVELOPE.has(other)));
  return undefined;
}
