/** The callers of the last calls, for the sources that read a caller out of each request. */
import { Cache } from '../base/cache.ts';
import { type Caller, weightOfCaller } from '../call/caller.ts';

/**
 * One who calls again is the same object again: what controls know of a caller they find by it, and nothing is read
 * twice.
 */
export function recentCallers(): (key: string, read: (key: string) => Caller) => Caller {
  const known = new Cache<Caller>({ maxBytes: 8 * 1024 * 1024, maxKey: 2048, weigh: weightOfCaller });
  return (key, read) => known.getOrMake(key, read);
}
