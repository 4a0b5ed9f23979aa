/** A modern upstream that answers what a test says, behind a proxy with another one. */
import { type Answer, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';

export interface Asked {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a method is answered with: a result, or `{ error }`. Undefined: the method is not known. */
export type Results = (asked: Asked) => object | undefined;

export function answering(results: Results): Answer {
  return (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const asked = JSON.parse(request.text) as Asked;
    if (asked.id === undefined) return void response.writeHead(202).end();
    const result = results(asked);
    const body =
      result === undefined
        ? { error: { code: -32601, message: 'Method not found' } }
        : 'error' in result
          ? result
          : { result };
    respondJson(response, { jsonrpc: '2.0', id: asked.id, ...body });
  };
}

/** @param results of a method */
export function scripted(results: Readonly<Record<string, object>> | Results): Promise<Upstream> {
  return startUpstream(answering(typeof results === 'function' ? results : ({ method }) => results[method]));
}

const VERSION = '2026-07-28';

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One modern request, as a client sends it. Its reply is JSON. */
export async function post(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Posted & { readonly message: Message }> {
  const reply = await postText(url, method, params, headers);
  return { ...reply, message: JSON.parse(reply.text) as Message };
}

/** {@link post} for a reply in any form. */
export async function postText(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Posted> {
  const name = params['name'] ?? params['uri'] ?? params['taskId'];
  const reply = await fetch(url, {
    method: 'POST',
    ...(signal === undefined ? {} : { signal }),
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': VERSION,
      'Mcp-Method': method,
      ...(typeof name === 'string' ? { 'Mcp-Name': name } : {}),
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': VERSION,
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

export interface Message {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/** The names, or URIs, of a list in a response. */
export function keysIn({ result }: Message, member = 'tools', key = 'name'): unknown[] {
  const list = result?.[member];
  return Array.isArray(list) ? list.map((item: Readonly<Record<string, unknown>>) => item[key]) : [];
}

/** A tool of a list. */
export function tool(name: string, more: object = {}): object {
  return { name, inputSchema: { type: 'object' }, ...more };
}
