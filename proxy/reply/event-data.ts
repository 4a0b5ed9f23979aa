/** What an event's data may be. One rule for all readers of streams: delivery, and the proxy's own calls. */
import { JsonError } from '../json/json-error.ts';
import { checkJson } from '../json/strict.ts';
import type { RawEvent } from './events.ts';

/** A byte order mark. Some servers write it before JSON; readers ignore it. */
export const MARK = '\ufeff';

/**
 * Whether data may be a message or a batch: an object, or a list of objects. Servers send anything else (a time, `ok`,
 * `[DONE]`, `null`) to keep a stream alive or to mark its end, and no MCP client acts on it.
 */
function mayBeMessage(data: string): boolean {
  return MESSAGE.test(data);
}

/**
 * Like {@link mayBeMessage}, but also for event types other than `message`, such as `ping`. The SDKs' clients don't
 * read those, so data that is not JSON (`{t: 1}`) is plain text. JSON counts as a message, since some clients ignore the
 * type.
 */
export function bearsMessage({ data, type }: RawEvent): boolean {
  if (data === undefined || !mayBeMessage(data)) return false;
  return type === undefined || type === '' || type === 'message' || isJson(data);
}

function isJson(data: string): boolean {
  try {
    checkJson(data.startsWith(MARK) ? data.slice(MARK.length) : data);
    return true;
  } catch (error) {
    return !(error instanceof JsonError && error.fault === 'syntax');
  }
}

const MESSAGE = /^\ufeff?[ \t\r\n]*(?:\{|\[[ \t\r\n]*\{)/;
