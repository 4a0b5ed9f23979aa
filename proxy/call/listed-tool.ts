/** A tool as an upstream lists it, read at the boundary: whoever gets it may rely on its type. */
import type { Tool } from '@modelcontextprotocol/server';
import { isObject } from '../json/lossless.ts';

/** In the place of a schema that is none: no value fits it, and {@link Tool} keeps its word. */
export const NO_SCHEMA: Tool['inputSchema'] = Object.freeze({ type: 'object', not: Object.freeze({}) });
const ANY_ARGUMENTS: Tool['inputSchema'] = Object.freeze({ type: 'object' });

/** Members by the type that the protocol gives them. Those of another one are left out. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  title: isString,
  description: isString,
  annotations: isObject,
  execution: isObject,
  _meta: isObject,
  icons: Array.isArray,
};

/**
 * The very value where it is as the protocol has it. Undefined for what can't be called: it has no name. No
 * `inputSchema`, null and `true` ask nothing of the arguments; no `outputSchema`, null and `true` promise nothing.
 */
export function listedTool(value: unknown): Tool | undefined {
  if (!isNamed(value)) return undefined;
  if (isTool(value)) return value;
  const { inputSchema, outputSchema, ...rest } = value;
  const members = Object.entries(rest).filter(
    ([key, member]) => !Object.hasOwn(TYPES, key) || TYPES[key]?.(member) === true,
  );
  const promised = schemaOf(outputSchema);
  return {
    ...Object.fromEntries(members),
    name: value.name,
    inputSchema: schemaOf(inputSchema) ?? ANY_ARGUMENTS,
    ...(promised === undefined ? {} : { outputSchema: promised }),
  };
}

export function isNamed(value: unknown): value is Readonly<Record<string, unknown>> & { readonly name: string } {
  return isObject(value) && typeof value['name'] === 'string';
}

function isTool(value: Readonly<Record<string, unknown>> & { readonly name: string }): value is Tool {
  const { inputSchema, outputSchema } = value;
  if (!isSchema(inputSchema) || (outputSchema !== undefined && !isSchema(outputSchema))) return false;
  for (const key in TYPES) if (value[key] !== undefined && TYPES[key]?.(value[key]) !== true) return false;
  return true;
}

/** Undefined: it says nothing. */
function schemaOf(given: unknown): Tool['inputSchema'] | undefined {
  if (isSchema(given)) return given;
  return given === undefined || given === null || given === true ? undefined : NO_SCHEMA;
}

/** Whatever its `type` is: what a schema says is for those to find out who check against it. */
function isSchema(value: unknown): value is Tool['inputSchema'] {
  return isObject(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
