/** Which upstream a client's request went to: a cancellation names the request only by its id. */
import { Cache } from '../base/cache.ts';
import { idKey } from '../call/message.ts';
import type { Member } from './member.ts';

const MAX_REQUESTS = 16_384;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_KEY = 8 * 1024;

export class UnderWay {
  readonly #requests = new Cache<Member>({ maxBytes: MAX_BYTES, maxKey: MAX_KEY, maxEntries: MAX_REQUESTS });

  /** @param id as JSON text */
  begun(session: string | undefined, id: string, member: Member): void {
    if (session !== undefined) this.#requests.set(`${session}\n${idKey(id)}`, member);
  }

  of(session: string | undefined, id: string): Member | undefined {
    return session === undefined ? undefined : this.#requests.get(`${session}\n${idKey(id)}`);
  }
}
