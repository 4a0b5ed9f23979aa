/**
 * `Mcp-Param-*`: headers that repeat arguments, as a tool's schema demands (MCP 2026-07-28, streamable HTTP,
 * `x-mcp-header`).
 */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { CallVersion } from '../call/channels.ts';
import { decodeMirrored, encodeMirrored } from '../call/mirrored.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonValue } from '../json/value.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** One mirrored argument: the header's name without its prefix, and the path to the value. */
interface Mirrored {
  readonly header: string;
  readonly path: readonly string[];
}

/** Returns the arguments that a tool's schema mirrors. Only chains of `properties` count, and only scalars fit a header. */
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

/** Returns the header text of a value; undefined if the value is absent, null, or not a scalar. */
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

function valueAt(call: CallVersion, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = call.params?.['arguments'];
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** Makes the headers for a call as it will be sent: a flat list. */
/** Of names that several upstreams' prefixes made too long. */
const SHORTENED_FROM = 63;
const SHORTENED = /_[0-9a-f]{8}$/;

export function paramHeaders(call: Call, tool: Tool): string[] {
  const headers: string[] = [];
  for (const { header, path } of mirroredOf(tool)) {
    const text = textOf(valueAt(call, path));
    if (text !== undefined) headers.push(`mcp-param-${header.toLowerCase()}`, encodeMirrored(text));
  }
  return headers;
}

/**
 * Compares the headers that a client sent with the arguments of its call. Returns an error if one differs or is missing.
 * Numbers are compared as numbers.
 */
function mismatch(call: CallVersion, tool: Tool, received: ReadonlyMap<string, string>): ProxyError | undefined {
  for (const { header, path } of mirroredOf(tool)) {
    const name = `Mcp-Param-${header}`;
    const raw = received.get(header.toLowerCase());
    const value = valueAt(call, path);
    const expected = textOf(value);
    if (raw === undefined) {
      if (expected === undefined) continue;
      return wrong(`expected ${name}, since the argument ${path.join('.')} is given; got none`);
    }
    const got = decodeMirrored(raw);
    if (got === undefined) return wrong(`${name} is not base64 of UTF-8`);
    const same = got === expected || (typeof value === 'number' && got.trim() !== '' && Number(got) === value);
    if (!same) return wrong(`${name} differs from the argument ${path.join('.')}`);
  }
  return undefined;
}

function wrong(how: string): ProxyError {
  return new ProxyError('header-mismatch', `header mismatch: ${how}`);
}

/** Finds a tool's description; fetches it again, once, if the known one doesn't suffice. */
export type FindTool = (name: string, suffices?: (tool: Tool | undefined) => boolean) => Promise<Tool | undefined>;

/**
 * Returns the `Mcp-Param-*` headers to send for a call whose client sent some. They are checked against the client's
 * call, and made again if a control changed it. Throws `header-mismatch` (-32020).
 */
export async function passedParams(
  call: Call,
  params: ReadonlyMap<string, string>,
  find: FindTool,
): Promise<readonly string[]> {
  const received = call.exchange.channels.received ?? call;
  const shown = call.exchange.channels.shownTool;
  // The client mirrors by the schema that it was shown. If a control shows another schema, the tool's name may differ,
  // too.
  // One of several upstreams knows the tool by its own name.
  const isPrefixed = shown === undefined && isShownFor(received.name, call.name);
  const asked = (shown === undefined && !isPrefixed ? received.name : call.name) ?? '';
  const faultBy = (candidate: Tool): ProxyError | undefined =>
    mismatch(received, shown?.(candidate) ?? candidate, params);
  // A schema that changed since it was fetched must not cost the client its call.
  const tool = await find(asked, (candidate) => candidate !== undefined && faultBy(candidate) === undefined);
  const fault = tool === undefined ? undefined : faultBy(tool);
  if (fault !== undefined) throw fault;
  if (received.message === call.message) return flat(params, () => true);
  const sent = call.name === asked ? tool : call.name === undefined ? undefined : await find(call.name);
  // Without the schema no header can be made, and the client's may hold the very value that a control removed.
  if (sent === undefined) return [];
  // Headers that the schema doesn't know pass unchanged, as an intermediary must do.
  const mirrored = new Set(
    [tool, sent].flatMap((known) =>
      known === undefined ? [] : mirroredOf(known).map(({ header }) => header.toLowerCase()),
    ),
  );
  return [...paramHeaders(call, sent), ...flat(params, (name) => !mirrored.has(name))];
}

/** Whether a client's name may be that of an upstream's tool behind a prefix, whole or shortened. */
function isShownFor(shown: string | undefined, own: string | undefined): boolean {
  if (shown === undefined || own === undefined || shown === own) return false;
  return shown.endsWith(own) || (shown.length >= SHORTENED_FROM && SHORTENED.test(shown));
}

function flat(params: ReadonlyMap<string, string>, wanted: (name: string) => boolean): string[] {
  return [...params].flatMap(([name, value]) => (wanted(name) ? [`mcp-param-${name}`, value] : []));
}
