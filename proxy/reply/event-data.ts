/**
 * What the data of an event may be. One rule for all who read streams: those that deliver them, and the proxy for
 * itself.
 */
import { checkJson, JsonError } from '../json/strict.ts';
import type { RawEvent } from './events.ts';

/** A byte order mark. Some servers write it before JSON; no reader takes it for a part of that. */
export const MARK = '\ufeff';

/**
 * Whether it may be a message, or a batch of them: an object, or a list of objects. Anything else (a time, `ok`,
 * `[DONE]`, `null`) is what a server sends to keep its stream alive, or to say that it is over, and no client of MCP
 * acts on it.
 */
export function mayBeMessage(data: string): boolean {
  return MESSAGE.test(data);
}

/**
 * The same of an event of another type than `message`, such as `ping`. No client of the SDKs reads those, so what is no
 * JSON there (`{t: 1}`) is a text like any other. What is JSON counts as a message nevertheless, since some clients
 * don't look at the type.
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
