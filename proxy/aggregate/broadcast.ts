/** Calls that concern every upstream, and those of which only the upstreams know whether they do. */
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { readResponseText } from '../upstream/read.ts';
import { errorOf, failureOf, withoutResponse } from './failures.ts';
import { discard } from './heads.ts';
import { inTime } from './in-time.ts';
import type { Member } from './member.ts';
import { emptyReply, ownReply } from './replies.ts';

const METHOD_NOT_FOUND = -32601;
/** So some servers refuse a method that they don't know. */
const INVALID_REQUEST = -32600;

/** The response to a request, as one upstream gave it. Throws `ProxyError`. */
export async function responseOf(
  { name }: Member,
  reply: Reply,
  id: string,
): Promise<{ readonly text: string; readonly message: JsonObject }> {
  const { body, status, kind } = reply;
  if (status >= 300 && kind !== 'json') {
    discard(reply);
    throw withoutResponse(name, status);
  }
  const head = { contentType: reply.header('content-type'), contentEncoding: reply.header('content-encoding') };
  try {
    return await readResponseText(body, head, id);
  } catch (error) {
    throw status >= 300 ? withoutResponse(name, status) : failureOf(name, error);
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
  const sent = await Promise.allSettled(
    members.map(async (member) => {
      const own = callTo(member);
      const asked = async (): Promise<{ readonly reply: Reply; readonly message: JsonObject | undefined }> => {
        const reply = await member.send(own);
        if (kind === 'request' && id !== undefined)
          return { reply, message: (await responseOf(member, reply, id)).message };
        if (reply.body !== undefined && !Buffer.isBuffer(reply.body)) reply.body.resume();
        return { reply, message: undefined };
      };
      return inTime(member, own.exchange, call.method, asked());
    }),
  );
  for (const [i, each] of sent.entries())
    if (each.status === 'rejected')
      log.warn(`an upstream did not get a ${call.kind} that goes to all`, {
        event: 'broadcast',
        upstream: members[i]?.name,
        error: each.reason,
      });
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
  const status = (done.find(({ reply }) => reply.status < 300) ?? first).reply.status;
  return emptyReply(status, attention);
}

function reasonOf(sent: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  // A client whose session is gone at one upstream has to know it.
  return reasons.find((reason) => reason instanceof ProxyError && reason.code === 'session-not-found') ?? reasons[0];
}

/** Which upstream knows the methods of extensions: the first that knows one answers it, now and later. */
export class Extensions {
  readonly #known = new Cache<Member>({ maxBytes: MAX_EXTENSIONS });

  /** Undefined: nobody asked yet, or no upstream knows the method. */
  of(method: string): Member | undefined {
    return this.#known.get(method);
  }

  async send(members: readonly Member[], call: Call, sendTo: (member: Member) => Promise<Reply>): Promise<Reply> {
    const before = this.#known.get(call.method);
    if (before !== undefined) return sendTo(before);
    let refusal: Reply | undefined;
    const failures: unknown[] = [];
    for (const member of members) {
      try {
        const reply = await sendTo(member);
        const code = errorCodeOf(reply);
        if (code === METHOD_NOT_FOUND || code === INVALID_REQUEST) {
          refusal ??= reply;
          continue;
        }
        // Only an answer shows that it knows the method.
        if (code === undefined && reply.status < 300) this.#known.set(call.method, member);
        return reply;
      } catch (error) {
        failures.push(error);
      }
    }
    // An upstream that is down might know it.
    if (failures.length > 0) throw errorOf(failures[0]);
    if (refusal !== undefined) return refusal;
    throw new ProxyError('method-not-found', 'Method not found');
  }
}

/** Bytes of the methods that are remembered. */
const MAX_EXTENSIONS = 64 * 1024;

/** The code of a JSON reply that is an error; JSON replies are in memory already. */
function errorCodeOf({ body }: Reply): number | undefined {
  if (!Buffer.isBuffer(body) || body.length > 64 * 1024) return undefined;
  try {
    const message: unknown = JSON.parse(body.toString());
    const error = isObject(message) ? message['error'] : undefined;
    return isObject(error) && typeof error['code'] === 'number' ? error['code'] : undefined;
  } catch {
    return undefined;
  }
}
