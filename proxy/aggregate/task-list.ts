/** `tasks/list`: the tasks of all upstreams, one after the other. A cursor says at which upstream the next page begins. */
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { responseOf } from './broadcast.ts';
import { AnsweredWithError, errorOf, withoutResult } from './failures.ts';
import { inTime } from './in-time.ts';
import type { Member } from './member.ts';
import type { Asked, Translator } from './translate.ts';
import { notOurs, type Wrapper } from './wrapped.ts';

const METHOD_NOT_FOUND = -32601;

export interface TaskListing {
  readonly members: readonly Member[];
  readonly wrapper: Wrapper;
  readonly callTo: (member: Member, call: Call) => Call;
  readonly translatorOf: (member: Member) => Translator;
}

/** The result, up to the first upstream that has a further page. Throws if no upstream lists its tasks. */
export async function taskList(
  call: Call,
  { members, wrapper, callTo, translatorOf }: TaskListing,
): Promise<JsonObject> {
  const { caller, params = {} } = call;
  const { cursor: given, ...others } = params;
  const begun = typeof given === 'string' ? wrapper.open('cursor', caller.key, given) : undefined;
  const start = begun === undefined ? 0 : members.findIndex(({ name }) => name === begun.upstream);
  if ((given !== undefined && begun === undefined) || start < 0) throw notOurs('a cursor');
  const tasks: JsonValue[] = [];
  const failures: unknown[] = [];
  let first: JsonObject | undefined;
  for (const [i, member] of members.slice(start).entries()) {
    const own = callTo(member, call.with(i === 0 && begun !== undefined ? { ...others, cursor: begun.id } : others));
    try {
      const page = await inTime(member, own.exchange, call.method, pageOf(member, own, translatorOf(member)));
      member.health.has('tasks/list', call.era);
      if (page === undefined) continue;
      first ??= page;
      tasks.push(...(Array.isArray(page['tasks']) ? (page['tasks'] as readonly JsonValue[]) : []));
      const next = page['nextCursor'];
      if (typeof next === 'string' && next !== '')
        return { ...first, tasks, nextCursor: wrapper.seal('cursor', member.name, caller.key, next) };
    } catch (error) {
      if (error instanceof ProxyError && error.code === 'session-not-found') throw error;
      member.health.lacks('tasks/list', call.era, error, {
        words: 'a list of tasks lacks an upstream',
        fields: { event: 'upstream-missing' },
      });
      failures.push(error);
    }
  }
  if (first === undefined && begun === undefined)
    throw failures.length > 0 ? errorOf(failures[0]) : new ProxyError('method-not-found', 'Method not found');
  return { ...first, tasks };
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
