/** Calls that concern every upstream. */
import { ProxyError } from '../base/errors.ts';
import type { Call, CallKind } from '../call/call.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { readResponseText } from '../upstream/read.ts';
import { errorOf, failureOf, withoutResponse } from './failures.ts';
import { discard } from './heads.ts';
import { inTime } from './in-time.ts';
import type { Member } from './member.ts';
import { emptyReply, ownReply } from './replies.ts';

/** The response to a request, as one upstream gave it. Throws `ProxyError`. */
export async function responseOf(
  { name }: Member,
  reply: Reply,
  id: string,
): Promise<{ readonly text: string; readonly message: JsonObject }> {
  const { body, status, kind } = reply;
  if (status >= 300 && kind !== 'json') {
    discard(reply);
    throw withoutResponse(name, reply);
  }
  const head = { contentType: reply.header('content-type'), contentEncoding: reply.header('content-encoding') };
  try {
    return await readResponseText(body, head, id);
  } catch (error) {
    throw status >= 300 ? withoutResponse(name, reply) : failureOf(name, error);
  }
}

/** Sends a call to all upstreams. It succeeds if one of them takes it. */
export async function broadcast(
  members: readonly Member[],
  call: Call,
  callTo: (member: Member) => Call,
  attention: Attention,
): Promise<Reply> {
  const { id, kind } = call;
  const sending = members.map(async (member): Promise<Taken> => {
    const own = callTo(member);
    const asked = async (): Promise<Taken> => {
      const reply = await member.send(own);
      if (kind === 'request' && id !== undefined)
        return { status: reply.status, message: (await responseOf(member, reply, id)).message };
      discard(reply);
      return { status: reply.status, message: undefined };
    };
    return inTime(member, own.exchange, call.method, asked());
  });
  const settled = Promise.allSettled(sending).then((sent) => {
    report(members, call, sent);
    return sent;
  });
  if (kind === 'notification') {
    // The first upstream that takes it is enough for the client: it does not wait for one that hangs.
    const taken = await Promise.any(sending.map(taking)).catch(() => undefined);
    if (taken !== undefined) return emptyReply(taken.status, attention);
  }
  const sent = await settled;
  const done = sent.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [first] = done;
  // Nobody has a session yet that it could concern.
  if (sent.length === 0) return emptyReply(kind === 'notification' ? 202 : 200, attention);
  if (first === undefined) throw errorOf(reasonOf(sent));
  if (kind === 'request') {
    const good = done.find(({ message }) => message?.['result'] !== undefined);
    const { message } = good ?? first;
    return ownReply(JSON.stringify(message), attention);
  }
  return emptyReply((done.find(({ status }) => status < 300) ?? first).status, attention);
}

interface Taken {
  readonly status: number;
  readonly message: JsonObject | undefined;
}

async function taking(sending: Promise<Taken>): Promise<Taken> {
  const taken = await sending;
  if (taken.status >= 300) throw new TypeError('it was not taken');
  return taken;
}

const WHAT: Readonly<Record<CallKind, string>> = {
  request: 'a request',
  response: 'an answer',
  notification: 'a notification',
  stream: 'a stream',
  end: 'a DELETE',
};

function report(members: readonly Member[], { kind, era }: Call, sent: readonly PromiseSettledResult<Taken>[]): void {
  const line = { words: `an upstream did not get ${WHAT[kind]} that goes to all`, fields: { event: 'broadcast' } };
  for (const [i, each] of sent.entries()) {
    const health = members[i]?.health;
    if (each.status === 'rejected') health?.lacks('broadcast', era, each.reason, line);
    else health?.has('broadcast', era);
  }
}

function reasonOf(sent: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  // A client whose session is gone at one upstream has to know it.
  return reasons.find((reason) => reason instanceof ProxyError && reason.code === 'session-not-found') ?? reasons[0];
}
