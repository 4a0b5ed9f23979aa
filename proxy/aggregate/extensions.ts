/** Calls of which only the upstreams know whether they concern them: methods of extensions. */
import { Cache } from '../base/cache.ts';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { Reply } from '../reply/reply.ts';
import { errorOf } from './failures.ts';
import { WAIT_MS } from './in-time.ts';
import type { Member } from './member.ts';
import { answersAtAll } from './still-works.ts';

const METHOD_NOT_FOUND = -32601;
/** So some servers refuse a method that they don't know. */
const INVALID_REQUEST = -32600;
/** Milliseconds after which an upstream that has not answered is asked whether it still works. */
const PATIENCE_MS = 1_000;
/** Bytes of the methods that are remembered. */
const MAX_EXTENSIONS = 64 * 1024;

/** How a call is sent. */
export interface Sending {
  readonly callTo: (member: Member) => Call;
  readonly send: (member: Member, own: Call) => Promise<Reply>;
}

/** Which upstream knows the methods of extensions: the first that knows one answers it, now and later. */
export class Extensions {
  readonly #known = new Cache<Member>({ maxBytes: MAX_EXTENSIONS });

  /** Undefined: nobody asked yet, or no upstream knows the method. */
  of(method: string): Member | undefined {
    return this.#known.get(method);
  }

  async send(members: readonly Member[], call: Call, { callTo, send }: Sending): Promise<Reply> {
    const before = this.#known.get(call.method);
    if (before !== undefined) return send(before, callTo(before));
    let refusal: Reply | undefined;
    const failures: unknown[] = [];
    for (const member of members) {
      const own = callTo(member);
      try {
        const reply = await whileItWorks(member, own, send(member, own));
        const code = errorCodeOf(reply);
        if (code === METHOD_NOT_FOUND || code === INVALID_REQUEST) {
          refusal ??= reply;
          continue;
        }
        // Only an answer shows that it knows the method.
        if (code === undefined && reply.status < 300) this.#known.set(call.method, member);
        return reply;
      } catch (error) {
        if (call.exchange.aborted) throw error;
        failures.push(error);
      }
    }
    // An upstream that is down might know it; one that answers something else, such as one of the other era, does not.
    const [failure] = failures.filter((error) => !isInvalid(error) || refusal === undefined);
    if (failure !== undefined) throw errorOf(failure);
    if (refusal !== undefined) return refusal;
    throw new ProxyError('method-not-found', 'Method not found');
  }
}

/**
 * The reply to a call, however long it takes: it may be a long one. Rejects if the upstream doesn't answer another
 * question meanwhile, since then it hangs, and others may know the method.
 */
async function whileItWorks(member: Member, { exchange, method }: Call, sent: Promise<Reply>): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      answersAtAll(member, exchange).catch(() => {
        reject(
          new UpstreamFailure(
            'upstream-timeout',
            `the upstream ${member.name} did not answer ${method}, nor whether it still works: expected that within ${WAIT_MS / 1000} s`,
          ),
        );
        exchange.abort();
      });
    }, PATIENCE_MS);
  });
  sent.catch(() => {});
  try {
    return await Promise.race([sent, hangs]);
  } finally {
    clearTimeout(timer);
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof ProxyError && error.code === 'upstream-invalid';
}

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
