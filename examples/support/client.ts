/** An MCP client of the SDK, in either era. */
import { Client, type FetchLike, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export const ERAS = ['legacy', 'modern'] as const;
export type Era = (typeof ERAS)[number];

export interface Connected extends AsyncDisposable {
  /** The tools, as the client reads them. */
  tools(): Promise<readonly ListedTool[]>;
  names(): Promise<readonly string[]>;
  /** The result of a tool, as JSON text; rejects if the call is refused. */
  readonly call: (tool: string, args?: Readonly<Record<string, unknown>>) => Promise<string>;
}

export interface ListedTool {
  readonly name: string;
  readonly inputSchema: object;
  readonly annotations?: { readonly readOnlyHint?: boolean | undefined } | undefined;
}

/** @param headers headers of each of its requests */
export async function connect(
  url: string,
  era: Era = 'modern',
  headers: Readonly<Record<string, string>> = {},
): Promise<Connected> {
  const client = new Client(
    { name: 'example', version: '1.0.0' },
    { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  const fetching: FetchLike = (input, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return fetch(input, { ...init, headers: all });
  };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch: fetching }));
  const tools = async (): Promise<readonly ListedTool[]> => (await client.listTools()).tools;
  return {
    tools,
    names: async () => (await tools()).map(({ name }) => name),
    call: async (name, args = {}) => JSON.stringify(await client.callTool({ name, arguments: { ...args } })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
