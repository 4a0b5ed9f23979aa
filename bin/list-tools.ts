/** Lists the tools of an MCP endpoint, in whichever era it supports. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { UNAVAILABLE } from '../proxy/aggregate/merged-list.ts';
import { SELF } from '../proxy/base/self.ts';
import { reasonOf } from './reason-of.ts';

const LIMIT_MS = 10_000;
const SHOWN = 12;

export interface Tools {
  /** Undefined if they couldn't be listed. */
  readonly names: readonly string[] | undefined;
  /** For a person: the names, or why there are none. */
  readonly text: string;
  /** The proxy's `data.reason`, if it refused to list them. */
  readonly refusal?: string | undefined;
}

export async function listTools(url: string): Promise<Tools> {
  const client = new Client(SELF, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout: LIMIT_MS });
    const names: string[] = [];
    let cursor: string | undefined;
    let without: unknown;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: LIMIT_MS });
      names.push(...page.tools.map((tool) => tool.name));
      cursor = page.nextCursor;
      without ??= page._meta?.[UNAVAILABLE];
    } while (cursor !== undefined);
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    const lacks = Array.isArray(without) ? ` (none of ${without.join(', ')}: the warnings say why)` : '';
    return { names, text: (names.length === 0 ? 'none' : names.slice(0, SHOWN).join(', ') + more) + lacks };
  } catch (error) {
    const why = await reasonOf(url);
    const text = why?.text ?? (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    return { names: undefined, text: `not available yet: ${text}`, refusal: why?.refusal };
  } finally {
    await client.close();
  }
}
