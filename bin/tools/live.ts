/** What a proxy's client gets: all lists, in full, and the server's instructions. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SELF } from '../../proxy/base/self.ts';
import { KIND_NAMES, type KindName, KINDS } from '../../proxy/controls/tool-lock/kinds.ts';
import { FIRST_MODERN } from '../../proxy/ingress/mirror.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { reasonOf } from '../reason-of.ts';
import { invalidity, WholeLists } from './whole-lists.ts';

const LIMIT_MS = 30_000;
const MAX_PAGES = 1_000;
const MAX_ENTRIES = 10_000;
const SKILLS = 'io.modelcontextprotocol/skills';

/** What can't be read, or what clients may refuse. */
export interface Fault {
  readonly kind: KindName;
  readonly name: string | undefined;
  readonly why: string;
  /** The whole list is missing. @default false */
  readonly isWhole?: boolean;
}

/** Entries by their name, in the order of the lists. */
export type Entries = ReadonlyMap<string, JsonObject>;

export interface Live extends Readonly<Record<KindName, Entries>> {
  /** The name that the server gives itself; empty if it gives none. */
  readonly server: string;
  /** What else it says of itself, but for its version. */
  readonly serverInfo: JsonObject;
  /** The server's instructions; of clients of different eras, if they differ. */
  readonly instructions: readonly string[];
  readonly isModern: boolean;
}

/** Some servers show a tool only to a client that can answer the questions that it asks. */
const CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/** How errors name an upstream, and the variables that bind it. */
export interface Named {
  readonly what: string;
  /** What they begin with, such as `UPSTREAM_CRM`. */
  readonly variables: string;
}

/**
 * Reads everything.
 * @param what names the upstream in errors
 * @param onFault gets each list or entry that can't be read, which is left out. @default - it is an error
 * @param mode `auto`: as a client of the newest version that the server supports
 */
export async function readLive(
  url: string,
  { what, variables }: Named,
  mode: 'auto' | 'legacy' = 'auto',
  onFault?: (fault: Fault) => void,
): Promise<Live> {
  const client = new Client(SELF, { versionNegotiation: { mode }, capabilities: CAPABILITIES });
  try {
    const transport = new StreamableHTTPClientTransport(new URL(url));
    const whole = new WholeLists(transport);
    await client.connect(transport, { timeout: LIMIT_MS });
    const has = client.getServerCapabilities() ?? {};
    const offered: Readonly<Record<KindName, boolean>> = {
      tools: has.tools !== undefined,
      prompts: has.prompts !== undefined,
      resourceTemplates: has.resources !== undefined,
      skills: has.extensions?.[SKILLS] !== undefined,
    };
    const lists = new Map<KindName, Entries>();
    for (const kind of KIND_NAMES) {
      if (!offered[kind]) continue;
      try {
        lists.set(kind, await readList(client, whole, kind, what, onFault));
      } catch (error) {
        if (onFault === undefined) throw error;
        onFault({ kind, name: undefined, why: reasonIn(error), isWhole: true });
      }
    }
    const of = (kind: KindName): Entries => lists.get(kind) ?? new Map<string, JsonObject>();
    const { name: server = '', version: _, ...serverInfo } = infoOf(client.getServerVersion());
    return {
      server: typeof server === 'string' ? server : '',
      serverInfo,
      instructions: [client.getInstructions() ?? ''].filter((text) => text !== ''),
      isModern: (client.getNegotiatedProtocolVersion() ?? '') >= FIRST_MODERN,
      tools: of('tools'),
      prompts: of('prompts'),
      resourceTemplates: of('resourceTemplates'),
      skills: of('skills'),
    };
  } catch (error) {
    if (error instanceof LiveError) throw error;
    const why = (await reasonOf(url))?.text ?? reasonIn(error);
    throw new LiveError(
      `${what} can't be read: expected an MCP server, got "${why}": check that it runs, its address (--upstream, ${variables}_URL) and its credentials (${variables}_AUTH)`,
    );
  } finally {
    await client.close();
  }
}

function reasonIn(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
}

/** As the library gives it: its type doesn't name all members. */
function infoOf(info: unknown): JsonObject {
  return isObject(info) ? info : {};
}

/** The upstream can't be read, or what it lists can't be locked. */
export class LiveError extends Error {}

/** @param onFault gets what can't be read, which is left out. Undefined: it is an error. */
async function readList(
  client: Client,
  lists: WholeLists,
  kind: KindName,
  what: string,
  onFault?: (fault: Fault) => void,
): Promise<Entries> {
  const { method, member, key, word } = KINDS[kind];
  const entries = new Map<string, JsonObject>();
  const wrong = (why: string, name?: string): void => {
    if (onFault === undefined) throw new LiveError(`${what}: ${why}`);
    onFault({ kind, name, why });
  };
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { entries: listed, next } = await lists.page(client, method, member, cursor, LIMIT_MS);
    if (listed === undefined) throw new LiveError(`${what}: expected ${method} to return a list, got something else`);
    for (const entry of listed) {
      const name = isObject(entry) ? entry[key] : undefined;
      const why = onFault && invalidity(member, entry);
      if (!isObject(entry) || typeof name !== 'string')
        wrong(`expected each ${word} to have a ${key}, got one without`);
      else if (why !== undefined) wrong(why, name);
      else if (entries.has(name)) wrong(`expected each ${word} once, got two named ${JSON.stringify(name)}`, name);
      else entries.set(name, entry);
      if (entries.size > MAX_ENTRIES)
        throw new LiveError(`${what}: expected at most ${MAX_ENTRIES} of a kind, got more`);
    }
    if (next === undefined) return entries;
    cursor = next;
  }
  throw new LiveError(`${what}: expected ${method} to end within ${MAX_PAGES} pages, got more`);
}
