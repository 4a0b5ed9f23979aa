/** What clients send: bodies with their headers, in both eras. */
import { post, postBytes, type RawReply } from '../support/raw.ts';

export const MODERN = '2026-07-28';
export const LEGACY = '2025-11-25';

export interface Sent {
  readonly body: string;
  /** Header lines. */
  readonly headers: readonly string[];
}

type Params = Readonly<Record<string, unknown>>;

/** A modern request, with everything that 2026-07-28 requires. */
export function modern(method: string, params: Params = {}, id: number | string = 1): Sent {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params['name'] ?? params['uri'];
  return {
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method,
      params: { ...params, _meta: { ...(params['_meta'] as object | undefined), ...meta } },
    }),
    headers: [
      `MCP-Protocol-Version: ${MODERN}`,
      `Mcp-Method: ${method}`,
      ...(typeof name === 'string' ? [`Mcp-Name: ${mirrored(name)}`] : []),
    ],
  };
}

/** A value as headers mirror it (MCP 2026-07-28, value encoding). */
function mirrored(value: string): string {
  return /^[\x21-\x7e]+$/.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

/** A legacy request. Without `session` it suits an upstream without sessions. */
export function legacy(
  method: string,
  params: Params = {},
  {
    id = 1,
    session,
    version = LEGACY,
  }: { id?: number | string; session?: string | undefined; version?: string | undefined } = {},
): Sent {
  return {
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    headers: [`MCP-Protocol-Version: ${version}`, ...(session === undefined ? [] : [`Mcp-Session-Id: ${session}`])],
  };
}

export function initialize(version: string = LEGACY, capabilities: Params = {}): Sent {
  return {
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'init',
      method: 'initialize',
      params: { protocolVersion: version, capabilities, clientInfo: { name: 'test', version: '1' } },
    }),
    headers: [],
  };
}

/** The same call in either era. */
export const eras = [
  ['modern', (method: string, params: Params = {}) => modern(method, params)],
  ['legacy', (method: string, params: Params = {}) => legacy(method, params)],
] as const;

/** Sends it on its own connection, with further header lines, and returns the whole reply. */
export function send(
  to: { readonly port: number },
  { body, headers }: Sent,
  more: readonly string[] = [],
): Promise<RawReply> {
  return post(to.port, body, [...headers, ...more]);
}

/** Its bytes, for a connection that the test opened. */
export function bytesOf({ body, headers }: Sent, more: readonly string[] = []): Buffer {
  return postBytes(body, [...headers, ...more]);
}
