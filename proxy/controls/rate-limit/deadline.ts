/**
 * Limits how long a call waits: one deadline for everything that it waits for, whichever call started the work. Times
 * are those of `performance.now()`.
 */

/** Waits until the deadline; then it rejects, and the work continues without being waited for. */
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

/** The remaining whole milliseconds. Throws if none are left. */
export function leftUntil(deadline: number): number {
  const left = Math.ceil(deadline - performance.now());
  if (left <= 0) throw tooLate();
  return left;
}

function tooLate(): Error {
  return new Error('the table did not answer within the time that a call may wait');
}
