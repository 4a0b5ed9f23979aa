/**
 * Which upstream a client's request went to: a cancellation names the request only by its id, and progress only by its
 * token.
 */
import { Cache } from '../base/cache.ts';
import { idKey } from '../call/message.ts';
import type { Member } from './member.ts';

const MAX_REQUESTS = 16_384;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_KEY = 8 * 1024;

export class UnderWay {
  readonly #requests = new Cache<Member>({ maxBytes: MAX_BYTES, maxKey: MAX_KEY, maxEntries: MAX_REQUESTS });
  readonly #tokens = new Cache<Member>({ maxBytes: MAX_BYTES, maxKey: MAX_KEY, maxEntries: MAX_REQUESTS });

  /**
   * @param id as JSON text
   * @param token of its progress, in the form of `tokenKey`; undefined: it wants to know of none
   */
  begun(session: string | undefined, id: string, token: string | undefined, member: Member): void {
    if (session === undefined) return;
    this.#requests.set(`${session}\n${idKey(id)}`, member);
    if (token !== undefined) this.#tokens.set(`${session}\n${token}`, member);
  }

  /** @param token in the form of `tokenKey` */
  byToken(session: string | undefined, token: string): Member | undefined {
    return session === undefined ? undefined : this.#tokens.get(`${session}\n${token}`);
  }

  of(session: string | undefined, id: string): Member | undefined {
    return session === undefined ? undefined : this.#requests.get(`${session}\n${idKey(id)}`);
  }
}
