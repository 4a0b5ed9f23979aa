/** `Mcp-Param-*`: arguments that a tool's schema wants mirrored into headers (MCP 2026-07-28, streamable HTTP, `x-mcp-header`). */
import type { Tool } from '@modelcontextprotocol/server';
import type { Call } from '../call.ts';
import { ProxyError } from '../errors.ts';
import { isObject, type JsonValue } from '../json/lossless.ts';
import { decodeMirrored, encodeMirrored } from '../mirrored.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** One mirrored argument: the header's name without its prefix, and the way to the value. */
interface Mirrored {
  readonly header: string;
  readonly path: readonly string[];
}

/** The arguments that a tool wants mirrored. Only chains of `properties` count, and only scalars can be carried. */
export function mirroredOf(tool: Tool): Mirrored[] {
  const found: Mirrored[] = [];
  collect(tool.inputSchema, [], found, 0);
  return found;
}

function collect(schema: unknown, path: readonly string[], found: Mirrored[], depth: number): void {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties) || depth > 16) return;
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const header = property['x-mcp-header'];
    if (typeof header === 'string' && TOKEN.test(header)) found.push({ header, path: [...path, name] });
    collect(property, [...path, name], found, depth + 1);
  }
}

/** The text a header carries for a value; undefined where the value is absent, null, or no scalar. */
function textOf(value: JsonValue | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return String(value);
    default:
      return undefined;
  }
}

function valueAt(call: Call, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = call.params?.['arguments'];
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** The headers for a call as it will be sent: flat list. */
export function paramHeaders(call: Call, tool: Tool): string[] {
  const headers: string[] = [];
  for (const { header, path } of mirroredOf(tool)) {
    const text = textOf(valueAt(call, path));
    if (text !== undefined) headers.push(`mcp-param-${header.toLowerCase()}`, encodeMirrored(text));
  }
  return headers;
}

/**
 * Compares what the client mirrored with the arguments of the call it made: -32020 where they differ, or one of them is
 * missing. Numbers are compared as numbers.
 */
export function checkParams(call: Call, tool: Tool, received: ReadonlyMap<string, string>): void {
  for (const { header, path } of mirroredOf(tool)) {
    const name = `Mcp-Param-${header}`;
    const raw = received.get(header.toLowerCase());
    const value = valueAt(call, path);
    const expected = textOf(value);
    if (raw === undefined) {
      if (expected === undefined) continue;
      throw new ProxyError('header-mismatch', `header mismatch: expected ${name}, since the argument ${path.join('.')} is given; got none`);
    }
    const got = decodeMirrored(raw);
    if (got === undefined) throw new ProxyError('header-mismatch', `header mismatch: ${name} is not valid base64`);
    const same = got === expected || (typeof value === 'number' && got.trim() !== '' && Number(got) === value);
    if (!same) throw new ProxyError('header-mismatch', `header mismatch: ${name} differs from the argument ${path.join('.')}`);
  }
}
