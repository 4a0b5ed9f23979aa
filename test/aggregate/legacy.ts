/** A legacy upstream that answers what a test says, and a client's requests to a proxy before it. */
import type http from 'node:http';
import { openEvents, type Received, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';

export interface Asked {
  readonly id?: number | string;
  readonly method?: string;
  readonly result?: object;
}

/** True: it has answered, or won't. */
export type Handle = (response: http.ServerResponse, asked: Asked, request: Received) => boolean;

const NONE: Handle = () => false;

export interface LegacyOptions {
  readonly handle?: Handle;
  readonly sessionId?: string;
  readonly version?: unknown;
}

/** An upstream with sessions, one tool `who`, and whatever `handle` answers before. */
export function legacy(
  name: string,
  {
    handle = NONE,
    sessionId = `${name}-00000000-0000-4000-8000-000000000001`,
    version = '2025-11-25',
  }: LegacyOptions = {},
): Promise<Upstream> {
  return startUpstream((request, response) => {
    const asked = (request.text === '' ? {} : JSON.parse(request.text)) as Asked;
    const { id, method } = asked;
    if (handle(response, asked, request)) return;
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    if (id === undefined || method === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') response.setHeader('Mcp-Session-Id', sessionId);
    const result =
      method === 'initialize'
        ? { protocolVersion: version, capabilities: { tools: {} }, serverInfo: { name, version: '1' } }
        : method === 'tools/call'
          ? { content: [{ type: 'text', text: `ok of ${name}` }] }
          : { tools: [{ name: 'who', inputSchema: {} }], prompts: [], resources: [], resourceTemplates: [] };
    respondJson(response, { jsonrpc: '2.0', id, result });
  });
}

/** Collects the GET streams that a proxy opens. */
export function streaming(into: http.ServerResponse[]): Handle {
  return (response, _, { method }) => {
    if (method !== 'GET') return false;
    openEvents(response);
    into.push(response);
    return true;
  };
}

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

export class LegacyClient {
  readonly url: string;
  session = '';
  version = '2025-11-25';

  constructor(url: string) {
    this.url = url;
  }

  static async open(url: string): Promise<LegacyClient> {
    const client = new LegacyClient(url);
    client.session = (await client.post({ id: 0, method: 'initialize', params: INITIALIZE })).session ?? '';
    return client;
  }

  get headers(): Readonly<Record<string, string>> {
    return { 'MCP-Protocol-Version': this.version, ...(this.session === '' ? {} : { 'Mcp-Session-Id': this.session }) };
  }

  /** @param message an object, or its text */
  async post(message: object | string) {
    const body = typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message });
    const reply = await fetch(this.url, { method: 'POST', headers: { ...HEADERS, ...this.headers }, body });
    return { status: reply.status, session: reply.headers.get('mcp-session-id'), text: await reply.text() };
  }

  call(name: string, id: number | string = 1) {
    return this.post({ id, method: 'tools/call', params: { name } });
  }

  /** A GET stream, as it comes. */
  async get(headers: Readonly<Record<string, string>> = {}): Promise<LegacyStream> {
    const abort = new AbortController();
    const reply = await fetch(this.url, {
      headers: { Accept: 'text/event-stream', ...this.headers, ...headers },
      signal: abort.signal,
    });
    const stream = new LegacyStream(reply.status, () => abort.abort());
    void stream.read(reply);
    return stream;
  }
}

export class LegacyStream implements Disposable {
  readonly status: number;
  readonly #abort: () => void;
  text = '';
  isOver = false;

  constructor(status: number, abort: () => void) {
    this.status = status;
    this.#abort = abort;
  }

  async read({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body ?? []) this.text += decoder.decode(chunk as Uint8Array, { stream: true });
    } catch {
      // The test ended it.
    } finally {
      this.isOver = true;
    }
  }

  [Symbol.dispose](): void {
    this.#abort();
  }
}
