/** Recognizes results that only announce a later one. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

/** Types of results without content. */
const BEGUN: ReadonlySet<unknown> = new Set(['input_required', 'task']);

/**
 * A request to the client, or a started task. If a result has content, clients read that and its schema applies,
 * whatever its type says.
 */
export function isBegun(result: JsonObject): boolean {
  return (
    (BEGUN.has(result['resultType']) || isObject(result['task'])) &&
    result['content'] === undefined &&
    result['structuredContent'] === undefined
  );
}
