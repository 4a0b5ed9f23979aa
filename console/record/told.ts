/** What a client reads in an error of the proxy: the ids by which it can be found again. */
import { isObject } from '../../proxy/json/lossless.ts';
import { messagesOf } from './events.ts';

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** Of one reply. */
const MOST = 4;

/**
 * Ids in what a person pastes: an id alone, a line of the log, or the whole error.
 * An id of the proxy is a UUID.
 */
export function idsIn(text: string): string[] {
  return [...new Set(Array.from(text.slice(0, 64 * 1024).matchAll(UUID), ([id]) => id.toLowerCase()))].slice(0, MOST);
}

/** Ids in the error of a reply, or in the text of a result that stands for one. */
export function toldIds(type: string, body: string): string[] {
  const last = messagesOf(type, body).at(-1);
  let message: unknown;
  try {
    message = JSON.parse(last ?? '');
  } catch {
    return [];
  }
  if (!isObject(message)) return [];
  const { error, result } = message;
  return error === undefined && result === undefined
    ? []
    : idsIn(JSON.stringify(isObject(error) ? (error['data'] ?? {}) : result));
}
