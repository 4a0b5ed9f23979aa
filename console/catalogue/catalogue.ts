/** What a caller is shown: the lists of the proxy, whole, as that caller gets them. */
import type { Client } from '@modelcontextprotocol/client';
import { invalidity, type ListMember, type WholeLists } from '../../bin/tools/whole-lists.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Ticket } from '../try/chosen-callers.ts';
import { withClient } from '../try/client.ts';
import type { Catalogue, Invalid, Kind } from './catalogued.ts';

const LISTS = {
  tools: ['tools/list', 'tools', 'tools', 'name'],
  prompts: ['prompts/list', 'prompts', 'prompts', 'name'],
  resources: ['resources/list', 'resources', 'resources', 'uri'],
  templates: ['resources/templates/list', 'resourceTemplates', 'resources', 'uriTemplate'],
} as const satisfies Readonly<Record<Kind, readonly [string, ListMember, string, string]>>;

const LIMIT_MS = 30_000;
const MOST_PAGES = 100;
const MOST_ENTRIES = 5_000;

export function readCatalogue(url: string, ticket: Ticket): Promise<Catalogue> {
  return withClient(url, ticket, undefined, async (client, lists) => {
    const invalid: Invalid[] = [];
    const has = client.getServerCapabilities() ?? {};
    const failed: Partial<Record<Kind, string>> = {};
    const read = async (kind: Kind): Promise<readonly JsonObject[]> => {
      if (has[LISTS[kind][2]] === undefined) return [];
      try {
        return valid(kind, await readList(client, lists, kind), invalid);
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
      invalid,
      failed,
    };
  });
}

async function readList(client: Client, lists: WholeLists, kind: Kind): Promise<readonly unknown[]> {
  const [method, member] = LISTS[kind];
  const entries: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && entries.length < MOST_ENTRIES; page++) {
    const { entries: listed, next } = await lists.page(client, method, member, cursor, LIMIT_MS);
    if (listed === undefined) throw new Error(`expected ${method} to return a list, got something else`);
    entries.push(...listed);
    if (next === undefined) break;
    cursor = next;
  }
  return entries;
}

/** The entries that clients accept; the others are named in `invalid`. */
function valid(kind: Kind, entries: readonly unknown[], invalid: Invalid[]): readonly JsonObject[] {
  const names = new Set<string>();
  return entries.filter((entry): entry is JsonObject => {
    const key = isObject(entry) ? entry[LISTS[kind][3]] : undefined;
    const name = typeof key === 'string' ? key : undefined;
    const isTwice = name !== undefined && names.has(name);
    const why = invalidity(LISTS[kind][1], entry) ?? (isTwice ? 'it is listed twice' : undefined);
    if (why !== undefined) invalid.push({ kind, name, why });
    else if (name !== undefined) names.add(name);
    return why === undefined;
  });
}
