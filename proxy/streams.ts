/**
 * Which call a message belongs to when it arrives on another stream than its call's: a response picked up by GET after
 * the connection was cut, or a client's answer to something the upstream asked in the middle of a call.
 *
 * Kept in memory, bounded, per session. What isn't found here is unknown, and unknown replies are refused wherever a
 * control transforms replies: call, drop the connection, collect the untransformed result is the classic way around.
 */
import type { Call } from './call.ts';
import { idKey } from './message.ts';
import type { MapMessage } from './reply.ts';

/** Calls and questions remembered, over all sessions. */
const MAX_ENTRIES = 4096;
/** How long a finished call's reply may still be asked for, and an unfinished one's at most. */
const KEEP_FINISHED_MS = 5 * 60_000;
const KEEP_MS = 60 * 60_000;
/** Event ids remembered per call: the last ones, which are those a client resumes after. */
const EVENT_IDS = 64;

export interface OpenCall {
  readonly call: Call;
  readonly transforms: readonly MapMessage[];
  readonly eventIds: string[];
  expiresAt: number;
}

export class Streams {
  readonly #calls = new Map<string, OpenCall>();
  readonly #questions = new Map<string, { readonly call: Call; readonly method: string }>();
  readonly #events = new Map<string, OpenCall>();

  /** Remembers a call, so that its reply gets the same treatment on whatever stream it comes. */
  open(session: string, call: Call, transforms: readonly MapMessage[]): OpenCall {
    const entry: OpenCall = { call, transforms, eventIds: [], expiresAt: Date.now() + KEEP_MS };
    if (call.id !== undefined) remember(this.#calls, `${session}\n${idKey(call.id)}`, entry);
    return entry;
  }

  /** An event of that call's stream has gone by. */
  event(session: string, entry: OpenCall, id: string): void {
    remember(this.#events, `${session}\n${id}`, entry);
    entry.eventIds.push(id);
    const oldest = entry.eventIds.length > EVENT_IDS ? entry.eventIds.shift() : undefined;
    if (oldest !== undefined) this.#events.delete(`${session}\n${oldest}`);
  }

  /** The call's reply has left completely. */
  close(entry: OpenCall): void {
    entry.expiresAt = Date.now() + KEEP_FINISHED_MS;
  }

  /** The call that a response on another stream answers. `id` as by `idKey`. */
  byId(session: string, id: string): OpenCall | undefined {
    return live(this.#calls.get(`${session}\n${id}`));
  }

  /** The call in whose stream that event stood. */
  byEvent(session: string, id: string): OpenCall | undefined {
    return live(this.#events.get(`${session}\n${id}`));
  }

  /** The upstream asked the client something during `call`. */
  asked(session: string, id: string, method: string, call: Call): void {
    remember(this.#questions, `${session}\n${idKey(id)}`, { call, method });
  }

  /** What the upstream had asked under that id; a question is answered once. */
  answered(session: string, id: string): { readonly call: Call; readonly method: string } | undefined {
    const key = `${session}\n${idKey(id)}`;
    const question = this.#questions.get(key);
    this.#questions.delete(key);
    return question;
  }

  /** How many things are remembered, for a soak test. */
  get size(): number {
    return this.#calls.size + this.#questions.size + this.#events.size;
  }
}

function live(entry: OpenCall | undefined): OpenCall | undefined {
  return entry !== undefined && entry.expiresAt > Date.now() ? entry : undefined;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_ENTRIES) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
