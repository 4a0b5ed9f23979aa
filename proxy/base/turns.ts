/**
 * Work on one message in turns. Whoever sends much must not keep others waiting, so a loop over a message is written as
 * a generator that yields wherever it may stop. Short work ends in its first turn, without a promise and without a look
 * at the clock.
 */

/** Work that may stop at each `yield`, and go on later. */
export type Work<T> = Generator<void, T, void>;

/** Milliseconds of work after which the event loop has its turn, whoever the work is for. */
const TURN_MS = 10;

/** When the work of this turn of the event loop began; undefined: none has been long enough to look at the clock. */
let began: number | undefined;
let scheduled = false;
/** Those that wait for another turn, in order: one goes on in each. */
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

/**
 * Whether others should have their turn now: to be asked after each part of a longer work, then `await` {@link
 * nextTurn}.
 */
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

/** What the work comes to: at once where it takes one turn. */
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

/** What the work comes to, in one turn however long that is: for what is known to be short. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Whether a visitor or a walk gave work instead of what it comes to. Scalars of JSON are no objects but null. */
export function isWork<T>(given: string | number | boolean | null | Work<T>): given is Work<T> {
  return typeof given === 'object' && given !== null;
}

/** Characters of one text from which on it is worked at in parts. */
export const LONG_TEXT = 32 * 1024;

/**
 * Characters of a message, or of a document in it, up to which it is worked at in one go: what takes most takes about a
 * turn for so many.
 */
export const SHORT = 128 * 1024;
