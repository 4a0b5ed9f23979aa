/**
 * Shapes of MCP's messages. A member without a shape is visited as data of the surface around it, so that unknown
 * members are never skipped.
 */
import type { JsonObject } from '../../../json/value.ts';
import type { Permits, SurfaceName } from './place.ts';

export interface Shape {
  /** The surface from here on. */
  readonly surface?: SurfaceName;
  /** Paths of the config start here. */
  readonly root?: true;
  /** Which rules may permit something from here on. @default - as around it */
  readonly permits?: Permits;
  /** Which rules may permit something in JSON that is the whole string, one level deep. @default 'none' */
  readonly document?: Permits;
  /** Software relies on it: it can be refused, but not changed. */
  readonly fixed?: true;
  /** True: keywords of the protocol or a schema from here on; false: data again. @default - as around it */
  readonly grammar?: boolean;
  /** True: from here on, it leaves again without a further call; false: it does not. @default - as around it */
  readonly echoed?: boolean;
  /** Not visited: it returns to its author, names the software in use, or was visited elsewhere. */
  readonly skip?: true;
  readonly base64?: true;
  /** The keys are names that software relies on. */
  readonly fixedKeys?: true;
  /** Visited as if it were under this key. */
  readonly as?: string;
  readonly members?: Readonly<Record<string, Shape>>;
  /** The shape of every other member. @default - plain data */
  readonly rest?: Shape;
  /** Chooses another shape by the object's contents. */
  readonly variant?: (value: JsonObject) => Shape;
}

// The items of a list have the shape of the list.
export const FIXED: Shape = { fixed: true, grammar: true };
export const SKIP: Shape = { skip: true };
export const DATA: Shape = {};
/** The client sends it back unchanged. If a token were restored in it, its value would reach the upstream. */
export const ECHOED: Shape = { echoed: true };

/**
 * Metadata that the client's software writes about itself and its request: no model writes it, and no config names it.
 */
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
/** Clients fetch icons without asking anybody. */
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

/** The digest of a file (SEP-2640). It holds no data. */
const DIGEST = /^sha256:[\da-f]{64}$/;
const SKILL_FILE: Shape = {
  variant: ({ digest }) =>
    typeof digest === 'string' && DIGEST.test(digest)
      ? { members: { digest: SKIP, _meta: META } }
      : { members: { digest: FIXED, _meta: META } },
};
export const SKILL: Shape = { members: { resources: SKILL_FILE, _meta: META } };

/** A content block, or a list of them. */
export const BLOCK: Shape = {
  members: {
    type: FIXED,
    mimeType: FIXED,
    data: { base64: true },
    resource: RESOURCE,
    annotations: ANNOTATIONS,
    icons: ICONS,
    // Members of `tool_use` and `tool_result`, in sampling.
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
 * A JSON Schema. Its descriptions can be changed, its keywords can't. Neither is a field of the data that it describes,
 * but its `default`, `const`, `enum` and `examples` are data.
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

/** The unknown members of a message's envelope; undefined if there are none. */
export function besides(message: JsonObject): JsonObject | undefined {
  for (const key in message)
    if (!ENVELOPE.has(key))
      return Object.fromEntries(Object.entries(message).filter(([other]) => !ENVELOPE.has(other)));
  return undefined;
}
