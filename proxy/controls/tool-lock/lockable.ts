/** The part of a tool that a lock holds: without what depends only on the version of the protocol. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

const TASK_SUPPORT: ReadonlySet<unknown> = new Set(['forbidden', 'optional', 'required']);

/**
 * Leaves out `execution`, which servers list up to 2025-11-25 only and no model reads. Any other value there than the
 * protocol's own words stays, so that it counts. Returns the same object if there is nothing to leave out.
 */
export function lockable(entry: JsonObject): JsonObject {
  const { execution, ...others } = entry;
  if (!isObject(execution) || Object.keys(execution).length !== 1 || !TASK_SUPPORT.has(execution['taskSupport']))
    return entry;
  return others;
}
