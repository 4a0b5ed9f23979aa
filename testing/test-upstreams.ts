/** The upstreams of a test: real servers on loopback, whose results the test defines. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prefixOf } from '../proxy/config/bindings.ts';
import { isObject, JsonText } from '../proxy/json/lossless.ts';
import type { JsonObject } from '../proxy/json/value.ts';

/** The result for a request. @param upstream the config's name of the upstream that is asked */
export type Answer = (request: JsonObject, upstream: string) => object;

export const VERSIONS = { modern: '2026-07-28', legacy: '2025-11-25' } as const;

export interface TestUpstreams {
  /** Where they are, as variables of the proxy. */
  readonly bindings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param onRequest is told of each request, before it is answered */
export async function startTestUpstreams(
  names: readonly string[],
  answer: Answer,
  onRequest: (request: JsonObject, upstream: string) => void,
): Promise<TestUpstreams> {
  const started = await Promise.all(
    names.map(async (name) => {
      const server = await startOne((request) => {
        onRequest(request, name);
        return answer(request, name);
      });
      const { port } = server.address() as AddressInfo;
      return { server, binding: [`${prefixOf(name)}_URL`, `http://127.0.0.1:${port}/mcp`] as const };
    }),
  );
  return {
    bindings: Object.fromEntries(started.map(({ binding }) => binding)),
    async close() {
      for (const { server } of started) server.closeAllConnections();
      await Promise.all(started.map(({ server }) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function startOne(answer: (request: JsonObject) => object): Promise<Server> {
  const server = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts: string[]) => {
        const message = parse(parts.join(''));
        if (message['id'] === undefined) return void response.writeHead(202).end();
        response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result: answer(message) }));
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function parse(text: string): JsonObject {
  const { value } = JsonText.parse(text);
  if (!isObject(value)) throw new TypeError('expected a JSON-RPC message');
  return value;
}
