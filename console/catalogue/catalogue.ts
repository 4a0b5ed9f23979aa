/** What a caller is shown: the lists of the proxy, whole, as that caller gets them. */
import type { Client } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Ticket } from '../try/chosen-callers.ts';
import { withClient } from '../try/client.ts';
import type { Catalogue, Kind } from './catalogued.ts';

const LISTS = {
  tools: ['tools/list', 'tools', 'tools'],
  prompts: ['prompts/list', 'prompts', 'prompts'],
  resources: ['resources/list', 'resources', 'resources'],
  templates: ['resources/templates/list', 'resourceTemplates', 'resources'],
} as const satisfies Readonly<Record<Kind, readonly [string, string, string]>>;

const LIMIT_MS = 30_000;
const MOST_PAGES = 100;
const MOST_ENTRIES = 5_000;

/** Any result: the client library would drop or refuse members that it doesn't know. */
const ANY_RESULT = {
  '~standard': { version: 1, vendor: 'agentcore-mcp-proxy', validate: (value: unknown) => ({ value }) },
} as const;

export function readCatalogue(url: string, ticket: Ticket): Promise<Catalogue> {
  return withClient(url, ticket, undefined, async (client) => {
    const has = client.getServerCapabilities() ?? {};
    const failed: Partial<Record<Kind, string>> = {};
    const read = async (kind: Kind): Promise<readonly JsonObject[]> => {
      const [method, member, capability] = LISTS[kind];
      if (has[capability] === undefined) return [];
      try {
        return await readList(client, method, member);
      } catch (error) {
        failed[kind] = error instanceof Error ? error.message : String(error);
        return [];
      }
    };
    const tools = await read('tools');
    const prompts = await read('prompts');
    const resources = await read('resources');
    const templates = await read('templates');
    return {
      server: client.getServerVersion()?.name ?? '',
      instructions: client.getInstructions() ?? '',
      version: client.getNegotiatedProtocolVersion() ?? '',
      tools,
      prompts,
      resources,
      templates,
      failed,
    };
  });
}

async function readList(client: Client, method: string, member: string): Promise<readonly JsonObject[]> {
  const entries: JsonObject[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && entries.length < MOST_ENTRIES; page++) {
    const result = await client.request({ method, params: cursor === undefined ? {} : { cursor } }, ANY_RESULT, {
      timeout: LIMIT_MS,
    });
    const listed: unknown = isObject(result) ? result[member] : undefined;
    if (!Array.isArray(listed)) throw new Error(`expected ${method} to return a list, got something else`);
    entries.push(...(listed as readonly unknown[]).filter(isObject));
    const next = isObject(result) ? result['nextCursor'] : undefined;
    if (typeof next !== 'string' || next === '') break;
    cursor = next;
  }
  return entries;
}
