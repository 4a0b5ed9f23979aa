/**
 * An MCP client that invokes a runtime. It signs each request with Signature Version 4 by AWS's own signer, or sends a
 * bearer token.
 */
import { createHash, createHmac } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../aws/account.ts';

export type Authenticate = (request: {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}) => Promise<Readonly<Record<string, string>>>;

export function signedBy(
  { accessKeyId, secretAccessKey, sessionToken }: Omit<Credentials, 'roleArn'>,
  region: string,
): Authenticate {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const signer = new SignatureV4({
    service: 'bedrock-agentcore',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: true,
  });
  return async ({ method, url, headers, body }) => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      body,
    });
    return signed.headers;
  };
}

export function bearing(token: string): Authenticate {
  return ({ headers }) => Promise.resolve({ ...headers, authorization: `Bearer ${token}` });
}

/** Sends one request unchanged, and returns the status and text of its answer. */
export async function post(
  url: URL,
  body: string,
  authenticate: Authenticate | undefined,
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const all = authenticate === undefined ? headers : await authenticate({ method: 'POST', url, headers, body });
  const response = await fetch(url, { method: 'POST', headers: withoutHost(all), body });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export interface Conversation {
  readonly era: string;
  readonly tools: readonly string[];
  /** The result of the tool `add` for 2 and 3. */
  readonly sum: unknown;
}

/** Connects, lists the tools and calls one. */
export async function converse(url: URL, authenticate: Authenticate, mode: 'auto' | 'legacy'): Promise<Conversation> {
  const client = new Client({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(url, {
    async fetch(input, init = {}) {
      const target = new URL(input instanceof Request ? input.url : input);
      const method = init.method ?? 'GET';
      const body = typeof init.body === 'string' ? init.body : '';
      const headers = await authenticate({
        method,
        url: target,
        headers: Object.fromEntries(new Headers(init.headers)),
        body,
      });
      return fetch(target, { ...init, headers: withoutHost(headers) });
    },
  });
  try {
    await client.connect(transport, { timeout: 20_000 });
    const { tools } = await client.listTools();
    const result = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } });
    const { structuredContent } = result as { readonly structuredContent?: { readonly result?: unknown } };
    return {
      era: transport.protocolVersion ?? 'unknown',
      tools: tools.map(({ name }) => name),
      sum: structuredContent?.result,
    };
  } finally {
    await client.close();
  }
}

/** `fetch` sets it itself, to the signed value. */
function withoutHost(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
}

/** The hash interface of the signer: https://www.npmjs.com/package/@smithy/signature-v4 */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof chunk === 'string' ? chunk : bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    throw new Error('a hash can be used only once');
  }
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}
