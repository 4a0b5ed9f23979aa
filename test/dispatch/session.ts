/** A legacy upstream with sessions and resumable streams, and a client of the proxy in front of it. */
import type { ServerResponse } from 'node:http';
import type { CallerSource } from '../../proxy/call/caller.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { type Front, startFront } from '../support/front.ts';
import { connect, type Connection, request } from '../support/raw.ts';
import { emptyResult, idOf, openEvents, startUpstream, type Upstream } from '../support/upstream.ts';
import { bytesOf, initialize, legacy, send } from '../upstream/messages.ts';

export interface World extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly front: Front;
  /** The open streams of the upstream, the latest last; the test writes to each. */
  readonly streams: readonly ServerResponse[];
  /** Opens a session and returns the id that the client got. */
  session(): Promise<string>;
  /**
   * Sends a request whose reply is a stream. Returns the connection, after the headers, and the upstream's end of it.
   */
  call(session: string, method?: string, params?: Readonly<Record<string, unknown>>, id?: number): Promise<Stream>;
  get(session: string, lastEventId?: string, port?: number): Promise<Stream>;
  /** Sends these bytes. */
  send(bytes: Buffer): Promise<Stream>;
}

export interface Stream extends AsyncDisposable {
  readonly client: Connection;
  readonly status: number;
  readonly out: ServerResponse | undefined;
  /** Reads until a text arrives, and returns everything since the headers. */
  until(text: string): Promise<string>;
  /** Reads to the end. */
  rest(): Promise<string>;
}

export async function startWorld(controls: readonly DefinedControl[], caller?: CallerSource): Promise<World> {
  const streams: ServerResponse[] = [];
  let sessions = 0;
  const upstream = await startUpstream((received, response) => {
    const streaming = received.method === 'GET' || received.text.includes('"tools/call"');
    if (streaming) {
      openEvents(response);
      streams.push(response);
    } else if (received.text.includes('"initialize"')) {
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } };
      response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': `upstream-${++sessions}` });
      response.end(`{"jsonrpc":"2.0","id":"init","result":${JSON.stringify(result)}}`);
    } else if (received.text.includes('"tools/list"')) {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"tools":[{"name":"x","inputSchema":{"type":"object"}}]}}`,
      );
    } else void emptyResult(received, response);
  });
  const front = await startFront(upstream, caller === undefined ? { controls } : { controls, caller });
  const open = async (port: number, bytes: Buffer): Promise<Stream> => {
    const before = streams.length;
    const client = await connect(port);
    client.send(bytes);
    const { status } = await client.head();
    return streamOf(client, status, streams[before]);
  };
  return {
    upstream,
    front,
    streams,
    async session() {
      return (await send(front, initialize())).header('mcp-session-id') ?? '';
    },
    call: (session, method = 'tools/call', params = { name: 'x', arguments: {} }, id = 1) =>
      open(front.port, bytesOf(legacy(method, params, { id, session }))),
    get: (session, lastEventId, port = front.port) =>
      open(
        port,
        request(
          'GET',
          '/mcp',
          [
            'Accept: text/event-stream',
            `Mcp-Session-Id: ${session}`,
            ...(lastEventId === undefined ? [] : [`Last-Event-ID: ${lastEventId}`]),
          ],
          undefined,
        ),
      ),
    send: (bytes) => open(front.port, bytes),
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream.destroy();
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function streamOf(client: Connection, status: number, out: ServerResponse | undefined): Stream {
  let seen = '';
  const read = async (enough: () => boolean): Promise<string> => {
    while (!enough()) {
      const piece = await client.piece();
      if (piece === undefined) break;
      seen += piece.toString('utf8');
    }
    return seen;
  };
  return {
    client,
    status,
    out,
    async until(text) {
      await read(() => seen.includes(text));
      if (!seen.includes(text)) throw new Error(`the stream ended before ${text}: ${seen}`);
      return seen;
    },
    rest: () => read(() => false),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
