/**
 * What the upstream asked the client (elicitation, sampling, roots, ping), until it is answered: of which call an
 * answer is.
 */
import { Cache } from '../base/cache.ts';
import { flat } from '../base/flat.ts';
import { weightOfCall } from '../call/call-weight.ts';
import type { Call } from '../call/call.ts';
import { idKey } from '../call/message.ts';
import type { Finished } from '../reply/reply.ts';
import type { Treatment } from '../reply/transform.ts';

const MAX_QUESTIONS = 4096;
const MAX_BYTES = 32 * 1024 * 1024;
/** An id or a method longer than any real one is not remembered. */
const MAX_NAME = 1024;
/** A session's number, and an id in which each half of a character is written out. */
const MAX_KEY = 8 * MAX_NAME;
/** How long another question of the same id counts as a second one. */
const KEEP_MS = 60 * 60_000;

export interface Question {
  /** The call during which it was asked. */
  readonly call: Call;
  readonly method: string;
}

export interface Asked extends Question {
  /** As JSON text. */
  readonly id: string;
  /** That of the stream in which it came. A resumption shares it: there it is the same question again. */
  readonly treatment: Treatment;
  /** Of that stream. */
  readonly finished: Promise<Finished>;
}

interface Open {
  /** Undefined: several have this id. */
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
  /** Of calls that were answered: they wait for no answer any more, and others may use their ids again. */
  readonly #over = new WeakSet<Treatment>();

  /**
   * Ids of open questions have to differ within a session (MCP, basic, requests). Where two don't, an answer is to
   * neither: with the latest, say, it would get what is permitted to another tool.
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
    // A stream that ended without its response is one that will be asked for.
    void finished.then(({ outcome }) => outcome !== 'cut' && outcome !== 'unknown' && this.#over.add(treatment));
  }

  /** A question is answered once. Undefined where it isn't known, or {@link isUnclear}. */
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
