/** `tasks/list`: the tasks of all upstreams, asked at the same time. A cursor holds those of all that have a further page. */
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Era } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { responseOf } from './broadcast.ts';
import { AnsweredWithError, errorOf, withoutResult } from './failures.ts';
import { inTime } from './in-time.ts';
import type { Member } from './member.ts';
import type { Places } from './places.ts';
import { resultMeta, task } from './shapes.ts';
import type { Asked, Translator } from './translate.ts';
import { notOurs, type Wrapper } from './wrapped.ts';

const METHOD_NOT_FOUND = -32601;

export interface TaskListing {
  readonly members: readonly Member[];
  readonly wrapper: Wrapper;
  readonly places: Places;
  readonly callTo: (member: Member, call: Call) => Call;
  readonly translatorOf: (member: Member) => Translator;
}

/** The next page of each upstream that has one. Throws if no upstream lists its tasks. */
export async function taskList(call: Call, listing: TaskListing): Promise<JsonObject> {
  const { members, wrapper, places } = listing;
  const { caller, params = {} } = call;
  const { cursor: given, ...others } = params;
  const begun = given === undefined ? undefined : openedCursors(listing, caller.key, given);
  const asked = members.filter(({ name }) => begun?.has(name) ?? true);
  if (asked.length === 0 && begun !== undefined) throw notOurs('a cursor');
  const settled = await Promise.allSettled(
    asked.map(async (member) => {
      const cursor = begun?.get(member.name);
      return nextPage(member, call.with(cursor === undefined ? others : { ...others, cursor }), listing);
    }),
  );
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const gone = failures.find(isGone);
  if (gone !== undefined) throw errorOf(gone);
  const cursors = new Map<string, string>();
  const tasks: JsonValue[] = [];
  let first: JsonObject | undefined;
  for (const [i, each] of settled.entries()) {
    if (each.status === 'rejected' || each.value === undefined) continue;
    const { tasks: listed, nextCursor, ...rest } = each.value;
    first ??= { ...rest, ...(rest['_meta'] === undefined ? {} : { _meta: resultMeta(rest['_meta']) }) };
    if (Array.isArray(listed))
      for (const each of listed as readonly JsonValue[]) tasks.push(...readableTask(each, call.era));
    if (typeof nextCursor === 'string' && nextCursor !== '') cursors.set(asked[i]?.name ?? '', nextCursor);
  }
  if (first === undefined && begun === undefined)
    throw failures.length > 0 ? errorOf(failures[0]) : new ProxyError('method-not-found', 'Method not found');
  return {
    ...first,
    tasks,
    ...(cursors.size === 0
      ? {}
      : { nextCursor: wrapper.seal('cursor', ALL, caller.key, writtenCursors(cursors, places)) }),
  };
}

/** A client refuses the whole list for a task that it can't read. */
function readableTask(given: JsonValue, era: Era): readonly JsonValue[] {
  const read =
    era === 'legacy' ? task(given) : isObject(given) && typeof given['taskId'] === 'string' ? given : undefined;
  return read === undefined ? [] : [read];
}

/** No upstream has that name: the cursor belongs to all. */
const ALL = '';

function writtenCursors(cursors: ReadonlyMap<string, string>, places: Places): string {
  return JSON.stringify([...cursors].map(([name, cursor]) => [name, cursor, places.of(name)]));
}

/**
 * The cursors in one that holds those of {@link writtenCursors}; without those of an upstream that is at another address now.
 * Throws `invalid-params`.
 */
function openedCursors({ wrapper, places }: TaskListing, caller: string, given: unknown): ReadonlyMap<string, string> {
  const opened = typeof given === 'string' ? wrapper.open('cursor', caller, given) : undefined;
  const cursors = opened?.upstream === ALL ? parseJson(opened.id) : undefined;
  if (!Array.isArray(cursors)) throw notOurs('a cursor');
  const byName = new Map<string, string>();
  for (const entry of cursors as readonly JsonValue[]) {
    const [name, cursor, place]: readonly (JsonValue | undefined)[] = Array.isArray(entry) ? entry : [];
    if (typeof name === 'string' && typeof cursor === 'string' && place === places.of(name)) byName.set(name, cursor);
  }
  return byName;
}

function isGone(error: unknown): boolean {
  return error instanceof ProxyError && error.code === 'session-not-found';
}

/** Undefined: the upstream doesn't know the method. The log says so if it fails. */
async function nextPage(
  member: Member,
  call: Call,
  { callTo, translatorOf }: TaskListing,
): Promise<JsonObject | undefined> {
  const { era, method } = call;
  try {
    const own = callTo(member, call);
    const page = await inTime(member, own.exchange, method, pageOf(member, own, translatorOf(member)));
    member.health.has('tasks/list', era);
    return page;
  } catch (error) {
    // The client starts again with all of them.
    if (isGone(error)) throw error;
    member.health.lacks('tasks/list', era, error, {
      words: 'a list of tasks lacks an upstream',
      fields: { event: 'upstream-missing' },
    });
    throw error;
  }
}

/** Undefined: the upstream doesn't know the method. */
async function pageOf(member: Member, call: Call, translator: Translator): Promise<JsonObject | undefined> {
  const id = call.id ?? 'null';
  const asked: Asked = {
    method: call.method,
    name: undefined,
    exchange: call.exchange,
    mayAnswer: () => true,
    mayReport: () => false,
  };
  const reply = await member.send(call);
  const { text, message } = await responseOf(member, reply, id);
  if (!isObject(message['result'])) {
    const failure = withoutResult(member.name, call.method, reply.status, message);
    if (failure instanceof AnsweredWithError && failure.error['code'] === METHOD_NOT_FOUND) return undefined;
    throw failure;
  }
  const translated = parseJson((await translator.text(text, asked)) ?? text);
  return isObject(translated) && isObject(translated['result']) ? translated['result'] : undefined;
}
