/** Asks again for what arrives late. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until there is a result or the time is up. */
export async function awaited<T>(
  { limitMs, stepMs }: { readonly limitMs: number; readonly stepMs: number },
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined || Date.now() + stepMs > end) return found;
    await sleep(stepMs);
  }
}
