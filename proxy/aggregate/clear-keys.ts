/**
 * Keys that some readers take for one of the protocol's, such as `ID` for `id`. Such a reader finds the id, the name or the URI of
 * another upstream there, which the proxy never saw.
 */
import { Known } from '../call/variants.ts';
import type { JsonObject } from '../json/value.ts';

const KEYS = {
  message: new Known('jsonrpc', 'id', 'method', 'params', 'result', 'error'),
  params: new Known('_meta', 'uri', 'taskId', 'requestId', 'elicitationId', 'progressToken', 'task'),
  result: new Known(
    '_meta',
    'resultType',
    'requestState',
    'inputRequests',
    'task',
    'taskId',
    'tasks',
    'nextCursor',
    'content',
    'structuredContent',
    'messages',
    'contents',
    'resources',
    'skill',
    'tools',
  ),
  meta: new Known('io.modelcontextprotocol/related-task', 'progressToken'),
  task: new Known('taskId'),
  block: new Known('type', 'uri', 'resource', 'content'),
} as const;

/** Thrown for such a key. */
export class UnclearKey extends Error {}

/** The same object. Throws {@link UnclearKey}. */
export function clear<T extends JsonObject>(holder: T, what: keyof typeof KEYS): T {
  if (KEYS[what].hasVariant(Object.keys(holder)))
    throw new UnclearKey(`a key of a ${what} differs from a known one only in case`);
  return holder;
}
