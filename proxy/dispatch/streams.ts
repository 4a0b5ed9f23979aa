/**
 * Which call a message belongs to when it arrives on another stream than its call's: a response picked up by GET after
 * the connection was cut, a client's answer to something the upstream asked in the middle of a call, or what a task
 * brought.
 *
 * Kept in memory, bounded, per session. What isn't found here is unknown, and unknown replies are refused wherever a
 * control transforms replies: call, drop the connection, collect the untransformed result is the classic way around.
 */
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { weightOfCall } from '../call/call-weight.ts';
import type { Call } from '../call/call.ts';
import { idKey } from '../call/message.ts';
import type { Treatment } from '../reply/transform.ts';
import { type Asked, type Question, Questions } from './questions.ts';

/** Calls, questions and event ids remembered, over all sessions; and the text that the calls among them hold. */
const MAX_CALLS = 4096;
const MAX_EVENTS = 16_384;
/** Bytes: of calls, and of what they are known by. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_NAMES = 8 * 1024 * 1024;
/** Characters of what tells sessions apart: more than an upstream's header and a caller's key can have. */
const MAX_SESSION = 32 * 1024;
/** How long a finished call's reply may still be asked for, and an unfinished one's after its last sign of life. */
const KEEP_FINISHED_MS = 5 * 60_000;
const KEEP_MS = 60 * 60_000;
/** Event ids remembered per call: the last ones, since a client resumes after the last that it got. */
const EVENT_IDS = 1024;
/** An id longer than any real one is not remembered. */
const MAX_ID = 1024;
/** The same as a part of a key, where each half of a character is written out. */
const MAX_KEY = 8 * MAX_ID;

/** A call whose reply may come, or come again, on another stream. */
export interface OpenCall {
  /** Undefined while its reply has no head, and where it is disputed. */
  treatment: Treatment | undefined;
  readonly eventIds: string[];
  expiresAt: number;
  /** By what it is held; undefined: it holds next to nothing. */
  held: string | undefined;
  /** Several calls claim the name that this stands for: it is none's. */
  readonly isDisputed: boolean;
}

/** What began a task. */
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
  /** Sessions by what tells them apart, with a short name: keys of what follows would else repeat a long one. */
  readonly #sessions = new Cache<number>({ maxBytes: MAX_NAMES, maxKey: MAX_SESSION, maxEntries: MAX_CALLS });
  /**
   * What all of the calls below hold on to, each once, however many names lead to it. One that is forgotten here has no
   * treatment any more.
   */
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
  /** Requests whose response hasn't passed yet. */
  readonly #underWay = names<OpenCall>(MAX_EVENTS);
  readonly #questions = new Questions();
  /** Calls that began tasks; undefined where two calls claim the same. */
  readonly #tasks = new Cache<Begun | undefined>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_CALLS,
    weigh: (begun) => (begun === undefined ? 0 : weightOfCall(begun.call)),
  });
  #named = 0;
  /** GET streams that are open, by their client: as many as there are connections for them. */
  readonly #listeners = new Map<string, number>();

  /** A GET stream of a client's was opened. */
  listens(client: string): void {
    this.#listeners.set(client, this.listeners(client) + 1);
  }

  leaves(client: string): void {
    const left = this.listeners(client) - 1;
    if (left > 0) this.#listeners.set(client, left);
    else this.#listeners.delete(client);
  }

  /** How many GET streams a client has open. */
  listeners(client: string): number {
    return this.#listeners.get(client) ?? 0;
  }

  /**
   * A request is about to leave. Throws `invalid-request` while another one of its id is under way in the session (MCP,
   * basic, requests): upstreams go by the id, and would answer the one request with the other's response.
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
   * A request that asks for progress is about to leave. From here on its token is taken: what the upstream says under
   * it before the reply has a head must not pass for another call's.
   */
  tell(client: string, token: string): void {
    this.#claim(this.#byProgress, this.#nameOf(client), token, newEntry());
  }

  /** The reply to such a request has a head, so that it is known what is to happen to its messages. */
  told(client: string, call: Call, treatment: Treatment): void {
    const entry = this.#toldUnder(client, treatment.progressToken);
    if (entry === undefined) return;
    entry.expiresAt = Date.now() + KEEP_MS;
    this.#hold(entry, call, treatment);
  }

  /** Its reply came to an end. */
  untold(client: string, token: string): void {
    const entry = this.#toldUnder(client, token);
    if (entry !== undefined) this.close(entry);
  }

  #toldUnder(client: string, token: string | undefined): OpenCall | undefined {
    const entry = token === undefined ? undefined : this.#live(this.#byProgress, client, token);
    return entry?.isDisputed === true ? undefined : entry;
  }

  /** The response to a request passed by, or won't come. */
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

  /**
   * What is too large to be held, or was forgotten, gets no treatment: then it is refused like what was never known.
   */
  #hold(entry: OpenCall, call: Call, treatment: Treatment): void {
    entry.treatment = treatment;
    entry.held ??= String(++this.#named);
    if (!this.#held.set(entry.held, entry, weightOfCall(call))) entry.treatment = undefined;
  }

  /** An event of the call's stream went by. */
  event(session: string, entry: OpenCall, id: string): void {
    if (id.length > MAX_ID) return;
    entry.expiresAt = Date.now() + KEEP_MS;
    const name = this.#nameOf(session);
    // Some upstreams send one id again and again.
    const known = this.#events.get(`${name}\n${id}`) === entry;
    const key = this.#claim(this.#events, name, id, entry);
    if (key === undefined || known) return;
    // Its life goes on: it is not the next to be forgotten.
    if (entry.held !== undefined) this.#held.get(entry.held);
    entry.eventIds.push(key);
    const oldest = entry.eventIds.length > EVENT_IDS ? entry.eventIds.shift() : undefined;
    if (oldest !== undefined && oldest !== key && this.#events.get(oldest) === entry) this.#events.delete(oldest);
  }

  /** A name is an entry's, unless another one has it: then it is nobody's. Returns the key under which that is kept. */
  #claim(names: Cache<OpenCall>, session: number, name: string | undefined, entry: OpenCall): string | undefined {
    if (name === undefined || name.length > MAX_ID) return undefined;
    const key = `${session}\n${name}`;
    const before = names.get(key);
    const taken = isLive(before) && before !== entry && !(isListening(before) && isListening(entry));
    return names.set(key, taken ? newEntry(true) : entry) ? flat(key) : undefined;
  }

  /** The call's response has left. */
  close(entry: OpenCall): void {
    entry.expiresAt = Date.now() + KEEP_FINISHED_MS;
  }

  /**
   * The treatment of the call that a response on another stream answers; undefined where that may be one of two. `id`
   * as by `idKey`.
   */
  byId(session: string, id: string): Treatment | undefined {
    return this.#live(this.#calls, session, id)?.treatment;
  }

  /**
   * The treatment of the call that asked for progress under that token (as by `tokenKey`); `unclear` where that may be
   * one of two, or its treatment isn't known yet; undefined where no call here did.
   */
  byProgress(client: string, token: string): Treatment | 'unclear' | undefined {
    const entry = this.#live(this.#byProgress, client, token);
    return entry === undefined ? undefined : (entry.treatment ?? 'unclear');
  }

  /** The call in whose stream that event stood; undefined where that may be one of two. */
  byEvent(session: string, id: string): (OpenCall & { readonly treatment: Treatment }) | undefined {
    const entry = this.#live(this.#events, session, id);
    return entry !== undefined && isTreated(entry) ? entry : undefined;
  }

  /** The upstream asked the client something. */
  asked(session: string, asked: Asked): void {
    this.#questions.asked(this.#nameOf(session), asked);
  }

  /**
   * What the upstream had asked under that id, as JSON text; a question is answered once. Undefined where that isn't
   * known, or {@link isUnclear}.
   */
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
   * A call was answered by a task. The same one twice is nobody's: what it brings would get the wrong call's treatment.
   * Its progress token stays good as long as the task lives (MCP 2025-11-25, tasks).
   */
  taskBegun(client: string, id: string, call: Call, treatment: Treatment): void {
    if (id.length > MAX_ID) return;
    const name = this.#nameOf(client);
    const key = `${name}\n${id}`;
    this.told(client, call, treatment);
    this.#tasks.set(
      key,
      this.#tasks.has(key) && this.#tasks.get(key)?.treatment !== treatment ? undefined : { call, treatment },
    );
  }

  /** The call that began a task, and its treatment; undefined where that isn't known. */
  ofTask(client: string, id: string): Begun | undefined {
    const name = this.#sessions.get(client);
    return name === undefined ? undefined : this.#tasks.get(`${name}\n${id}`);
  }

  /** How many things are remembered, for a soak test. */
  get size(): number {
    return (
      this.#sessions.size +
      this.#calls.size +
      this.#byProgress.size +
      this.#questions.size +
      this.#events.size +
      this.#underWay.size +
      this.#tasks.size
    );
  }

  #nameOf(session: string): number {
    const known = this.#sessions.get(session);
    const name = known ?? ++this.#named;
    // Set again: the least recently used is the first to be forgotten.
    this.#sessions.set(session, name);
    return name;
  }

  #live(from: Cache<OpenCall>, session: string, key: string): OpenCall | undefined {
    const name = this.#sessions.get(session);
    const entry = name === undefined ? undefined : from.get(`${name}\n${key}`);
    return isLive(entry) ? entry : undefined;
  }
}

function newEntry(isDisputed = false): OpenCall {
  return { treatment: undefined, eventIds: [], expiresAt: Date.now() + KEEP_MS, held: undefined, isDisputed };
}

function isLive(entry: OpenCall | undefined): entry is OpenCall {
  return entry !== undefined && entry.expiresAt > Date.now();
}

function isTreated(entry: OpenCall): entry is OpenCall & { readonly treatment: Treatment } {
  return entry.treatment !== undefined;
}

/** A GET stream that resumes no call: what comes on one of them may come on the next. */
function isListening({ treatment }: OpenCall): boolean {
  return treatment?.refused.kind === 'stream';
}
