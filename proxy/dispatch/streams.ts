/**
 * Finds the call of a message that arrives on another stream than its call's: a response fetched by GET after the
 * connection was cut, a client's answer to a request that the upstream made during a call, or a task's result.
 *
 * Kept in memory, bounded, per session. If a control transforms replies, a reply whose call is unknown here is refused:
 * otherwise a client could call, drop the connection, and collect the result untransformed.
 */
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { weightOfCall } from '../call/call-weight.ts';
import type { Call } from '../call/call.ts';
import { idKey } from '../call/message.ts';
import type { Treatment } from '../reply/treatment.ts';
import { isListening, isLive, isTreated, KEEP_FINISHED_MS, KEEP_MS, newEntry, type OpenCall } from './open-call.ts';
import { type Asked, type Question, Questions } from './questions.ts';

/** Maximum of calls and event ids remembered, over all sessions. */
const MAX_CALLS = 4096;
const MAX_EVENTS = 16_384;
/** Bytes of calls, and of the ids that lead to them. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_NAMES = 8 * 1024 * 1024;
/** Longest session key, in characters: longer than an upstream's header and a caller's key together. */
const MAX_SESSION = 32 * 1024;
/** Event ids remembered per call: the latest, since a client resumes after the last event that it got. */
const EVENT_IDS = 1024;
/** Characters of an id. Longer ones, which no real server uses, are not remembered. */
const MAX_ID = 1024;
/** The same in a key, with each UTF-16 unit escaped. */
const MAX_KEY = 8 * MAX_ID;

/** The call that began a task. */
export interface Begun {
  readonly call: Call;
  readonly treatment: Treatment;
}

function names<V>(maxEntries: number, onForget?: (key: string, value: V) => void): Cache<V> {
  return new Cache<V>({
    maxBytes: MAX_NAMES,
    maxKey: MAX_KEY,
    maxEntries,
    ...(onForget === undefined ? {} : { onForget }),
  });
}

export class Streams {
  /** A short number for each session key, so that the keys below stay short. */
  readonly #sessions = new Cache<number>({ maxBytes: MAX_NAMES, maxKey: MAX_SESSION, maxEntries: MAX_CALLS });
  /** The calls of all entries below, each counted once, however many names lead to it. Forgetting one removes its treatment. */
  readonly #held = new Cache<OpenCall>({
    maxBytes: MAX_BYTES,
    maxEntries: MAX_CALLS,
    onForget: (_, entry) => (entry.treatment = undefined),
  });
  readonly #calls = names<OpenCall>(MAX_CALLS);
  readonly #byProgress = names<OpenCall>(MAX_CALLS);
  readonly #events = names<OpenCall>(
    MAX_EVENTS,
    (key, { eventIds }) => eventIds.includes(key) && eventIds.splice(eventIds.indexOf(key), 1),
  );
  /** Requests whose response hasn't arrived yet. */
  readonly #underWay = names<OpenCall>(MAX_EVENTS);
  readonly #questions = new Questions();
  /** Calls that began tasks; undefined if two calls claim the same task. */
  readonly #tasks = new Cache<Begun | undefined>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_CALLS,
    weigh: (begun) => (begun === undefined ? 0 : weightOfCall(begun.call)),
  });
  #named = 0;
  /** The number of open GET streams per client. Bounded by the number of connections. */
  readonly #listeners = new Map<string, number>();

  /** A client opened a GET stream. */
  listenerOpened(client: string): void {
    this.#listeners.set(client, this.listeners(client) + 1);
  }

  listenerClosed(client: string): void {
    const left = this.listeners(client) - 1;
    if (left > 0) this.#listeners.set(client, left);
    else this.#listeners.delete(client);
  }

  /** The number of GET streams that a client has open. */
  listeners(client: string): number {
    return this.#listeners.get(client) ?? 0;
  }

  /**
   * A request is about to be sent. Throws `invalid-request` if another one with its id is under way in the session (MCP,
   * basic, requests): upstreams match by id, and would answer one request with the other's response.
   */
  begin(session: string, call: Call): void {
    const { id } = call;
    if (id === undefined) return;
    if (id.length > MAX_ID)
      throw new ProxyError('invalid-request', `expected an id of at most ${MAX_ID} characters, got ${id.length}`);
    const name = this.#nameOf(session);
    const key = `${name}\n${idKey(id)}`;
    if (isLive(this.#underWay.get(key)))
      throw new ProxyError('invalid-request', 'expected an id that no other request under way in this session has');
    this.#underWay.set(key, newEntry());
  }

  /**
   * A request that asks for progress is about to be sent. Reserves its token: notifications with it that come before the
   * response headers must not count as another call's.
   */
  reserveProgress(client: string, token: string): void {
    this.#claim(this.#byProgress, this.#nameOf(client), token, newEntry());
  }

  /** The response headers of such a request arrived, so the treatment of its messages is known. */
  treatProgress(client: string, call: Call, treatment: Treatment): void {
    const entry = this.#progressEntry(client, treatment.progressToken);
    if (entry === undefined) return;
    entry.expiresAt = Date.now() + KEEP_MS;
    this.#hold(entry, call, treatment);
  }

  /** The reply of such a request ended. */
  releaseProgress(client: string, token: string): void {
    const entry = this.#progressEntry(client, token);
    if (entry !== undefined) this.close(entry);
  }

  #progressEntry(client: string, token: string | undefined): OpenCall | undefined {
    const entry = token === undefined ? undefined : this.#live(this.#byProgress, client, token);
    return entry?.isDisputed === true ? undefined : entry;
  }

  /** The response to a request arrived, or won't come. */
  responded(session: string, id: string): void {
    const name = this.#sessions.get(session);
    const entry = name === undefined ? undefined : this.#underWay.take(`${name}\n${idKey(id)}`);
    if (entry !== undefined) this.close(entry);
  }

  /** Remembers a call, so that its reply gets the same treatment on whatever stream it comes. */
  open(session: string, call: Call, treatment: Treatment): OpenCall {
    const { id } = call;
    const name = this.#nameOf(session);
    const key = id === undefined || id.length > MAX_ID ? undefined : idKey(id);
    const begun = key === undefined ? undefined : this.#underWay.get(`${name}\n${key}`);
    const entry = isLive(begun) ? begun : newEntry();
    this.#hold(entry, call, treatment);
    this.#claim(this.#calls, name, key, entry);
    return entry;
  }

  /** Keeps the treatment. A call that is too large or was forgotten has none, and is refused like an unknown one. */
  #hold(entry: OpenCall, call: Call, treatment: Treatment): void {
    entry.treatment = treatment;
    entry.held ??= String(++this.#named);
    if (!this.#held.set(entry.held, entry, weightOfCall(call))) entry.treatment = undefined;
  }

  /** The call's stream delivered an event. */
  event(session: string, entry: OpenCall, id: string): void {
    if (id.length > MAX_ID) return;
    entry.expiresAt = Date.now() + KEEP_MS;
    const name = this.#nameOf(session);
    // Some upstreams repeat one id.
    const known = this.#events.get(`${name}\n${id}`) === entry;
    const key = this.#claim(this.#events, name, id, entry);
    if (key === undefined || known) return;
    // Read it, so that it isn't the next to be forgotten.
    if (entry.held !== undefined) this.#held.get(entry.held);
    entry.eventIds.push(key);
    const oldest = entry.eventIds.length > EVENT_IDS ? entry.eventIds.shift() : undefined;
    if (oldest !== undefined && oldest !== key && this.#events.get(oldest) === entry) this.#events.delete(oldest);
  }

  /** Gives a name to an entry, or to none if another entry has it. Returns the key under which that is kept. */
  #claim(names: Cache<OpenCall>, session: number, name: string | undefined, entry: OpenCall): string | undefined {
    if (name === undefined || name.length > MAX_ID) return undefined;
    const key = `${session}\n${name}`;
    const before = names.get(key);
    const taken = isLive(before) && before !== entry && !(isListening(before) && isListening(entry));
    return names.set(key, taken ? newEntry(true) : entry) ? flat(key) : undefined;
  }

  /** The call's response was delivered. */
  close(entry: OpenCall): void {
    entry.expiresAt = Date.now() + KEEP_FINISHED_MS;
  }

  /** Returns the treatment of the call that a response on another stream answers; undefined if it may be one of two. `id` as by `idKey`. */
  byId(session: string, id: string): Treatment | undefined {
    return this.#live(this.#calls, session, id)?.treatment;
  }

  /**
   * Returns the treatment of the call that asked for progress with this token (as by `tokenKey`); `unclear` if it may be
   * one of two or isn't known yet; undefined if no call here asked.
   */
  byProgress(client: string, token: string): Treatment | 'unclear' | undefined {
    const entry = this.#live(this.#byProgress, client, token);
    return entry === undefined ? undefined : (entry.treatment ?? 'unclear');
  }

  /** Returns the call whose stream had this event; undefined if it may be one of two. */
  byEvent(session: string, id: string): (OpenCall & { readonly treatment: Treatment }) | undefined {
    const entry = this.#live(this.#events, session, id);
    return entry !== undefined && isTreated(entry) ? entry : undefined;
  }

  /** The upstream sent the client a request. */
  asked(session: string, asked: Asked): void {
    this.#questions.asked(this.#nameOf(session), asked);
  }

  /** Returns the upstream's request with this id (JSON text), once. Undefined if it isn't known, or {@link isUnclear}. */
  answered(session: string, id: string): Question | undefined {
    const name = this.#sessions.get(session);
    return name === undefined ? undefined : this.#questions.answered(name, id);
  }

  /** Whether an answer with that id may be to one of several questions. */
  isUnclear(session: string, id: string): boolean {
    const name = this.#sessions.get(session);
    return name !== undefined && this.#questions.isUnclear(name, id);
  }

  /**
   * A call was answered with a task. If two calls get the same task, it belongs to neither: its result would get the
   * wrong call's treatment. The progress token stays valid as long as the task lives (MCP 2025-11-25, tasks).
   */
  taskBegun(client: string, id: string, call: Call, treatment: Treatment): void {
    if (id.length > MAX_ID) return;
    const name = this.#nameOf(client);
    const key = `${name}\n${id}`;
    this.treatProgress(client, call, treatment);
    this.#tasks.set(
      key,
      this.#tasks.has(key) && this.#tasks.get(key)?.treatment !== treatment ? undefined : { call, treatment },
    );
  }

  /** Returns the call that began a task, and its treatment; undefined if it isn't known. */
  ofTask(client: string, id: string): Begun | undefined {
    const name = this.#sessions.get(client);
    return name === undefined ? undefined : this.#tasks.get(`${name}\n${id}`);
  }

  /** The number of remembered entries, for a soak test. */
  get size(): number {
    return (
      this.#sessions.size +
      this.#calls.size +
      this.#byProgress.size +
      this.#questions.size +
      this.#events.size +
      this.#underWay.size +
      this.#tasks.size +
      this.#listeners.size
    );
  }

  #nameOf(session: string): number {
    const known = this.#sessions.get(session);
    const name = known ?? ++this.#named;
    // Set again to mark it as used: the least recently used is forgotten first.
    this.#sessions.set(session, name);
    return name;
  }

  #live(from: Cache<OpenCall>, session: string, key: string): OpenCall | undefined {
    const name = this.#sessions.get(session);
    const entry = name === undefined ? undefined : from.get(`${name}\n${key}`);
    return isLive(entry) ? entry : undefined;
  }
}
