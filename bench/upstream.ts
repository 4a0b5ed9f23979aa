/**
 * The upstream of the benchmark: raw `node:http` with prebuilt answers, so that a call takes little work.
 * It is the same for every row and is not measured.
 *
 * ERA=modern|legacy is the only era that it supports, as with most servers.
 * TOOLS=N lists so many tools. The cursor N-V lists N tools in its version V, a number of nine digits.
 * REQUIRE_AUTH=PREFIX refuses a request whose `Authorization` does not start with it.
 * TLS_KEY and TLS_CERT, in PEM, make it speak TLS.
 * REFUSE_CUSTOMER=SUFFIX fails a call about a customer with this ending: a proxy that hides customers sends none.
 */
import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { listText, toolList } from './tool-list.ts';
import { answer, KINDS, TOOL, VERSION, type Answer, type Era, type Writing } from './wire.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly cursor?: string;
    readonly protocolVersion?: string;
    readonly arguments?: { readonly customer?: string };
  };
}

const era: Era = process.env['ERA'] === 'legacy' ? 'legacy' : 'modern';
const tools = Number(process.env['TOOLS'] ?? 31);
const requiredAuth = process.env['REQUIRE_AUTH'];
const refusedCustomer = process.env['REFUSE_CUSTOMER'];
const sessions = new Set<string>();
const OLDER = ['2025-03-26', '2025-06-18'];
const capabilities = { tools: {} };
const serverInfo = { name: 'bench-upstream', version: '1' };
const kinds = new Map(KINDS.map((kind) => [TOOL[kind], kind]));
type Prebuilt = ReturnType<typeof prebuild>;
/** By tool, from its first call on. */
const answers = new Map<string, Prebuilt>();

function answerOf(tool: string): Prebuilt | undefined {
  const kind = kinds.get(tool);
  const known = answers.get(tool);
  if (known !== undefined || kind === undefined) return known;
  const made = prebuild(answer(kind, era));
  answers.set(tool, made);
  return made;
}

function prebuild({ contentType, before, pieces, stream }: Answer) {
  // Without mentions, nothing is left to assemble.
  return {
    contentType,
    before,
    stream: stream && {
      writing: stream.writing,
      events: stream.events.map((event) => Buffer.from(event)),
      last: before.slice(stream.events.join('').length),
    },
    after: (customer: string): string => pieces.join(customer),
    whole: pieces.length === 1 ? Buffer.from(pieces.join('')) : undefined,
  };
}

function json(res: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const body = JSON.stringify(value);
  res
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers })
    .end(body);
}

function fail(res: ServerResponse, status: number, id: Message['id'], code: number, message: string): void {
  json(res, status, { jsonrpc: '2.0', id: id ?? null, error: { code, message } });
}

function callTool(res: ServerResponse, message: Message): void {
  const prebuilt = answerOf(message.params?.name ?? '');
  if (prebuilt === undefined) return fail(res, 200, message.id, -32602, 'Unknown tool');
  const customer = message.params?.arguments?.customer ?? '';
  if (refusedCustomer !== undefined && customer.endsWith(refusedCustomer))
    return fail(res, 200, message.id, -32602, 'a customer in the clear');
  const start = prebuilt.before + String(message.id);
  const after = prebuilt.whole ?? Buffer.from(prebuilt.after(customer));
  const { contentType, stream } = prebuilt;
  if (stream !== undefined) {
    // It has no length, so it is sent chunked.
    res.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-cache' });
    const last = Buffer.from(`${stream.last}${String(message.id)}${after.toString()}`);
    return writeEvents(res, [...stream.events, last], stream.writing);
  }
  res.writeHead(200, { 'Content-Type': contentType, 'Content-Length': start.length + after.length });
  res.write(start, 'latin1');
  res.end(after);
}

/** The list that a cursor names. Its text is prebuilt: only id and version are put in. */
function listTools(res: ServerResponse, id: Message['id'], cursor: string): void {
  const [count = '', version = ''] = cursor.split('-');
  const [before, after] = listText(era, Number(count));
  const body = Buffer.from(
    `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${before}${version}${after}}`,
    'latin1',
  );
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

/** The version that the client asks for, if it is one of the era: some clients don't know the newest. */
function spoken({ params }: Message): string {
  return OLDER.find((version) => version === params?.protocolVersion) ?? VERSION.legacy;
}

function writeEvents(res: ServerResponse, events: readonly Buffer[], writing: Writing): void {
  if (writing === 'whole') return void res.end(Buffer.concat(events));
  const write = (n: number): void => {
    const event = events[n];
    if (event === undefined) return void res.end();
    res.write(event);
    // Node joins what is written in one tick into one chunk.
    if (writing === 'each') process.nextTick(write, n + 1);
    else setImmediate(write, n + 1);
  };
  write(0);
}

function dispatch(req: IncomingMessage, res: ServerResponse, message: Message): void {
  const { id, method } = message;
  if (id === undefined) return void res.writeHead(202).end();
  if (method === 'initialize' && era === 'legacy') {
    const session = randomUUID();
    sessions.add(session);
    return json(
      res,
      200,
      { jsonrpc: '2.0', id, result: { protocolVersion: spoken(message), capabilities, serverInfo } },
      { 'Mcp-Session-Id': session },
    );
  }
  if (era === 'legacy' && !sessions.has(String(req.headers['mcp-session-id'])))
    return fail(res, 404, id, -32001, 'Session not found');
  if (method === 'tools/call') return callTool(res, message);
  if (method === 'ping' && era === 'legacy') return json(res, 200, { jsonrpc: '2.0', id, result: {} });
  const cursor = message.params?.cursor;
  if (method === 'tools/list' && cursor !== undefined) return listTools(res, id, cursor);
  if (method === 'tools/list') return json(res, 200, { jsonrpc: '2.0', id, result: toolList(era, tools) });
  if (method === 'server/discover' && era === 'modern') {
    return json(res, 200, {
      jsonrpc: '2.0',
      id,
      result: {
        supportedVersions: [VERSION.modern],
        capabilities,
        serverInfo,
        resultType: 'complete',
        ttlMs: 60_000,
        cacheScope: 'public',
      },
    });
  }
  fail(res, era === 'modern' ? 404 : 200, id, -32601, 'Method not found');
}

const { TLS_KEY: key, TLS_CERT: cert } = process.env;
const server =
  key === undefined || cert === undefined ? http.createServer(serve) : https.createServer({ key, cert }, serve);

function serve(req: IncomingMessage, res: ServerResponse): void {
  if (req.method !== 'POST') return void res.writeHead(405, { Allow: 'POST' }).end();
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    if (requiredAuth !== undefined && req.headers.authorization?.startsWith(requiredAuth) !== true)
      return void res.writeHead(401).end();
    const only = chunks.length === 1 ? chunks[0] : undefined;
    dispatch(req, res, JSON.parse((only ?? Buffer.concat(chunks)).toString()) as Message);
  });
}

// Idle connections stay open while other subjects run, so no measured window includes a reconnect.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : address }));
});
