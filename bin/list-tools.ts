/** Lists the tools of an MCP endpoint, in whichever era it supports. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { UNAVAILABLE } from '../proxy/aggregate/merged-list.ts';
import { SELF } from '../proxy/base/self.ts';
import { META_VERSION } from '../proxy/call/message.ts';
import { FIRST_MODERN } from '../proxy/ingress/mirror.ts';
import { isObject } from '../proxy/json/lossless.ts';

const LIMIT_MS = 10_000;
const SHOWN = 12;

export interface Tools {
  /** Undefined if they couldn't be listed. */
  readonly names: readonly string[] | undefined;
  /** For a person: the names, or why there are none. */
  readonly text: string;
}

export async function listTools(url: string): Promise<Tools> {
  const client = new Client(SELF, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout: LIMIT_MS });
    const names: string[] = [];
    let cursor: string | undefined;
    let without: unknown;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: LIMIT_MS });
      names.push(...page.tools.map((tool) => tool.name));
      cursor = page.nextCursor;
      without ??= page._meta?.[UNAVAILABLE];
    } while (cursor !== undefined);
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    const lacks = Array.isArray(without) ? ` (none of ${without.join(', ')}: the warnings above say why)` : '';
    return { names, text: (names.length === 0 ? 'none' : names.slice(0, SHOWN).join(', ') + more) + lacks };
  } catch (error) {
    return {
      names: undefined,
      text: `not available yet: ${(await reasonOf(url)) ?? (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')}`,
    };
  } finally {
    await client.close();
  }
}

/** The proxy's own error message, or the status of an answer that isn't MCP: the client library shows neither. */
async function reasonOf(url: string): Promise<string | undefined> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: { _meta: { [META_VERSION]: FIRST_MODERN, 'io.modelcontextprotocol/clientCapabilities': {} } },
      }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const type = reply.headers.get('content-type') ?? 'no content type';
    if (!/json|event-stream/.test(type))
      return `the upstream answered HTTP ${reply.status} (${type}), expected JSON: check the path of its URL`;
    const body: unknown = await reply.json();
    const error = isObject(body) ? body['error'] : undefined;
    return isObject(error) && typeof error['message'] === 'string' ? error['message'] : undefined;
  } catch {
    return undefined;
  }
}
