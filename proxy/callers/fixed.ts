/** `fixed(claims)`: one caller for every call. */
import { callerOf, type CallerSource } from '../call/caller.ts';
import type { JsonObject } from '../json/value.ts';

/** The same caller for every call: for local use and tests. */
export function fixed(claims: JsonObject): CallerSource {
  const caller = callerOf(claims);
  return { kind: 'fixed', headers: [], bindings: {}, prepare: () => () => caller };
}
