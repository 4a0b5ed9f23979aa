/** Why an MCP client could not connect to a proxy: the client library shows neither an error's text nor what is no MCP. */
import { META_VERSION } from '../proxy/call/message.ts';
import { FIRST_MODERN } from '../proxy/ingress/mirror.ts';
import { isObject } from '../proxy/json/lossless.ts';

const LIMIT_MS = 10_000;

/** The proxy's own error message, or the status of an answer that isn't MCP. Undefined: neither. */
export async function reasonOf(url: string): Promise<string | undefined> {
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
