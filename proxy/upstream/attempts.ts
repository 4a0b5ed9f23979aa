/**
 * Sends a call, and sends it again if that can work: with a session that was opened again, or with the headers that the
 * upstream missed.
 */
import { UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Reply } from '../reply/reply.ts';
import { type Handshaking, reopen } from './handshake.ts';
import type { Response } from './http/response.ts';
import { mayReportLoss, type Verdict, verdictOf } from './lost.ts';
import { isIdempotent } from './methods.ts';
import type { MirroredParams } from './mirrored-params.ts';
import { readAll } from './read.ts';
import { Read } from './refused-credentials.ts';
import { mayMissHeaders, redirected, saysHeaderMismatch } from './remedies.ts';
import type { Replies } from './replies.ts';
import type { Attempt, Sender } from './sender.ts';
import { gone, type Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface AttemptsOptions {
  readonly sender: Sender;
  readonly sessions: Sessions;
  readonly replies: Replies;
  readonly params: MirroredParams;
  readonly handshaking: Handshaking;
  /** The upstream keeps no state in its sessions: a lost one may be opened again unnoticed. */
  readonly reopens: boolean;
}

export class Attempts {
  readonly #sender: Sender;
  readonly #sessions: Sessions;
  readonly #replies: Replies;
  readonly #params: MirroredParams;
  readonly #handshaking: Handshaking;
  readonly #reopens: boolean;

  constructor({ sender, sessions, replies, params, handshaking, reopens }: AttemptsOptions) {
    this.#sender = sender;
    this.#sessions = sessions;
    this.#replies = replies;
    this.#params = params;
    this.#handshaking = handshaking;
    this.#reopens = reopens;
  }

  /** Settles when the response headers arrive. Throws `ProxyError`. */
  async send(call: Call, given: Attempt): Promise<Reply> {
    const { session } = given;
    const attempt = session?.lapsed === true && call.kind !== 'end' ? { ...given, reopened: true } : given;
    if (attempt !== given && session !== undefined) await this.#reopen(call, session);
    else if (session?.reopening !== undefined) await session.reopening;
    if (session?.ended !== undefined) throw gone(session.ended);
    const usedId = session?.id;
    if (session !== undefined) this.#note(session, call.exchange);
    const done =
      session !== undefined && this.#sessions.held.has(session) ? this.#sessions.held.use(session) : undefined;
    let sent: Response | Read;
    try {
      sent = await this.#sender.send(call, attempt);
    } catch (error) {
      done?.();
      throw error;
    }
    const response = sent instanceof Read ? sent.response : sent;
    if (done !== undefined) response.whenClosed(done);
    if (sent instanceof Read) {
      if (usedId !== undefined && session !== undefined && verdictOf(call, response, sent.body) === 'known')
        return this.#lost(call, attempt, session, usedId, 'known');
      return this.#replies.of(call, session, response, sent.body);
    }
    const status = response.statusCode;
    if (status < 200) {
      response.destroy();
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream answered HTTP ${status}, expected a final status (200 or higher)`,
      );
    }
    if (status < 300) return this.#replies.of(call, session, response);
    if (status < 400 && status !== 304) {
      response.drop();
      throw redirected(status);
    }
    if (
      usedId !== undefined && session !== undefined
        ? !mayReportLoss(call, response)
        : !mayMissHeaders(call, attempt, response)
    )
      return this.#replies.of(call, session, response);
    const body = await readAll(response.body);
    if (usedId !== undefined && session !== undefined) {
      const verdict = verdictOf(call, response, body);
      // Only the proxy's own requests have such an id, so a reply in this form doesn't come from a tool.
      if (
        verdict !== 'answer' &&
        (verdict !== 'named' || this.#reopens || call.exchange.channels.received === undefined)
      )
        return this.#lost(call, attempt, session, usedId, verdict);
    } else if (saysHeaderMismatch(body)) {
      const params = await this.#params.again(call);
      if (params.length > 0) return this.send(call, { ...attempt, params, mirrored: true });
    }
    return this.#replies.of(call, session, response, body);
  }

  /** If credentials depend on the caller, a held session is ended later with those that its last request had. */
  #note(session: Session, { inbound: { tokens } }: Exchange): void {
    if (tokens !== undefined && this.#sessions.held.has(session)) session.tokens = tokens.withoutValues();
  }

  /**
   * The upstream no longer knows the session. This is reported, unless the session may be reopened and the call either
   * was not carried out or may be carried out twice.
   */
  async #lost(call: Call, attempt: Attempt, session: Session, usedId: string, verdict: Verdict): Promise<Reply> {
    if (session.ended !== undefined) throw gone(session.ended);
    // A ping opens no session; the next call does.
    if (call.method === 'ping' && this.#reopens)
      throw new UpstreamFailure('upstream-invalid', 'the upstream no longer knows the session');
    const again = this.#reopens && !attempt.reopened && (verdict !== 'lost' || isIdempotent(call));
    // Another call may have found this before and reopened the session.
    if (!again) throw session.id === usedId ? this.#sessions.lost(session) : gone('lost');
    if (session.id === usedId) await this.#reopen(call, session);
    return this.send(call, { ...attempt, reopened: true });
  }

  async #reopen(call: Call, session: Session): Promise<void> {
    const noted = this.#sessions.restorable.of(session);
    if (noted === undefined) throw this.#sessions.lost(session);
    if (session.lapsed && !this.#sessions.held.has(session)) this.#sessions.held.hold(session);
    await reopen(this.#handshaking, call, session, noted);
  }
}
