/** The schemas that the called tool declares for the values that were found. */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../../base/errors.ts';
import { Call } from '../../call/call.ts';
import type { Schema } from '../../json-schema/schema.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { SurfaceName } from '../shared/surfaces/index.ts';
import type { Hideable } from './finder.ts';
import { compiled, type Root } from './schema.ts';

export type Schemas = ReadonlyMap<SurfaceName, SurfaceSchema>;

interface SurfaceSchema {
  readonly schema: Schema;
  readonly root: Root;
  readonly properties: JsonValue;
}

const NONE: Schemas = new Map();

/** The tool's schemas, if they apply to any finding. */
export function schemasOf(
  found: readonly Hideable[],
  walked: Call | JsonObject,
  call: Call,
): Schemas | Promise<Schemas> {
  if (call.method !== 'tools/call' || call.kind !== 'request' || call.name === undefined) return NONE;
  const wanted = (['arguments', 'structuredContent'] as const).filter((surface) =>
    found.some((item) => (item.plain || item.isKey) && item.surface === surface),
  );
  if (wanted.length === 0) return NONE;
  const tool = call.upstream.listed?.(call.name);
  if (tool !== undefined) return schemasBySurface(tool, wanted, walked);
  // If the upstream lists no tools, there is no schema that a token could violate.
  return call.upstream.tool(call.name).then(
    (tool) => (tool === undefined ? NONE : schemasBySurface(tool, wanted, walked)),
    (error: unknown) => {
      if (error instanceof ProxyError) return NONE;
      throw error;
    },
  );
}

function schemasBySurface(
  { inputSchema, outputSchema }: Tool,
  wanted: readonly ('arguments' | 'structuredContent')[],
  walked: Call | JsonObject,
): Schemas | Promise<Schemas> {
  const known = new Map<SurfaceName, SurfaceSchema>();
  const waiting: Promise<void>[] = [];
  for (const surface of wanted) {
    const object: object | undefined = surface === 'arguments' ? inputSchema : outputSchema;
    const root = rootOf(surface, walked);
    if (object === undefined || root === undefined) continue;
    const take = (schema: Schema | undefined): void => {
      if (schema !== undefined) known.set(surface, { schema, root, properties: propertiesOf(object) });
    };
    const schema = compiled(object);
    if (schema instanceof Promise) waiting.push(schema.then(take));
    else take(schema);
  }
  return waiting.length === 0 ? known : Promise.all(waiting).then(() => known);
}

function rootOf(surface: 'arguments' | 'structuredContent', walked: Call | JsonObject): Root | undefined {
  if (walked instanceof Call) {
    const { params, message } = walked;
    const value = surface === 'arguments' && isObject(params) ? params['arguments'] : undefined;
    return value === undefined || message === undefined
      ? undefined
      : { value, characters: message.bodyEnd - message.bodyStart };
  }
  const { result } = walked;
  const value = surface === 'structuredContent' && isObject(result) ? result['structuredContent'] : undefined;
  return value === undefined ? undefined : { value, characters: JSON.stringify(value).length };
}

function propertiesOf(schema: object): JsonValue {
  const { properties = null } = schema as JsonObject;
  return properties;
}
