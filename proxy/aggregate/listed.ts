/** The list of one upstream: all pages, item by item, as text. */
import { UpstreamFailure } from '../base/errors.ts';
import { kernelRandom } from '../base/random.ts';
import { SELF } from '../base/self.ts';
import { inTurns, isTurnOver, nextTurn } from '../base/turns.ts';
import type { Exchange } from '../call/exchange.ts';
import { META_VERSION } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import { itemsInTurns } from '../json/strict-in-turns.ts';
import { membersAt } from '../json/strict.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { responseOf } from './broadcast.ts';
import { withoutResult } from './failures.ts';
import type { Member } from './member.ts';
import type { Read } from './readable.ts';
import { itemReader } from './shapes.ts';

/** What is listed: by which method, in which member, and by which member an item is called. */
export interface Kind {
  readonly method: string;
  readonly member: string;
  readonly key: string;
}

export const KINDS = {
  tools: { method: 'tools/list', member: 'tools', key: 'name' },
  prompts: { method: 'prompts/list', member: 'prompts', key: 'name' },
  resources: { method: 'resources/list', member: 'resources', key: 'uri' },
  templates: { method: 'resources/templates/list', member: 'resourceTemplates', key: 'uriTemplate' },
  skills: { method: 'skills/list', member: 'skills', key: 'uri' },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** One item: its text, and where in it the value of its key lies, quotes included. */
export interface Item {
  readonly key: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface MemberList {
  readonly items: readonly Item[];
  /** `Date.now()` when it was asked for. */
  readonly at: number;
  /** Milliseconds that the list is good for. */
  readonly ttlMs: number;
  /** What the upstream said; undefined: nothing. */
  readonly saidTtlMs: number | undefined;
  readonly cacheScope: JsonValue | undefined;
  /** The other members of its first page. */
  readonly others: JsonObject;
  readonly bytes: number;
  /** The upstream doesn't know the method. */
  readonly isAbsent: boolean;
}

/** How long a list is good for, if the upstream says nothing. */
const TTL_MS = 60_000;
const LONGEST_TTL_MS = 3_600_000;
/** Pages, items and bytes of one upstream's list, at most. One that goes on for ever ends here. */
const MAX_PAGES = 1_000;
export const MAX_ITEMS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
const METHOD_NOT_FOUND = -32601;

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The upstream has no such list. */
const NONE: Omit<MemberList, 'at'> = {
  items: [],
  ttlMs: TTL_MS,
  saidTtlMs: undefined,
  cacheScope: undefined,
  others: {},
  bytes: 0,
  isAbsent: true,
};

/** Follows all pages. Throws `ProxyError`. @param exchange of the proxy's own, in this upstream's session */
export async function fetchList(
  member: Member,
  kindName: KindName,
  exchange: Exchange,
  version: string | undefined,
): Promise<MemberList> {
  const kind: Kind = KINDS[kindName];
  const items: Item[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let first: JsonObject | undefined;
  let bytes = 0;
  let saidTtlMs: number | undefined;
  const at = Date.now();
  const read = itemReader(kindName, exchange.era);
  for (let page = 0; page < MAX_PAGES; page++) {
    const { text, message, status } = await ask(
      member,
      kind.method,
      cursor === undefined ? {} : { cursor },
      exchange,
      version,
    );
    const { result } = message;
    if (!isObject(result)) {
      if (isObject(message['error']) && message['error']['code'] === METHOD_NOT_FOUND) return { ...NONE, at };
      throw withoutResult(member.name, kind.method, status, message);
    }
    const { resultType = 'complete' } = result;
    const entries = result[kind.member];
    if (!Array.isArray(entries) || resultType !== 'complete')
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream ${member.name} answered ${kind.method} without a list of ${kind.member}`,
      );
    bytes += text.length;
    await readItems(text, kind, entries, read, items);
    if (bytes > MAX_BYTES || items.length > MAX_ITEMS)
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream ${member.name} lists too many ${kind.member}: expected at most ${MAX_ITEMS} in ${MAX_BYTES} bytes`,
      );
    first ??= result;
    if (typeof result['ttlMs'] === 'number')
      saidTtlMs = Math.min(saidTtlMs ?? LONGEST_TTL_MS, Math.max(0, Math.floor(result['ttlMs'])));
    const next = result['nextCursor'];
    if (typeof next !== 'string' || next === '') break;
    if (cursors.has(next) || page === MAX_PAGES - 1)
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream ${member.name} lists ${kind.member} without an end: expected at most ${MAX_PAGES} pages, each with its own cursor`,
      );
    cursors.add(next);
    cursor = next;
  }
  const { [kind.member]: _, nextCursor: __, ttlMs: ___, cacheScope, ...others } = first ?? {};
  return { items, at, ttlMs: saidTtlMs ?? TTL_MS, saidTtlMs, cacheScope, others, bytes, isAbsent: false };
}

/** The spans of a response that was checked already. @param entries the items as values */
async function readItems(
  text: string,
  { member, key }: Kind,
  entries: readonly JsonValue[],
  read: Read,
  into: Item[],
): Promise<void> {
  let list = -1;
  let result = -1;
  const start = text.indexOf('{');
  membersAt(text, start, (name, at) => (result = name === 'result' ? at : result));
  if (isTurnOver()) await nextTurn();
  membersAt(text, result, (name, at) => (list = name === member ? at : list));
  // The reader is one for all texts: the items are looked into only when the list has been walked.
  const spans: [from: number, to: number][] = [];
  await inTurns(itemsInTurns(text, list, (from, to) => spans.push([from, to])));
  for (const [i, [from, to]] of spans.entries()) {
    if (isTurnOver()) await nextTurn();
    const entry = entries[i];
    const readable = entry === undefined ? undefined : read(entry);
    if (readable === undefined) continue;
    const item = readable === entry ? text.slice(from, to) : JSON.stringify(readable);
    let keyStart = -1;
    let keyEnd = -1;
    membersAt(item, 0, (name, at, end) => {
      if (name !== key) return;
      keyStart = at;
      keyEnd = end;
    });
    // Nobody can call, get or read what has no name.
    if (item.charCodeAt(keyStart) !== 0x22) continue;
    into.push({ key: JSON.parse(item.slice(keyStart, keyEnd)) as string, text: item, start: keyStart, end: keyEnd });
  }
}

let asked = 0;
let secret: string | undefined;

/** Sends a request of the proxy's own and reads its response, which may be an error. Throws `ProxyError`. */
export async function ask(
  member: Member,
  method: string,
  params: JsonObject,
  exchange: Exchange,
  version: string | undefined,
): Promise<{ readonly text: string; readonly message: JsonObject; readonly status: number }> {
  secret ??= kernelRandom(12).toString('hex');
  const id = `proxy-list-${secret}-${++asked}`;
  const meta = { [META_VERSION]: version, [CLIENT_INFO]: SELF, [CAPABILITIES]: {} };
  const body = exchange.era === 'modern' ? { ...params, _meta: meta } : params;
  const call = member.ownCall(exchange, method, JSON.stringify({ jsonrpc: '2.0', id, method, params: body }));
  const reply = await member.send(call);
  return { ...(await responseOf(member, reply, JSON.stringify(id))), status: reply.status };
}
