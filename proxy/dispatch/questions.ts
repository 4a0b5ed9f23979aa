/** Requests of the upstream to the client (elicitation, sampling, roots, ping) that wait for an answer, with their calls. */
import { Cache } from '../base/cache.ts';
import { flat } from '../base/flat.ts';
import { weightOfCall } from '../call/call-weight.ts';
import type { Call } from '../call/call.ts';
import { idKey } from '../call/message.ts';
import type { Finished } from '../reply/reply.ts';
import type { Treatment } from '../reply/treatment.ts';

const MAX_QUESTIONS = 4096;
const MAX_BYTES = 32 * 1024 * 1024;
/** Characters of an id or a method. Longer ones, which no real server uses, are not remembered. */
const MAX_NAME = 1024;
/** A session's number, and an id with each UTF-16 unit escaped. */
const MAX_KEY = 8 * MAX_NAME;
/** How long another question with the same id counts as a second one. */
const KEEP_MS = 60 * 60_000;

export interface Question {
  /** The call during which it was asked. */
  readonly call: Call;
  readonly method: string;
}

export interface Asked extends Question {
  /** As JSON text. */
  readonly id: string;
  /** The treatment of its stream. A resumed stream has the same one, and repeats the same question. */
  readonly treatment: Treatment;
  /** Settles when that stream ends. */
  readonly finished: Promise<Finished>;
}

interface Open {
  /** Undefined if several have this id. */
  readonly question: Question | undefined;
  readonly treatment: Treatment | undefined;
  readonly until: number;
}

export class Questions {
  readonly #open = new Cache<Open>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_QUESTIONS,
    weigh: ({ question }) => (question === undefined ? 0 : 2 * question.method.length + weightOfCall(question.call)),
  });
  /** Treatments of answered calls: their questions are over, and other calls may use the ids again. */
  readonly #over = new WeakSet<Treatment>();

  /**
   * Remembers a question. Ids of open questions must differ within a session (MCP, basic, requests). If two don't, an
   * answer belongs to neither: given to the latest, it could get what is permitted only to another tool.
   * @param session its number
   */
  asked(session: number, { id, method, call, treatment, finished }: Asked): void {
    if (id.length > MAX_NAME || method.length > MAX_NAME) return;
    const key = keyOf(session, id);
    const before = this.#open.get(key);
    if (before?.treatment === treatment && before.question?.method === method) return;
    const now = Date.now();
    const isSecond =
      before !== undefined &&
      before.until > now &&
      (before.treatment === undefined || !this.#over.has(before.treatment));
    this.#open.set(key, {
      question: isSecond ? undefined : { call, method: flat(method) },
      treatment: isSecond ? undefined : treatment,
      until: now + KEEP_MS,
    });
    // If a stream ended without its response, the client will ask for it again.
    void finished.then(({ outcome }) => outcome !== 'cut' && outcome !== 'unknown' && this.#over.add(treatment));
  }

  /** Returns a question, once. Undefined if it isn't known, or {@link isUnclear}. */
  answered(session: number, id: string): Question | undefined {
    const key = keyOf(session, id);
    const question = this.#open.get(key)?.question;
    if (question !== undefined) this.#open.delete(key);
    return question;
  }

  /** Whether an answer with that id may be to one of several questions. */
  isUnclear(session: number, id: string): boolean {
    const open = this.#open.get(keyOf(session, id));
    return open !== undefined && open.question === undefined && open.until > Date.now();
  }

  get size(): number {
    return this.#open.size;
  }
}

function keyOf(session: number, id: string): string {
  return `${session}\n${idKey(id)}`;
}
