/**
 * How long a call waits: one time limit for all that it waits for, whoever began it. Times are of `performance.now()`.
 */

/** What is waited for, if it comes by the deadline; else it is left to itself, and this rejects. */
export async function before<T>(deadline: number, begin: () => Promise<T>): Promise<T> {
  const left = leftUntil(deadline);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate()), left);
  try {
    return await Promise.race([begin(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** In whole milliseconds. Throws where none is left. */
export function leftUntil(deadline: number): number {
  const left = Math.ceil(deadline - performance.now());
  if (left <= 0) throw tooLate();
  return left;
}

function tooLate(): Error {
  return new Error('the table did not answer within the time that a call may wait');
}
