/** Sends one request to the upstream, with its headers and credentials, and handles a refusal of the credentials. */
import { crypto } from '../base/crypto.ts';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Attention } from '../reply/reply.ts';
import type { Authenticator, Outgoing } from './auth/auth.ts';
import { outwardHeaders } from './headers.ts';
import type { Response } from './http/response.ts';
import { verdictOf, wantsSessionId } from './lost.ts';
import { idleOf, isIdempotent } from './methods.ts';
import { NO_PARAMS } from './mirrored-params.ts';
import { answers, mayRefuseUs, type Read, readRefusal, refusedCaller, refusedUs } from './refused-credentials.ts';
import type { Tried } from './remedies.ts';
import { gone, type Session } from './session.ts';
import type { Carrier } from './transport.ts';

export interface SenderOptions {
  readonly url: URL;
  /** Undefined: no credentials. */
  readonly auth: Authenticator | undefined;
  /** A 403 from this upstream refuses the proxy's credentials, as with AWS's own services. */
  readonly forbiddenIsOurs: boolean;
  readonly attention: Attention;
  readonly carrier: Carrier;
  /** The session header for an AgentCore runtime; undefined for any other upstream. */
  readonly runtimeSessionId: (exchange: Exchange, session: Session | undefined) => string | undefined;
}

/** What a call is sent with. */
export interface Attempt extends Tried {
  readonly session: Session | undefined;
  /** `Mcp-Param-*`: flat list. */
  readonly params: readonly string[];
}

export const FIRST: Attempt = { session: undefined, params: NO_PARAMS, reopened: false, mirrored: false };

export class Sender {
  readonly #options: SenderOptions;
  readonly #carrier: Carrier;
  readonly #host: string;
  readonly #path: string;
  #attention: Attention;

  constructor(options: SenderOptions) {
    const { url, carrier, attention } = options;
    this.#options = options;
    this.#attention = attention;
    this.#carrier = carrier;
    this.#host = url.host;
    this.#path = `${url.pathname}${url.search}`;
  }

  /** Loads what sending takes; connects to nothing. */
  async warm(): Promise<void> {
    // Session ids are sealed with it.
    crypto();
    await this.#carrier.warm?.();
  }

  /** Controls look at replies otherwise from the next call on. */
  attend(attention: Attention): void {
    this.#attention = attention;
  }

  /** Closes all connections, also those in use. */
  close(): void {
    this.#carrier.close();
  }

  /**
   * Sends once with credentials, and a second time if those turn out to be stale. Returns a `Read` for a refusal that
   * answers the call itself. Throws `ProxyError`.
   */
  async send(call: Call, attempt: Attempt, retried = false): Promise<Response | Read> {
    const { auth, forbiddenIsOurs, runtimeSessionId } = this.#options;
    const { exchange } = call;
    const { session } = attempt;
    const text = call.message?.text;
    const bytes = text === undefined ? -1 : Buffer.byteLength(text);
    const method = call.kind === 'stream' ? 'GET' : call.kind === 'end' ? 'DELETE' : 'POST';
    const headers = outwardHeaders(call, {
      host: this.#host,
      bytes,
      sessionId: session?.id,
      version: session?.version,
      runtimeSessionId: runtimeSessionId(exchange, session),
      params: attempt.params,
      identity: this.#attention !== 'ignores',
      resumes: !attempt.reopened,
    });
    const outgoing: Outgoing | undefined = auth && {
      method,
      host: this.#host,
      path: this.#path,
      body: text,
      headers,
      exchange,
    };
    const pending = outgoing && auth?.apply(outgoing);
    if (pending !== undefined) await (auth?.whose === undefined ? pending : pending.catch(ofOneCaller));
    if (exchange.aborted) throw cancelled();
    let response: Response;
    try {
      response = await this.#carrier.send({
        method,
        path: outgoing?.path ?? this.#path,
        headers,
        body: text,
        bytes,
        idleMs: idleOf(call),
        onStart: (abort) => exchange.onAbort(abort),
        idempotent: isIdempotent(call),
      });
    } catch (error) {
      throw exchange.aborted ? cancelled() : error;
    }
    if (auth?.cleaned !== undefined && outgoing !== undefined) response = await auth.cleaned(response, outgoing);
    if (!mayRefuseUs(response, forbiddenIsOurs)) return response;
    const refusal = await readRefusal(response);
    if (answers(refusal, call.kind === 'request' ? call.id : undefined)) return refusal;
    // Some servers report a lost session as if credentials were missing.
    if (session?.id !== undefined && verdictOf(call, response, refusal.body) === 'known') {
      if (call.kind === 'request') return refusal;
      throw gone('lost');
    }
    const wanted = wantsSessionId(response, refusal.body, session?.id !== undefined);
    if (wanted !== undefined) throw wanted;
    if (!retried) {
      // First, since credentials may be bound to the certificate.
      const isCertified = response.statusCode === 401 && (await this.#carrier.refused?.()) === true;
      const renewed = auth?.refused(response.statusCode, response.headers, outgoing, refusal.body);
      const isRenewed =
        (await (auth?.whose === undefined ? renewed : Promise.resolve(renewed).catch(ofOneCaller))) === true;
      if (isCertified || isRenewed) return this.send(call, attempt, true);
    } else auth?.refusedAgain?.();
    throw auth?.whose === undefined ? await refusedUs(refusal, auth !== undefined) : refusedCaller(refusal);
  }
}

/** Why the credentials of one caller could not be got. Those of others may be, so it must not count against the upstream. */
function ofOneCaller(error: unknown): never {
  throw error instanceof UpstreamFailure ? error.ofOneCaller() : error;
}

function cancelled(): ProxyError {
  return new ProxyError('cancelled', 'the client disconnected');
}
