/** Asks an MCP endpoint for its tools, in whichever era it speaks. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { CLIENT_INFO } from '../proxy/proxy.ts';

const LIMIT_MS = 10_000;
const SHOWN = 12;

export interface Tools {
  /** Undefined where they couldn't be had. */
  readonly names: readonly string[] | undefined;
  /** For a person: the names, or why there are none. */
  readonly text: string;
}

export async function listTools(url: string): Promise<Tools> {
  const client = new Client(CLIENT_INFO, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout: LIMIT_MS });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: LIMIT_MS });
      names.push(...page.tools.map((tool) => tool.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    return { names, text: names.length === 0 ? 'none' : names.slice(0, SHOWN).join(', ') + more };
  } catch (error) {
    return { names: undefined, text: `not to be had yet: ${reason(error)}` };
  } finally {
    await client.close();
  }
}

/** The proxy's own words out of what the client library wraps around them. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
}
