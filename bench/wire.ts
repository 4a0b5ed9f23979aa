/**
 * The bytes of every measured call. The upstream sends these bytes and the load generator expects exactly these, so
 * each answer is checked completely, whatever is between the two. Ids have a fixed width, so a request and its answer
 * are built once and only their digits change.
 */
export type Kind =
  | 'small'
  | 'large'
  | 'stream'
  | 'stream-whole'
  | 'stream-slow'
  | 'customer'
  | 'customer-said'
  | 'customer-large'
  | 'customer-ten'
  | 'huge'
  | 'world'
  | 'structured';
export type Era = 'modern' | 'legacy';

interface Spec {
  readonly tool: string;
  /** Bytes of the whole JSON body with its id, without mentions. */
  readonly size: number;
  /** The call contains a customer, and the answer repeats it this many times. */
  readonly mentions?: number;
  /** Text in other languages than English, too. */
  readonly world?: boolean;
  /** The data is in `structuredContent`. */
  readonly structured?: boolean;
  /** It is an event stream, written in this way. */
  readonly events?: Writing;
}

/**
 * How the events of a stream are written. `each`: each in a chunk, one after the other. `whole`: all in one chunk.
 * `slow`: each in a chunk and in a turn of the event loop.
 */
export type Writing = 'each' | 'whole' | 'slow';
/** Progress events before the result. */
const EVENTS = 100;

const KB = 1024;
const SPECS: Record<Kind, Spec> = {
  small: { tool: 'get_order', size: 300 },
  large: { tool: 'search_orders', size: 100 * KB },
  stream: { tool: 'watch_order', size: 300, events: 'each' },
  'stream-whole': { tool: 'whole_order', size: 300, events: 'whole' },
  'stream-slow': { tool: 'slow_order', size: 300, events: 'slow' },
  customer: { tool: 'get_customer', size: 300, mentions: 0 },
  'customer-said': { tool: 'greet_customer', size: 300, mentions: 1 },
  'customer-large': { tool: 'search_customer', size: 100 * KB, mentions: 0 },
  'customer-ten': { tool: 'export_customer', size: 100 * KB, mentions: 10 },
  huge: { tool: 'dump_orders', size: 10 * KB * KB },
  world: { tool: 'search_world', size: 100 * KB, world: true },
  structured: { tool: 'table_orders', size: 100 * KB, structured: true },
};

export const KINDS = Object.keys(SPECS) as Kind[];
export const VERSION: Record<Era, string> = { modern: '2026-07-28', legacy: '2025-11-25' };
export const FIRST_ID = 100_000_000;
export const TOOL = Object.fromEntries(KINDS.map((kind) => [kind, SPECS[kind].tool])) as Record<Kind, string>;
export const LIST_MARKER = '"name":"search_orders"';
/** Who asks about customers: a header that the proxies under test may read. */
export const CALLER = { 'X-Caller': '{"sub":"ann","groups":["clerks"]}' };
/** One customer for all calls, and one for each call: its digits are the request's id. */
export const SAME_CUSTOMER = 'mara.lindqvist@example.com';
export const NEW_CUSTOMER = `mara.${FIRST_ID}@example.com`;

/** The body of an answer, split at the id of its request and at each mention of the customer. */
export interface Answer {
  readonly contentType: string;
  readonly before: string;
  readonly pieces: readonly string[];
  /** Of a stream: the events before the last one, and how they are written. */
  readonly stream?: { readonly events: readonly string[]; readonly writing: Writing };
}

/** A stream is {@link EVENTS} progress events, then the small answer. */
export function answer(kind: Kind, era: Era): Answer {
  const before = '{"jsonrpc":"2.0","id":';
  const spec = SPECS[kind];
  const pieces = result(spec, era);
  if (spec.events === undefined) return { contentType: 'application/json', before, pieces };
  const events = Array.from({ length: EVENTS }, (_, n) =>
    event(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p1","progress":${n + 1},"total":${EVENTS},"message":"Looked into ${n + 1} of ${EVENTS} orders"}}`,
    ),
  );
  return {
    contentType: 'text/event-stream',
    before: `${events.join('')}event: message\ndata: ${before}`,
    pieces: [`${pieces.join('')}\n\n`],
    stream: { events, writing: spec.events },
  };
}

/** The JSON-RPC request for one call, with {@link FIRST_ID} as its id. */
export function callBody(kind: Kind, era: Era, customer: string, prefix = ''): string {
  const params = {
    name: prefix + TOOL[kind],
    arguments: { customer: SPECS[kind].mentions === undefined ? 'c-20817' : customer, status: 'shipped', limit: 25 },
    _meta: {
      ...(SPECS[kind].events === undefined ? {} : { progressToken: 'p1' }),
      ...(era === 'modern' ? modernMeta : {}),
    },
  };
  return JSON.stringify({ jsonrpc: '2.0', id: FIRST_ID, method: 'tools/call', params });
}

/** @param cursor as the upstream of the benchmark reads it. @default - its first list */
export function listBody(cursor?: string): string {
  const params = { ...(cursor === undefined ? {} : { cursor }), _meta: modernMeta };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params });
}

/** @param tool the name of the search */
export function searchBody(tool: string, query: string): string {
  const params = { name: tool, arguments: { query }, _meta: modernMeta };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
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

/** Everything after the id, with the length that gives the whole body its size, split at mentions. */
function result({ size, mentions = 0, world = false, structured = false }: Spec, era: Era): string[] {
  const head = `,"result":{"content":[{"type":"text","text":"${structured ? 'A table of orders."}],"structuredContent":{"orders":[' : ''}`;
  const tail = `${structured ? '"}' : '"}]'},"isError":false${era === 'modern' ? ',"resultType":"complete"' : ''}}}`;
  const room = size - '{"jsonrpc":"2.0","id":100000000'.length - head.length - tail.length;
  if (structured) return [`${head}${table(room)}${tail}`];
  const share = Math.floor(room / (mentions + 1));
  const texts = Array.from({ length: mentions + 1 }, (_, n) =>
    prose(n < mentions ? share : room - mentions * share, 4711 + n * 1000, world),
  );
  // A mention is a separate word.
  const pieces = texts.map(
    (text, n) =>
      `${n === 0 ? head : ' '}${text.slice(n === 0 ? 0 : 1, n === mentions ? undefined : -1)}${n === mentions ? tail : ' '}`,
  );
  return pieces;
}

/** Text like that of tools: sentences, with an occasional record as JSON in the string. Escaped, `length` bytes. */
function prose(length: number, first: number, world: boolean): string {
  let text = '';
  // These characters have two or three bytes in UTF-8: they are counted here, not where the text is cut.
  const place = world ? 'entrepôt à Łódź — 倉庫 —' : 'warehouse';
  const more = Buffer.byteLength(place) - place.length;
  let bytes = 0;
  for (let order = first; bytes < length; order += 7) {
    const sentence = `Order ${order} left the ${place} on time and is due within ${1 + (order % 5)} days; the carrier confirmed the pick-up, and nothing is left to do.\\n`;
    const line =
      order % 3 === 0
        ? `${sentence}{\\"order\\":\\"o-${order}\\",\\"status\\":\\"shipped\\",\\"total\\":${order}.50,\\"lines\\":[{\\"sku\\":\\"A-17\\",\\"count\\":2}]}\\n`
        : sentence;
    if (bytes + line.length + more > length) break;
    text += line;
    bytes += line.length + more;
  }
  return text + '.'.repeat(length - bytes);
}

/** Orders that match {@link TABLE_SCHEMA}, up to the end of the note's text: `length` bytes. */
function table(length: number): string {
  const end = '],"note":"';
  let rows = '';
  for (let order = 4711; ; order += 7) {
    const row = `${rows === '' ? '' : ','}{"order":"o-${order}","status":"shipped","total":${order}.5,"lines":[{"sku":"A-17","count":2},{"sku":"B-${order % 90}","count":1}]}`;
    if (rows.length + row.length + end.length > length) return `${rows}${end}`.padEnd(length, '.');
    rows += row;
  }
}

/** The schema of {@link table}. */
export const TABLE_SCHEMA = {
  type: 'object',
  properties: {
    orders: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          order: { type: 'string', pattern: '^o-[0-9]+$' },
          status: { enum: ['open', 'shipped', 'returned'] },
          total: { type: 'number', minimum: 0 },
          lines: {
            type: 'array',
            items: {
              type: 'object',
              properties: { sku: { type: 'string', maxLength: 20 }, count: { type: 'integer', minimum: 1 } },
              required: ['sku', 'count'],
              additionalProperties: false,
            },
          },
        },
        required: ['order', 'status', 'total', 'lines'],
        additionalProperties: false,
      },
    },
    note: { type: 'string' },
  },
  required: ['orders'],
} as const;
