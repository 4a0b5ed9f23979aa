/** Messages of attackers who make up names: a short name cut from a large message, or a large one. */
import type { ServerResponse } from 'node:http';

interface Made {
  readonly body: string;
  readonly headers?: readonly string[];
}

type Make = (i: number, large: number) => Made;

const MODERN =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';
const pad = (large: number): string => 'a'.repeat(large);
const message = (i: number | string, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(i)},"method":${JSON.stringify(method)},"params":{${params}}}`;

export const CLIENT_METHODS: readonly Make[] = [
  (i, large) => ({ body: message(i, 'tools/call', `"name":"tool-no-such-${i}","arguments":{"a":"${pad(large)}"}`) }),
  (i, large) => ({ body: message(i, 'tools/call', `"name":"${i}${pad(large)}","arguments":{"a":"b"}`) }),
  (i, large) => ({
    body: message(
      i,
      'tools/call',
      `"name":"known","arguments":{"name":"person-${i} someone-${i}@example.com label-${i}: value","a":"${pad(large)}"},"_meta":{"progressToken":"progress-token-${i}"}`,
    ),
  }),
  (i, large) => ({
    body: message(
      i,
      'tools/call',
      `"name":"known","arguments":{"argument-made-up-${i}":{"another-key-${i}":1},"a":"${pad(large)}"}`,
    ),
  }),
  (i, large) => ({ body: message(i, `io.example/no-such-method-${i}`, `"a":"${pad(large)}"`) }),
  (i, large) => ({ body: message(i, `io.example/${i}${pad(large)}`, '') }),
  (i, large) => ({ body: message(i, 'prompts/get', `"name":"prompt-no-such-${i}","arguments":{"a":"${pad(large)}"}`) }),
  (i, large) => ({ body: message(i, 'resources/read', `"uri":"file:///no-such-resource-${i}","a":"${pad(large)}"`) }),
  (i, large) => ({
    body: message(
      i,
      'completion/complete',
      `"ref":{"type":"ref/prompt","name":"prompt-no-such-${i}"},"argument":{"name":"argument-${i}","value":"${pad(large)}"}`,
    ),
  }),
  (i, large) => ({ body: message(i, 'tools/list', `"cursor":"cursor-made-up-${i}","a":"${pad(large)}"`) }),
  (i, large) => ({
    body: message(
      `id-made-up-${i}-${'i'.repeat(900)}`,
      'tools/call',
      `"name":"known","arguments":{"a":"${pad(large)}"},"_meta":{"progressToken":"${i}${pad(5_000)}"}`,
    ),
    headers: ['Mcp-Session-Id', `session-made-up-${i}-${'s'.repeat(800)}`],
  }),
  (i, large) => ({
    body: message(
      i,
      'initialize',
      `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client-${i}","version":"${pad(large)}"}`,
    ),
  }),
  (i, large) => ({
    body: message(
      i,
      'initialize',
      `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client-${i}","version":"${pad(large)}"}`,
    ),
    headers: ['Mcp-Session-Id', `session-opened-${i}`],
  }),
  (i) => ({
    body: message(
      i,
      'tools/call',
      `"name":"known","arguments":{"a":"small"},"_meta":{"progressToken":"progress-token-${i}-${pad(500)}"}`,
    ),
  }),
  (i) => ({ body: message(i, 'tools/call', `"name":"known","arguments":{"a":"small"},${MODERN}`) }),
  (i, large) => ({
    body: message(i, 'resources/subscribe', `"uri":"file:///subscribed-${i}","a":"${pad(large)}"`),
    headers: ['Mcp-Session-Id', `session-subscribing-${i}`],
  }),
  (i, large) => ({
    body: `{"jsonrpc":"2.0","id":"answer-made-up-${i}","result":{"action":"accept","content":{"a":"${pad(large)}"}}}`,
    headers: ['Mcp-Session-Id', `session-made-up-${i}`],
  }),
  (i, large) => ({
    body: message(i, 'tools/call', `"name":"tool-no-such-${i}","arguments":{"a":"${pad(large)}"},${MODERN}`),
    headers: ['Mcp-Param-A', `header-made-up-${i}`],
  }),
  (i, large) => ({ body: message(i, 'tasks/get', `"taskId":"task-made-up-${i}","a":"${pad(large)}",${MODERN}`) }),
  (i, large) => ({ body: message(i, 'tools/list', `"a":"${pad(large)}",${MODERN}`) }),
  (i) => ({ body: message(i, 'tools/call', `"name":"search_tools","arguments":{"query":"upstream ${i}"},${MODERN}`) }),
  // Small, and in a session: what the upstream asks meanwhile is remembered.
  (i) => ({
    body: message(i, 'tools/call', '"name":"known","arguments":{"a":"small"}'),
    headers: ['Mcp-Session-Id', `session-asked-${i}`],
  }),
];

/** Messages with a short name next to something large. */
export const NAMING: ReadonlySet<Make> = new Set([0, 4, 13].flatMap((i) => CLIENT_METHODS[i] ?? []));

/**
 * In bytes. A call whose reply may come on another stream is held completely, by design: that would hide what shouldn't
 * be held.
 */
const MAY_BE_HELD = 50_000;

/** Answers anything with new names, cursors, schemas, and ids of sessions, events, tasks and questions. */
export function upstreamAnswer(body: Buffer, n: number, large: number, response: ServerResponse): void {
  if (body.length === 0) return void response.writeHead(405).end();
  const asked = JSON.parse(body.toString('utf8')) as { readonly id?: string | number; readonly method?: string };
  if (asked.id === undefined || asked.method === undefined) return void response.writeHead(202).end();
  const json = (result: string, headers: Readonly<Record<string, string>> = {}): void => {
    response
      .writeHead(200, { 'Content-Type': 'application/json', ...headers })
      .end(`{"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},"result":${result}}`);
  };
  if (asked.method === 'initialize') {
    json(
      `{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"u","version":"1"},"instructions":"${pad(large)}"}`,
      n % 2 === 0 ? { 'Mcp-Session-Id': `upstream-session-${n}-${'u'.repeat(500)}` } : {},
    );
  } else if (asked.method === 'tools/list') {
    const schema = `{"type":"object","properties":{"property-made-up-${n}":{"type":"string","pattern":"^a{${n % 90}}$"},"name":{"type":"string"}}}`;
    json(
      `{"tools":[{"name":"known","inputSchema":${schema},"outputSchema":{"type":"object","description":"${n}"}},{"name":"two___shadow-${n}","inputSchema":{}},{"name":"upstream-tool-${n}","description":"${pad(large)}","inputSchema":${schema}}],"nextCursor":${body.includes('"cursor"') ? '""' : `"upstream-cursor-${n}"`},"resultType":"complete","ttlMs":0,"cacheScope":"public"}`,
    );
  } else if (body.length > MAY_BE_HELD) json(`{"content":[],"a":"${pad(large)}","resultType":"complete"}`);
  else if (asked.method === 'tools/call' && n % 2 === 0) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (let e = 0; e < 5; e++)
      response.write(
        `id: upstream-event-${n}-${e}-${'e'.repeat(500)}\ndata: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"progress-token-${n}","progress":${e}}}\n\n`,
      );
    response.write(
      `id: q${n}\ndata: {"jsonrpc":"2.0","id":"question-${n}-${'q'.repeat(500)}","method":"elicitation/create","params":{"message":"${pad(1_000)}","requestedSchema":{}}}\n\n`,
    );
    response.end(
      `data: {"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},"result":{"content":[{"type":"text","text":"someone-${n}@example.org ${pad(large)}"}],"structuredContent":{"name":"person-${n}","key-made-up-${n}":1},"resultType":"complete"}}\n\n`,
    );
  } else
    json(
      `{"content":[],"task":{"taskId":"upstream-task-${n}-${pad(500)}","status":"working"},"a":"${pad(large)}","resultType":"complete"}`,
    );
}
