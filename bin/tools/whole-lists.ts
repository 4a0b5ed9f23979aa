/**
 * Lists as a server sends them. Of a list in which one entry isn't valid, the client library gives none, so the lists are
 * taken from the messages before it reads them, and it finds them empty.
 */
import { type Client, specTypeSchemas, type Transport } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';

/** Members of results that are lists, and what the protocol calls an entry. */
const ENTRIES = {
  tools: 'Tool',
  prompts: 'Prompt',
  resources: 'Resource',
  resourceTemplates: 'ResourceTemplate',
  skills: undefined,
} as const;

export type ListMember = keyof typeof ENTRIES;

/** Faults of one entry that are named. */
const MOST_FAULTS = 3;

/** Any result: the client library would drop or refuse members that it doesn't know. */
const ANY_RESULT = {
  '~standard': { version: 1, vendor: 'agentcore-mcp-proxy', validate: (value: unknown) => ({ value }) },
} as const;

/** What a client reads through this transport, one page after the other. It must not be connected yet. */
export class WholeLists {
  /** Undefined: the library reads lists for itself. */
  #asked: ListMember | undefined;
  #got: readonly unknown[] | undefined;

  constructor(transport: Transport) {
    // The library calls it first, with the same message.
    transport.onmessage = (message: unknown) => {
      const member = this.#asked;
      const result = isObject(message) ? message['result'] : undefined;
      if (member === undefined || !isObject(result)) return;
      const list: unknown = result[member];
      if (!Array.isArray(list)) return;
      this.#got = list as readonly unknown[];
      Object.assign(result, { [member]: [] });
    };
  }

  /** Undefined entries: the result has no list. */
  async page(
    client: Client,
    method: string,
    member: ListMember,
    cursor: string | undefined,
    timeout: number,
  ): Promise<{ readonly entries: readonly unknown[] | undefined; readonly next: string | undefined }> {
    this.#got = undefined;
    this.#asked = member;
    const result = await client
      .request({ method, params: cursor === undefined ? {} : { cursor } }, ANY_RESULT, { timeout })
      .finally(() => (this.#asked = undefined));
    const next = isObject(result) ? result['nextCursor'] : undefined;
    return { entries: this.#got, next: typeof next !== 'string' || next === '' ? undefined : next };
  }
}

/** Why clients may refuse an entry, and with it the list; undefined if they don't. No value of it. */
export function invalidity(member: ListMember, entry: unknown): string | undefined {
  const type = ENTRIES[member];
  if (type === undefined) return isObject(entry) ? undefined : `expected an object`;
  const checked = specTypeSchemas[type]['~standard'].validate(entry);
  if (checked instanceof Promise || checked.issues === undefined) return undefined;
  return checked.issues
    .slice(0, MOST_FAULTS)
    .map(({ path = [], message }) => {
      const at = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
      return `${at === '' ? '' : `${at}: `}${message.replace(/^Invalid (?:input|option): /, '')}`;
    })
    .join('; ');
}
