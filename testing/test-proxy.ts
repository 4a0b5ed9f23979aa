/**
 * A whole proxy in this process, on a free port of loopback, in front of an upstream whose answers the test defines.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Era } from '../proxy/call/exchange.ts';
import { prefixOf } from '../proxy/config/bindings.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import { isObject, JsonText } from '../proxy/json/lossless.ts';
import type { JsonObject } from '../proxy/json/value.ts';
import { startProxy } from '../proxy/start-proxy.ts';

export interface TestProxyOptions {
  /** Bindings of the controls. @default none */
  readonly bindings?: Readonly<Record<string, string>>;
  /** The upstream's result for a request. @default - an empty one */
  readonly answer?: (request: JsonObject) => object;
}

export interface TestProxy extends AsyncDisposable {
  /** The URL for MCP clients. */
  readonly url: string;
  /** The requests that reached the upstream. */
  readonly received: readonly JsonObject[];
  /** Sends a request; resolves to the status and the response. */
  request(
    method: string,
    params?: object,
    options?: { readonly era?: Era; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<{ readonly status: number; readonly response: JsonObject }>;
}

const VERSIONS = { modern: '2026-07-28', legacy: '2025-11-25' } as const;

export async function startTestProxy(
  config: ProxyConfig,
  { bindings = {}, answer = () => ({}) }: TestProxyOptions = {},
): Promise<TestProxy> {
  const received: JsonObject[] = [];
  const upstream = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts: string[]) => {
        const message = parse(parts.join(''));
        if (message['id'] === undefined) return void response.writeHead(202).end();
        received.push(message);
        const result =
          message['method'] === 'initialize'
            ? { protocolVersion: VERSIONS.legacy, capabilities: {}, serverInfo: { name: 'test', version: '1' } }
            : answer(message);
        response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id: message['id'], result }));
      });
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const [upstreamName = 'default'] = Object.keys(config.upstreams ?? {});
  const proxy = await startProxy(config, {
    [`${prefixOf(upstreamName)}_URL`]: `http://127.0.0.1:${port}/mcp`,
    HOST: '127.0.0.1',
    PORT: '0',
    ...bindings,
  });
  return {
    url: proxy.url,
    received,
    async request(method, params = {}, { era = 'modern', headers = {} } = {}) {
      const version = VERSIONS[era];
      const meta = {
        'io.modelcontextprotocol/protocolVersion': version,
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const name = 'name' in params ? params.name : 'uri' in params ? params.uri : undefined;
      const mirrored =
        era === 'modern' ? { 'Mcp-Method': method, ...(typeof name === 'string' ? { 'Mcp-Name': name } : {}) } : {};
      const reply = await fetch(proxy.url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': version,
          ...mirrored,
          ...headers,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method,
          params: era === 'modern' ? { ...params, _meta: meta } : params,
        }),
      });
      return { status: reply.status, response: parse(await reply.text()) };
    },
    async [Symbol.asyncDispose]() {
      await proxy.close(0);
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    },
  };
}

function parse(text: string): JsonObject {
  const { value } = JsonText.parse(text);
  if (!isObject(value)) throw new TypeError('expected a JSON-RPC message');
  return value;
}
