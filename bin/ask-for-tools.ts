/** A bare request to a proxy, for commands that show what an MCP client library hides of the answer. */
import { META_VERSION } from '../proxy/call/message.ts';
import { FIRST_MODERN } from '../proxy/ingress/mirror.ts';

/** Sends `tools/list`. Rejects if there is no answer within `limitMs`. */
export function askForTools(url: string, limitMs: number): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: { _meta: { [META_VERSION]: FIRST_MODERN, 'io.modelcontextprotocol/clientCapabilities': {} } },
    }),
    signal: AbortSignal.timeout(limitMs),
  });
}
