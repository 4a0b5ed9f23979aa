/** The console's HTTP server: on this machine only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.ts';
import type { Api } from './api.ts';
import { Guard, type Refusal, SECURITY_HEADERS } from './guard.ts';
import { pageFiles } from './page.ts';

/** The only address that it ever listens on. */
const HOST = '127.0.0.1';

export interface Serving {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param port 0: any free one
 * @param key for everything but the empty page
 */
export async function serve(port: number, key: string, api: Api): Promise<Serving> {
  let guard: Guard | undefined;
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 }, (request, response) => {
    if (guard !== undefined) void handle(request, response, guard, api);
  });
  const listening = await listen(server, port);
  guard = new Guard(listening, key);
  return {
    port: listening,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, guard: Guard, api: Api): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  try {
    const refused = guard.refusal(request) ?? (path.startsWith('/api/') ? guard.keyRefusal(request) : undefined);
    if (refused !== undefined) refuse(response, refused);
    else if (path.startsWith('/api/')) await api.handle(path, request, response);
    else await page(path, request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else answer(response, 500, { error: error instanceof Error ? error.message : String(error) });
  }
}

async function page(path: string, { method }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, { status: 405, message: 'expected GET' });
    return;
  }
  const file = (await pageFiles()).get(path);
  if (file === undefined) answer(response, 404, { error: 'there is nothing here' });
  else response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length }).end(file.body);
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  answer(response, status, { error: message });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
