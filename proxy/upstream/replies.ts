/** Makes the client's reply from the upstream's response: headers, sealed session id, and how the body is read. */
import type { Call } from '../call/call.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import { inwardHeaders } from './headers.ts';
import type { Body, Response } from './http/response.ts';
import { isOpenEnded } from './methods.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export class Replies {
  readonly #sessions: Sessions;
  #attention: Attention;
  readonly #reopen: boolean;

  /** @param reopen note answered calls, so that a lost session can be reopened */
  constructor(sessions: Sessions, attention: Attention, reopen: boolean) {
    this.#sessions = sessions;
    this.#attention = attention;
    this.#reopen = reopen;
  }

  attend(attention: Attention): void {
    this.#attention = attention;
  }

  /** @param body its bytes, if they were read */
  of(call: Call, session: Session | undefined, response: Response, body: Body | Buffer = response.body): Reply {
    const status = response.statusCode;
    const raw = response.headers;
    const headers = inwardHeaders(response.rawHeaders, raw.connection);
    if (call.era === 'legacy') {
      const id = this.#sessionHeader(call, session, raw['mcp-session-id'], status);
      if (id !== undefined) headers.push('Mcp-Session-Id', id);
      if (session !== undefined) this.#note(call, session, status);
    }
    const length = Buffer.isBuffer(body)
      ? body.length
      : raw['content-length'] === undefined
        ? -1
        : Number(raw['content-length']);
    const empty = status === 204 || status === 304;
    if (empty) response.drop();
    // A body with a content coding that wasn't asked for can't be inspected, whatever its type.
    const coded =
      this.#attention === 'transforms' &&
      raw['content-encoding'] !== undefined &&
      raw['content-encoding'].toLowerCase() !== 'identity';
    const reply = new Reply(
      status,
      headers,
      empty ? undefined : body,
      coded ? undefined : raw['content-type'],
      length,
      this.#attention,
    );
    reply.openEnded = isOpenEnded(call);
    return reply;
  }

  /** Notes how an answered call changes its session. */
  #note(call: Call, session: Session, status: number): void {
    // If the upstream no longer knows the session (404, or 400 from some servers), it has ended, too.
    if (call.kind === 'end' && (status < 300 || status === 404 || status === 400))
      this.#sessions.endedByClient(session);
    else if (this.#reopen && status < 300) this.#sessions.restorable.answered(session, call);
  }

  /** Returns the session id for the client: never the upstream's own. */
  #sessionHeader(
    call: Call,
    session: Session | undefined,
    received: string | string[] | undefined,
    status: number,
  ): string | undefined {
    const id = typeof received === 'string' ? received : undefined;
    if (call.method !== 'initialize') return id === undefined ? undefined : call.exchange.inbound.sessionId;
    if (status >= 300 || session === undefined) return undefined;
    const params =
      call.message === undefined || call.message.bodyStart < 0
        ? undefined
        : call.message.text.slice(call.message.bodyStart, call.message.bodyEnd);
    return this.#sessions.opened(call.exchange, session, id, params);
  }
}
