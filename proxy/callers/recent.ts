/** A cache of recent callers, for sources that read the caller from each request. */
import { Cache } from '../base/cache.ts';
import { type Caller, weightOfCaller } from '../call/caller.ts';

/** Returns the same object for the same caller, so that it is parsed once and controls can use it as a key. */
export function recentCallers(): (key: string, read: (key: string) => Caller) => Caller {
  const known = new Cache<Caller>({ maxBytes: 8 * 1024 * 1024, maxKey: 2048, weigh: weightOfCaller });
  return (key, read) => known.getOrMake(key, read);
}
