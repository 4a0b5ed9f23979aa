/** Reads a tool from an upstream's list: the code behind this boundary may rely on its type. */
import type { Tool } from '@modelcontextprotocol/server';
import { isObject } from '../json/lossless.ts';

/** Replaces an invalid schema: no value matches it, and the tool still has the type {@link Tool}. */
export const NO_SCHEMA: Tool['inputSchema'] = Object.freeze({ type: 'object', not: Object.freeze({}) });
const ANY_ARGUMENTS: Tool['inputSchema'] = Object.freeze({ type: 'object' });

/** Members with the type that the protocol gives them. Members of another type are left out. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  title: isString,
  description: isString,
  annotations: isObject,
  execution: isObject,
  _meta: isObject,
  icons: Array.isArray,
};

/**
 * Returns the same value if it is as the protocol demands, else a corrected one; undefined for a tool without a name,
 * which can't be called. An `inputSchema` that is missing, null or `true` allows all arguments; an `outputSchema` that is
 * missing, null or `true` promises nothing.
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

/** Returns undefined if the schema is missing, null or `true`. */
function schemaOf(given: unknown): Tool['inputSchema'] | undefined {
  if (isSchema(given)) return given;
  return given === undefined || given === null || given === true ? undefined : NO_SCHEMA;
}

/** Any object: its content is checked by the code that validates with it. */
function isSchema(value: unknown): value is Tool['inputSchema'] {
  return isObject(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
