/** Remembers a session's state, to restore it when the session is reopened. Only with `reopen: true`. */
import { Cache } from '../base/cache.ts';
import { flat } from '../base/flat.ts';
import type { Call } from '../call/call.ts';
import type { Session } from './session.ts';

export interface Noted {
  /** The level of the last `logging/setLevel`. */
  readonly level: string | undefined;
  /** URIs of the subscribed resources. */
  readonly subscriptions: readonly string[];
}

const NOTHING: Noted = { level: undefined, subscriptions: [] };
/** Maximum length of a client's `initialize` parameters, which are kept as long as its session. */
const MAX_PARAMS = 16 * 1024;
const MAX_SUBSCRIPTIONS = 256;
const MAX_TEXT = 2048;

export class Restorable {
  readonly #noted = new Cache<Noted>({
    maxBytes: 8 * 1024 * 1024,
    weigh: ({ level = '', subscriptions }) =>
      2 * subscriptions.reduce((sum, uri) => sum + uri.length + 16, level.length),
  });

  /** The session was opened. @param params the parameters of its `initialize`, as JSON text */
  opened(session: Session, params: string | undefined): void {
    if (params !== undefined && params.length <= MAX_PARAMS) session.initialize = flat(params);
    else session.partlyKnown = true;
  }

  /** The upstream answered a call that may have changed the session's state. */
  answered(session: Session, call: Call): void {
    if (
      call.method !== 'logging/setLevel' &&
      call.method !== 'resources/subscribe' &&
      call.method !== 'resources/unsubscribe'
    )
      return;
    // A call without these parameters was answered with an error, whatever the status.
    const text = call.params?.[call.method === 'logging/setLevel' ? 'level' : 'uri'];
    if (typeof text !== 'string') return;
    const { level, subscriptions } = this.#noted.get(String(session.serial)) ?? NOTHING;
    const others = subscriptions.filter((uri) => uri !== text);
    if (call.method === 'logging/setLevel') this.#note(session, { level: flat(text), subscriptions });
    else
      this.#note(session, {
        level,
        subscriptions: call.method === 'resources/subscribe' ? [...others, flat(text)] : others,
      });
  }

  /** Returns the state to restore; undefined if it isn't completely known. */
  of(session: Session): Noted | undefined {
    if (session.partlyKnown) return undefined;
    return session.noted ? this.#noted.get(String(session.serial)) : NOTHING;
  }

  forget(session: Session): void {
    this.#noted.delete(String(session.serial));
  }

  #note(session: Session, noted: Noted): void {
    if (session.noted && this.#noted.get(String(session.serial)) === undefined) session.partlyKnown = true;
    session.noted = true;
    const fits =
      noted.subscriptions.length <= MAX_SUBSCRIPTIONS &&
      [noted.level ?? '', ...noted.subscriptions].every(({ length }) => length <= MAX_TEXT);
    if (!fits || !this.#noted.set(String(session.serial), noted)) session.partlyKnown = true;
  }
}
