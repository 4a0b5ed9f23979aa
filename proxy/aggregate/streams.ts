/** Streams on which all upstreams may speak: a legacy GET, and `subscriptions/listen`. */
import { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { idKey, type Message, readMessage } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { readEvent } from '../reply/events.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import { scanWhole } from '../reply/treatment.ts';
import { withOneAcknowledgement } from './acknowledgement.ts';
import { errorOf } from './failures.ts';
import { discard, discardAll, type Head, joining, settledSoon } from './heads.ts';
import type { Member } from './member.ts';
import { mergedStream, type Source } from './merge.ts';
import { ofRequest, Positions, resumedAt } from './positions.ts';
import { emptyReply, translatedEvents, translatedReply, type Translation } from './replies.ts';
import type { Route } from './routes.ts';
import type { Translator } from './translate.ts';

export interface StreamContext {
  readonly call: Call;
  readonly members: readonly Member[];
  readonly attention: Attention;
  readonly limit: number;
  readonly translatorOf: (member: Member) => Translator;
  /** Whether a request of the client, by its id as JSON text, went to this upstream. */
  readonly wentTo: (member: Member, id: string) => boolean;
  /** Whether progress with this token is that of a request which went to this upstream. */
  readonly reportsTo: (member: Member, token: string) => boolean;
  /** Whether the proxy ends, and cuts its connections. */
  readonly isClosing: () => boolean;
}

/** A legacy GET: one that resumes a call's stream goes to its upstream alone, any other to all. */
export async function streamed(
  context: StreamContext,
  callTo: (member: Member, lastEventId: string | undefined) => Call,
): Promise<Reply> {
  const { call, members, attention, limit, translatorOf, wentTo, reportsTo } = context;
  const after = call.exchange.inbound.lastEventId;
  const before = after === undefined ? undefined : resumedAt(after);
  const { request, token } = before ?? {};
  const asked = request === undefined ? members : members.filter(({ name }) => before?.positions.has(name));
  if ((after !== undefined && before === undefined) || asked.length === 0)
    throw new ProxyError('invalid-request', 'expected a Last-Event-ID that this proxy gave, got another one');
  const positions = new Positions(before?.positions, members.length);
  const begun = await begin(
    call,
    asked.map((member) => ({ member, sent: callTo(member, before?.positions.get(member.name)) })),
    (member) => ({
      translator: translatorOf(member),
      asked: {
        method: 'GET',
        name: undefined,
        exchange: call.exchange,
        mayAnswer: (id) => wentTo(member, id) || (request !== undefined && idKey(id) === idKey(request)),
        mayReport: (reported) => reportsTo(member, reported) || reported === token,
      },
      limit,
      sessionId: undefined,
      isMerged: true,
      eventId: (id) =>
        request === undefined ? positions.at(member.name, id) : ofRequest(member.name, id, request, token),
    }),
  );
  if (begun instanceof Refused) return emptyReply(begun.reply.status, attention);
  return eventsReply(mergedStream(begun, lost(context)), call, attention);
}

/** `subscriptions/listen`: one stream, one acknowledgement, the subscriptions of each upstream under its own URIs. */
export async function listening(
  context: StreamContext,
  callTo: (member: Member, message: Message) => Call,
  routeTo: (uri: string) => Route | Promise<Route>,
): Promise<Reply> {
  const { call, members, attention, limit, translatorOf } = context;
  const forms = new Map<Member, Map<string, string>>();
  const messages = await filtersOf(context, routeTo, forms);
  const concerned = members.filter((member) => messages.has(member));
  if (concerned.length === 0) throw new ProxyError('method-not-found', 'Method not found');
  const translation = (member: Member): Translation => ({
    translator: translatorOf(member),
    asked: {
      method: call.method,
      name: undefined,
      exchange: call.exchange,
      mayAnswer: (id) => call.id !== undefined && idKey(id) === idKey(call.id),
      mayReport: (token) => token === call.message?.progressToken,
      forms: forms.get(member),
    },
    limit,
    isRequest: true,
    sessionId: undefined,
    isMerged: true,
    eventId: (id) => id,
  });
  const begun = await begin(
    call,
    concerned.map((member) => ({
      member,
      sent: callTo(member, messages.get(member) ?? readMessage(call.message?.text ?? '')),
    })),
    translation,
  );
  if (begun instanceof Refused) return translatedReply(begun.reply, attention, translation(begun.member));
  // An upstream that grants nothing ends its part at once: the client's stream goes on with the others.
  const stream = mergedStream(await withOneAcknowledgement(begun), lost(context), isResponse);
  return eventsReply(stream, call, attention);
}

/** No upstream streams, and this one says why. */
class Refused {
  readonly member: Member;
  readonly reply: Reply;

  constructor(member: Member, reply: Reply) {
    this.member = member;
    this.reply = reply;
  }
}

interface Sent {
  readonly member: Member;
  readonly sent: Call;
}

/** The streams of all that stream, or will. Throws if none does and none says why, or if the client's session is gone. */
async function begin(
  call: Call,
  sent: readonly Sent[],
  translation: (member: Member) => Translation,
): Promise<readonly Source[] | Refused> {
  const heads = sent.map(({ member, sent: own }): Head & { readonly member: Member } => ({
    member,
    name: member.name,
    // What it throws at once concerns this upstream alone.
    reply: Promise.resolve().then(() => member.send(own)),
    abort: () => own.exchange.abort(),
  }));
  const settled = await settledSoon(heads);
  const failures = settled.flatMap((each) => (each?.status === 'rejected' ? [each.reason as unknown] : []));
  const gone = failures.find((reason) => reason instanceof ProxyError && reason.code === 'session-not-found');
  if (gone !== undefined) {
    discardAll(heads);
    throw errorOf(gone);
  }
  const sources: Source[] = [];
  let refused: Refused | undefined;
  for (const [i, head] of heads.entries()) {
    const { member, name } = head;
    const result = settled[i];
    const sourceOf = (reply: Reply): Source | undefined => streamOf(name, reply, translation(member));
    if (result === undefined) {
      sources.push(joining(head, sourceOf));
    } else if (result.status === 'rejected') {
      // With its client, all of it ends.
      if (call.exchange.aborted) continue;
      member.health.lacks('stream', call.era, result.reason, {
        words: 'a stream lacks an upstream',
        fields: { event: 'stream' },
      });
    } else {
      const source = sourceOf(result.value);
      member.health.has('stream', call.era);
      if (source !== undefined) sources.push(source);
      else if (refused === undefined) refused = new Refused(member, result.value);
      else discard(result.value);
    }
  }
  if (sources.length === 0) {
    if (refused !== undefined) return refused;
    // What was done to a client that is gone interests nobody; else the first failure says what to do.
    throw call.exchange.aborted ? new ProxyError('cancelled', 'the client disconnected') : errorOf(failures[0]);
  }
  if (refused !== undefined) discard(refused.reply);
  return sources;
}

function streamOf(name: string, { kind, body }: Reply, translation: Translation): Source | undefined {
  if (kind !== 'events' || body === undefined) return undefined;
  const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
  return { name, events: translatedEvents(source, translation), stop: () => source.destroy() };
}

/**
 * Each upstream's request: without resources of others. An upstream that nothing is left for is not asked.
 * @param forms gets the client's forms of the URIs
 */
async function filtersOf(
  { call, members }: StreamContext,
  routeTo: (uri: string) => Route | Promise<Route>,
  forms: Map<Member, Map<string, string>>,
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
    (uris as readonly JsonValue[]).map(async (uri) => {
      if (typeof uri !== 'string') return undefined;
      const route = await routeTo(uri);
      forms.set(route.member, (forms.get(route.member) ?? new Map<string, string>()).set(route.name, uri));
      return route;
    }),
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

function lost({ call, members, isClosing }: StreamContext): (upstream: string, error: unknown) => void {
  return (upstream, error) => {
    // With its client, all of it ends.
    if (call.exchange.aborted || isClosing()) return;
    members
      .find(({ name }) => name === upstream)
      ?.health.lacks('stream', call.era, error, {
        words: "an upstream's part of a stream broke off",
        fields: { event: 'stream' },
      });
  };
}

function eventsReply(stream: Readable, call: Call, attention: Attention): Reply {
  const headers = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform'];
  const reply = new Reply(200, headers, stream, 'text/event-stream', -1, attention);
  reply.openEnded = call.kind === 'stream' || call.era === 'modern';
  return reply;
}

function isResponse(event: Buffer): boolean {
  const { data } = readEvent(event);
  if (data === undefined) return false;
  const { method, hasResult, hasError } = scanWhole(data);
  return method === undefined && (hasResult || hasError);
}
