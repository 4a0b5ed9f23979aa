/** What comes in place of a tool's result. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

/** Types of results that have no content yet. */
const BEGUN: ReadonlySet<unknown> = new Set(['input_required', 'task']);

/**
 * A question, or a task. With content it is one by name only: clients read that, and a schema that speaks of it holds.
 */
export function isBegun(result: JsonObject): boolean {
  return (
    (BEGUN.has(result['resultType']) || isObject(result['task'])) &&
    result['content'] === undefined &&
    result['structuredContent'] === undefined
  );
}
