/**
 * An upstream over bare sockets, so that a fault decides about every byte. It answers correctly until a script takes over
 * a call of the tool `fault`, or a connection.
 */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';

/** Put into arguments and results: no line of the log may hold it. */
export const MARK = 'mark5e1f0c77aa';

/** A request, complete. */
export interface Asked {
  readonly head: string;
  readonly body: string;
  readonly method: string;
  /** The tool that it calls. */
  readonly tool: string | undefined;
  /** JSON text; undefined for a notification. */
  readonly id: string | undefined;
  header(name: string): string | undefined;
}

/** Answers one request, or does not. */
export type Script = (asked: Asked, socket: net.Socket) => void | Promise<void>;

export class FaultyUpstream implements AsyncDisposable {
  /** Takes over calls of the tool `fault`. */
  script: Script | undefined;
  /** Takes over new connections; false leaves one to the usual answers. */
  onConnection: ((socket: net.Socket) => boolean) | undefined;
  /** Sees every request first; true if it has answered. */
  guard: ((asked: Asked, socket: net.Socket) => boolean) | undefined;
  /** Gives ids to its sessions (2025-11-25), and knows only those that it gave. */
  keepsSessions = false;
  /** Calls of `fault` that arrived. */
  arrived = 0;
  readonly port: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #busy = new Set<net.Socket>();
  #sessions = new Set<string>();

  private constructor(server: net.Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on(server instanceof tls.Server ? 'secureConnection' : 'connection', (socket: net.Socket) =>
      this.#connected(socket),
    );
  }

  static async start(certificate?: tls.TlsOptions): Promise<FaultyUpstream> {
    const options = { allowHalfOpen: true, noDelay: true };
    const server =
      certificate === undefined ? net.createServer(options) : tls.createServer({ ...options, ...certificate });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultyUpstream(server, (server.address() as AddressInfo).port);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Presents another certificate from now on. */
  present(certificate: tls.SecureContextOptions): void {
    if (this.#server instanceof tls.Server) this.#server.setSecureContext(certificate);
  }

  /** Stops listening, drops all connections and forgets all sessions. */
  async down(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sessions = new Set();
    await closed;
  }

  /** Listens again, at the same port. */
  async up(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Ends connections without a request under way. */
  dropIdle(): void {
    for (const socket of this.#sockets) if (!this.#busy.has(socket)) socket.destroy();
  }

  /** Back to correct answers. */
  repair(): void {
    this.script = this.onConnection = this.guard = undefined;
    this.keepsSessions = false;
    this.arrived = 0;
  }

  /** Waits for nothing: a connection in the middle of a TLS handshake may never report its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    if (this.onConnection?.(socket) === true) return;
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let read = readRequest(pending); read !== undefined; read = readRequest(pending)) {
        pending = pending.subarray(read.bytes);
        void this.#answer(read.asked, socket);
      }
    });
    socket.on('end', () => socket.end());
  }

  async #answer(asked: Asked, socket: net.Socket): Promise<void> {
    if (this.guard?.(asked, socket) === true) return;
    this.#busy.add(socket);
    if (asked.tool === 'fault') {
      this.arrived++;
      if (this.script !== undefined) await this.script(asked, socket);
      else socket.write(this.#usual(asked));
    } else socket.write(this.#usual(asked));
    this.#busy.delete(socket);
  }

  #usual(asked: Asked): string {
    const { method, id, tool } = asked;
    const session = asked.header('mcp-session-id');
    if (method === 'GET') return bare(405);
    if (method === 'DELETE') return bare(this.#sessions.delete(session ?? '') ? 204 : 404);
    if (method === 'initialize' && this.keepsSessions) {
      const made = `S${this.#sessions.size}-${process.hrtime.bigint()}`;
      this.#sessions.add(made);
      return json(response(id, RESULTS['initialize']), [`Mcp-Session-Id: ${made}`]);
    }
    if (this.keepsSessions && session !== undefined && !this.#sessions.has(session))
      return json(`{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}`, [], 404);
    if (id === undefined) return bare(202);
    return json(response(id, RESULTS[method] ?? { content: [{ type: 'text', text: `${tool} ${MARK}` }] }));
  }
}

const INPUT = { type: 'object', properties: { text: { type: 'string' } } };
const RESULTS: Readonly<Record<string, unknown>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'faulty', version: '1' },
  },
  'tools/list': {
    tools: [
      { name: 'fault', inputSchema: INPUT },
      { name: 'well', inputSchema: INPUT },
    ],
    resultType: 'complete',
    ttlMs: 3_600_000,
    cacheScope: 'public',
  },
};

/** The text of a JSON-RPC response. @param id JSON text */
export function response(id: string | undefined, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${id ?? 'null'},"result":${JSON.stringify(result)}}`;
}

/** The result of a tool, as large as the text. */
export function textResult(text: string): unknown {
  return { content: [{ type: 'text', text }], resultType: 'complete' };
}

const STATUS: Readonly<Record<number, string>> = { 200: 'OK', 202: 'Accepted', 204: 'No Content' };

/** The bytes of a reply's head. @param lines of headers */
export function head(status: number, lines: readonly string[]): string {
  return `HTTP/1.1 ${status} ${STATUS[status] ?? 'Refused'}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

/** The bytes of a whole JSON reply. */
export function json(body: string, lines: readonly string[] = [], status = 200): string {
  return (
    head(status, ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...lines]) + body
  );
}

/** The bytes of a reply without a body. */
export function bare(status: number): string {
  return head(status, ['Content-Length: 0']);
}

/** The head of an event stream in chunks. */
export const EVENTS = head(200, ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked']);
/** The end of a body in chunks. */
export const LAST_CHUNK = '0\r\n\r\n';

/** One chunk of a body. */
export function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** One server-sent event. */
export function event(message: string): string {
  return `event: message\ndata: ${message}\n\n`;
}

/** A notification of progress. */
export function progress(n: number): string {
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":${n},"message":"${MARK}"}}`;
}

function readRequest(pending: Buffer): { readonly asked: Asked; readonly bytes: number } | undefined {
  const end = pending.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const text = pending.toString('latin1', 0, end);
  const header = (name: string): string | undefined => new RegExp(`^${name}: *(.*)$`, 'im').exec(text)?.[1]?.trim();
  const length = Number(header('content-length') ?? 0);
  if (pending.length < end + 4 + length) return undefined;
  const body = pending.toString('utf8', end + 4, end + 4 + length);
  const message: unknown = body === '' ? {} : JSON.parse(body);
  const members = new Map(Object.entries(typeof message === 'object' && message !== null ? message : {}));
  const { params, id } = Object.fromEntries(members) as { params?: { name?: string }; id?: unknown };
  const method = members.get('method');
  return {
    asked: {
      head: text,
      body,
      method: body === '' ? text.slice(0, text.indexOf(' ')) : String(method),
      tool: method === 'tools/call' ? params?.name : undefined,
      id: id === undefined ? undefined : JSON.stringify(id),
      header,
    },
    bytes: end + 4 + length,
  };
}
