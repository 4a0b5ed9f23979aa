/**
 * Work on one message, split into turns. A large message must not block other calls, so a loop over a message is a
 * generator that yields wherever it may pause. Short work ends in its first turn, without a promise or a look at the
 * clock.
 */

/** Work that may pause at each `yield`. */
export type Work<T> = Generator<void, T, void>;

/** Milliseconds of work, for all messages together, after which the event loop gets its turn. */
const TURN_MS = 10;

/** When the work of this turn of the event loop began; undefined until some work looked at the clock. */
let began: number | undefined;
let scheduled = false;
/** Work that waits for another turn, in order. Each turn resumes one. */
const waiting: (() => void)[] = [];

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    began = undefined;
    const resume = waiting.shift();
    if (waiting.length > 0) schedule();
    resume?.();
  });
}

/** Whether the turn is over. Long work asks this after each part and, if true, awaits {@link nextTurn}. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    schedule();
  }
  return now - began >= TURN_MS;
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    schedule();
  });
}

/** Returns the result of the work, synchronously if it needs only one turn. */
export function inTurns<T>(work: Work<T>): T | Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (isTurnOver()) return goOn(work);
  }
}

async function goOn<T>(work: Work<T>): Promise<T> {
  for (;;) {
    await nextTurn();
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (!isTurnOver());
  }
}

/** Returns the result of the work, in one turn however long it takes. Only for work that is known to be short. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Whether a visitor or walk returned work rather than its result. `null` is the only JSON scalar of type object. */
export function isWork<T>(given: string | number | boolean | null | Work<T>): given is Work<T> {
  return typeof given === 'object' && given !== null;
}

/**
 * Characters from which one text is processed in parts: all detectors together need a few milliseconds for as many, also
 * where they are labels and numbers in scripts that must be folded first.
 */
export const LONG_TEXT = 8 * 1024;

/**
 * Characters of a message, or of a document in it, up to which it is processed in one go. The slowest work needs about
 * one turn for that many.
 */
export const SHORT = 128 * 1024;
