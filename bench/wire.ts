/**
 * What goes over the wire in every measured call. The upstream sends these bytes and the load generator
 * expects exactly these bytes, so each answer is checked from its first byte to its last, whatever stands between.
 * Ids have a fixed width: a request and its answer are then prebuilt once and only their digits change.
 */
export type Kind = 'small' | 'large' | 'stream';
export type Era = 'modern' | 'legacy';

export const VERSION: Record<Era, string> = { modern: '2026-07-28', legacy: '2025-11-25' };
export const FIRST_ID = 100_000_000;
export const TOOL: Record<Kind, string> = { small: 'get_order', large: 'search_orders', stream: 'watch_order' };
export const LIST_MARKER = '"name":"search_orders"';

/** An answer's body, split where the id of its request goes. */
export interface Answer {
  readonly contentType: string;
  readonly before: string;
  readonly after: string;
}

/** 300 B and 100 KB are the sizes of the whole JSON body, id included. The stream is two progress events, then the small answer. */
export function answer(kind: Kind, era: Era): Answer {
  const before = '{"jsonrpc":"2.0","id":';
  if (kind === 'stream') {
    const progress = [1, 2].map((n) => event(`{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p1","progress":${n},"total":2}}`));
    return { contentType: 'text/event-stream', before: `${progress.join('')}event: message\ndata: ${before}`, after: `${result(300, era)}\n\n` };
  }
  return { contentType: 'application/json', before, after: result(kind === 'small' ? 300 : 100 * 1024, era) };
}

/** The JSON-RPC request for one call, with {@link FIRST_ID} as its id. */
export function callBody(kind: Kind, era: Era): string {
  const params = {
    name: TOOL[kind],
    arguments: { customer: 'c-20817', status: 'shipped', limit: 25 },
    _meta: { ...(kind === 'stream' ? { progressToken: 'p1' } : {}), ...(era === 'modern' ? modernMeta : {}) },
  };
  return JSON.stringify({ jsonrpc: '2.0', id: FIRST_ID, method: 'tools/call', params });
}

export function listBody(): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: modernMeta } });
}

/** Request headers as an MCP client of that era sends them. */
export function callHeaders(method: string, era: Era, name?: string): Record<string, string> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'User-Agent': 'bench/1',
    'MCP-Protocol-Version': VERSION[era],
  };
  if (era === 'modern') headers['Mcp-Method'] = method;
  if (era === 'modern' && name !== undefined) headers['Mcp-Name'] = name;
  return headers;
}

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': VERSION.modern,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

const event = (data: string): string => `event: message\ndata: ${data}\n\n`;

/** Everything after the id, of such a length that the whole body has `size` bytes. */
function result(size: number, era: Era): string {
  const head = `,"result":{"content":[{"type":"text","text":"`;
  const tail = `"}],"isError":false${era === 'modern' ? ',"resultType":"complete"' : ''}}}`;
  const room = size - '{"jsonrpc":"2.0","id":100000000'.length - head.length - tail.length;
  return `${head}${prose(room)}${tail}`;
}

/** Text as tools give it: sentences, and now and then a record as JSON inside the string. Already escaped, `length` bytes of ASCII. */
function prose(length: number): string {
  let text = '';
  for (let order = 4711; text.length < length; order += 7) {
    text += `Order ${order} left the warehouse on time and is due within ${1 + (order % 5)} days; the carrier confirmed the pick-up, and nothing is left to do.\\n`;
    if (order % 3 === 0) text += `{\\"order\\":\\"o-${order}\\",\\"status\\":\\"shipped\\",\\"total\\":${order}.50,\\"lines\\":[{\\"sku\\":\\"A-17\\",\\"count\\":2}]}\\n`;
  }
  // A cut may not fall into the middle of an escape.
  return text.slice(0, length).replace(/\\$/, '.').padEnd(length, '.');
}
