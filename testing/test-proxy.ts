/**
 * A whole proxy in this process, on a free port of loopback, in front of upstreams whose answers the test defines.
 */
import type { Era } from '../proxy/call/exchange.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { JsonObject } from '../proxy/json/value.ts';
import { startProxy } from '../proxy/start-proxy.ts';
import { type Answer, parse, startTestUpstreams, VERSIONS } from './test-upstreams.ts';

export interface TestProxyOptions {
  /** Bindings of the controls. @default none */
  readonly bindings?: Readonly<Record<string, string>>;
  /**
   * The result for a request, and by which upstream of the config it was asked for; or a function for each upstream, by
   * name.
   * @default - an empty result
   */
  readonly answer?: Answer | Readonly<Record<string, Answer>>;
}

export interface TestProxy extends AsyncDisposable {
  /** The URL for MCP clients. */
  readonly url: string;
  /** The requests that reached an upstream. */
  readonly received: readonly JsonObject[];
  /** The same for each upstream, by name. */
  readonly receivedBy: Readonly<Record<string, readonly JsonObject[]>>;
  /** Sends a request; resolves to the status and the response. */
  request(
    method: string,
    params?: object,
    options?: { readonly era?: Era; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<{ readonly status: number; readonly response: JsonObject }>;
}

export async function startTestProxy(
  config: ProxyConfig,
  { bindings = {}, answer = () => ({}) }: TestProxyOptions = {},
): Promise<TestProxy> {
  const received: JsonObject[] = [];
  const names = Object.keys(config.upstreams ?? { default: {} });
  const receivedBy: Record<string, JsonObject[]> = Object.fromEntries(names.map((name) => [name, []]));
  const upstreams = await startTestUpstreams(names, answerOf(answer, names), (request, upstream) => {
    received.push(request);
    receivedBy[upstream]?.push(request);
  });
  const proxy = await startProxy(config, { ...upstreams.bindings, HOST: '127.0.0.1', PORT: '0', ...bindings }).catch(
    async (error: unknown) => {
      await upstreams.close();
      throw error;
    },
  );
  return {
    url: proxy.url,
    received,
    receivedBy,
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
      await upstreams.close();
    },
  };
}

/** Answers `initialize` itself. */
function answerOf(answer: NonNullable<TestProxyOptions['answer']>, names: readonly string[]): Answer {
  if (typeof answer !== 'function')
    for (const name of Object.keys(answer))
      if (!names.includes(name))
        throw new TypeError(`answer: expected functions for ${names.join(', ')}, got one for ${JSON.stringify(name)}`);
  return (request, upstream) => {
    if (request['method'] === 'initialize')
      return { protocolVersion: VERSIONS.legacy, capabilities: {}, serverInfo: { name: 'test', version: '1' } };
    return (typeof answer === 'function' ? answer : answer[upstream])?.(request, upstream) ?? {};
  };
}
