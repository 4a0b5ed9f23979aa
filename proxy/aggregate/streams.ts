/** Streams on which all upstreams may speak: a legacy GET, and `subscriptions/listen`. */
import { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { type Message, readMessage } from '../call/message.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { readEvent } from '../reply/events.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import { scanWhole } from '../reply/transform.ts';
import { errorOf } from './broadcast.ts';
import type { Client, MergedCatalogue } from './catalogue.ts';
import type { Member } from './member.ts';
import { mergedStream, type Source } from './merge.ts';
import { emptyReply, translatedEvents } from './replies.ts';
import type { Translator } from './translate.ts';

export interface StreamContext {
  readonly call: Call;
  readonly members: readonly Member[];
  readonly attention: Attention;
  readonly limit: number;
  readonly translatorOf: (member: Member) => Translator;
  readonly client: Client;
}

/** Milliseconds until a stream goes on without an upstream that has not acknowledged it. */
const ACKNOWLEDGE_MS = 10_000;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** An event id that says where each upstream's stream stands. @param positions upstream and its own event id */
export function resumedAt(positions: Iterable<readonly [upstream: string, id: string]>): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(positions))).toString('base64url');
}

/** What {@link resumedAt} made; undefined: something else. */
export function positionsOf(id: string): ReadonlyMap<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(id, 'base64url').toString());
    if (!isObject(value)) return undefined;
    return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return undefined;
  }
}

/** A legacy GET: one that resumes a call's stream goes to its upstream alone, any other to all. */
export async function streamed(
  context: StreamContext,
  callTo: (member: Member, lastEventId: string | undefined) => Call,
): Promise<Reply> {
  const { call, members, attention, limit, translatorOf } = context;
  const after = call.exchange.inbound.lastEventId;
  const before = after === undefined ? undefined : positionsOf(after);
  if (after !== undefined && before === undefined)
    throw new ProxyError('invalid-request', 'expected a Last-Event-ID that this proxy gave, got another one');
  const isOneCall = before?.size === 1;
  const asked = isOneCall ? members.filter(({ name }) => before.has(name)) : members;
  const replies = await Promise.allSettled(
    asked.map((member) => member.send(callTo(member, before?.get(member.name)))),
  );
  const positions = new Map(before);
  const sources: Source[] = [];
  const names: string[] = [];
  let refused: Reply | undefined;
  for (const [i, reply] of replies.entries()) {
    const member = asked[i];
    if (member === undefined) continue;
    if (reply.status === 'rejected') {
      if (reply.reason instanceof ProxyError && reply.reason.code === 'session-not-found') throw reply.reason;
      log.warn('a stream lacks an upstream', { event: 'stream', upstream: member.name, error: reply.reason });
      continue;
    }
    const { value } = reply;
    if (value.kind !== 'events' || value.body === undefined) {
      refused ??= value;
      if (value.body !== undefined && !Buffer.isBuffer(value.body)) value.body.resume();
      continue;
    }
    const source = readable(value.body);
    names.push(member.name);
    sources.push({
      events: translatedEvents(source, {
        translator: translatorOf(member),
        asked: { method: 'GET', name: undefined, exchange: call.exchange },
        limit,
        sessionId: undefined,
        eventId: (id) => {
          positions.set(member.name, id);
          return resumedAt(isOneCall ? [[member.name, id]] : positions);
        },
      }),
      stop: () => source.destroy(),
    });
  }
  if (sources.length === 0) {
    if (refused !== undefined) return emptyReply(refused.status, attention);
    const [failed] = replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.reason as unknown] : []));
    throw errorOf(failed);
  }
  return eventsReply(mergedStream(sources, lost(names, call)), call, attention);
}

/** `subscriptions/listen`: one stream, one acknowledgement, the subscriptions of each upstream under its own URIs. */
export async function listening(
  context: StreamContext,
  callTo: (member: Member, message: Message) => Call,
  catalogue: MergedCatalogue,
): Promise<Reply> {
  const { call, members, attention, limit, translatorOf } = context;
  const messages = await filtersOf(context, catalogue);
  const concerned = members.filter((member) => messages.has(member));
  const replies = await Promise.allSettled(
    concerned.map((member) =>
      member.send(callTo(member, messages.get(member) ?? readMessage(call.message?.text ?? ''))),
    ),
  );
  const sources: Source[] = [];
  const names: string[] = [];
  let refused: Reply | undefined;
  for (const [i, reply] of replies.entries()) {
    const member = concerned[i];
    if (member === undefined) continue;
    if (reply.status === 'rejected') {
      log.warn('a stream lacks an upstream', { event: 'stream', upstream: member.name, error: reply.reason });
      continue;
    }
    const { value } = reply;
    if (value.kind !== 'events' || value.body === undefined) {
      if (refused === undefined) refused = value;
      else if (value.body !== undefined && !Buffer.isBuffer(value.body)) value.body.resume();
      continue;
    }
    const source = readable(value.body);
    names.push(member.name);
    sources.push({
      events: translatedEvents(source, {
        translator: translatorOf(member),
        asked: { method: call.method, name: undefined, exchange: call.exchange },
        limit,
        sessionId: undefined,
        eventId: (id) => id,
      }),
      stop: () => source.destroy(),
    });
  }
  if (sources.length === 0) {
    if (refused !== undefined) return refused;
    const [failed] = replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.reason as unknown] : []));
    throw failed === undefined ? new ProxyError('method-not-found', 'Method not found') : errorOf(failed);
  }
  if (refused?.body !== undefined && !Buffer.isBuffer(refused.body)) refused.body.resume();
  const events = await withOneAcknowledgement(sources);
  return eventsReply(mergedStream(events, lost(names, call)), call, attention);
}

/** Each upstream's request: without resources of others. An upstream that nothing is left for is not asked. */
async function filtersOf(
  { call, members, client }: StreamContext,
  catalogue: MergedCatalogue,
): Promise<Map<Member, Message>> {
  const { message, params } = call;
  const filter = isObject(params) ? params['notifications'] : undefined;
  const uris: unknown = isObject(filter) ? filter['resourceSubscriptions'] : undefined;
  const messages = new Map<Member, Message>();
  if (message === undefined) return messages;
  if (!isObject(params) || !isObject(filter) || !Array.isArray(uris)) {
    for (const member of members) messages.set(member, message);
    return messages;
  }
  const routes = await Promise.all(
    (uris as readonly JsonValue[]).map((uri) =>
      typeof uri === 'string' ? catalogue.byUri(uri, client) : Promise.resolve(undefined),
    ),
  );
  const { resourceSubscriptions: _, ...others } = filter;
  for (const member of members) {
    const own = routes.flatMap((route) => (route?.member === member ? [route.name] : []));
    const notifications: JsonObject = own.length === 0 ? others : { ...others, resourceSubscriptions: own };
    if (Object.keys(notifications).length === 0) continue;
    const changed = call.with({ ...params, notifications }).message;
    if (changed !== undefined) messages.set(member, changed);
  }
  return messages;
}

/** The sources without their acknowledgements, and before them one that grants what any of them granted. */
async function withOneAcknowledgement(sources: readonly Source[]): Promise<readonly Source[]> {
  const begun = await Promise.all(
    sources.map(async ({ events, stop }) => {
      const iterator = events[Symbol.asyncIterator]();
      const next = iterator.next();
      const first = await Promise.race([next.catch(() => undefined), afterwards()]);
      const event = first === undefined || first.done === true ? undefined : first.value;
      return { iterator, next, stop, event, isAcknowledged: event !== undefined && isAcknowledgement(event) };
    }),
  );
  const acknowledged = begun.flatMap(({ event, isAcknowledged }) =>
    event !== undefined && isAcknowledged ? [event] : [],
  );
  const merged = mergedAcknowledgement(acknowledged);
  return [
    { events: Readable.from(merged === undefined ? [] : [merged]) as AsyncIterable<Buffer>, stop: () => {} },
    ...begun.map(({ iterator, next, stop, isAcknowledged }) => ({
      events: rest(iterator, isAcknowledged ? undefined : next),
      stop,
    })),
  ];
}

async function* rest(
  iterator: AsyncIterator<Buffer>,
  pending: Promise<IteratorResult<Buffer>> | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  for (let next = pending ?? iterator.next(); ; next = iterator.next()) {
    const { done, value } = await next;
    if (done === true) return;
    // One that comes late was granted to nobody.
    if (isAcknowledgement(value)) continue;
    yield value;
  }
}

function isAcknowledgement(event: Buffer): boolean {
  const { data } = readEvent(event);
  return data !== undefined && data.includes(ACKNOWLEDGED) && scanWhole(data).method === ACKNOWLEDGED;
}

function mergedAcknowledgement(events: readonly Buffer[]): Buffer | undefined {
  const texts = events.flatMap((event) => readEvent(event).data ?? []);
  const [first] = texts;
  if (first === undefined) return undefined;
  const json = JsonText.parse(first);
  const granted: Record<string, JsonValue> = {};
  for (const text of texts) {
    const { value } = JsonText.parse(text);
    const params = isObject(value) ? value['params'] : undefined;
    const filter = isObject(params) ? params['notifications'] : undefined;
    for (const [key, each] of Object.entries(isObject(filter) ? filter : {})) {
      if (each === undefined) continue;
      const before: unknown = granted[key];
      granted[key] =
        Array.isArray(before) && Array.isArray(each)
          ? ([...before, ...each] as JsonValue)
          : granted[key] === true
            ? true
            : each;
    }
  }
  const { value } = json;
  if (!isObject(value) || !isObject(value['params'])) return events[0];
  const text = json.edit({ ...value, params: { ...value['params'], notifications: granted } });
  return Buffer.from(`event: message\ndata: ${text}\n\n`);
}

function afterwards(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ACKNOWLEDGE_MS).unref());
}

function readable(body: Readable | Buffer): Readable {
  return Buffer.isBuffer(body) ? Readable.from([body]) : body;
}

function lost(names: readonly string[], { exchange }: Call): (index: number, error: unknown) => void {
  return (index, error) => {
    // With its client, all of it ends.
    if (!exchange.aborted)
      log.warn("an upstream's part of a stream broke off", { event: 'stream', upstream: names[index], error });
  };
}

function eventsReply(stream: Readable, call: Call, attention: Attention): Reply {
  const headers = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform'];
  const reply = new Reply(200, headers, stream, 'text/event-stream', -1, attention);
  reply.openEnded = call.kind === 'stream' || call.era === 'modern';
  return reply;
}
