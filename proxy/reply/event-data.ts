/** What the data of an event may be. One rule for all who read streams: those that deliver them, and the proxy for itself. */

/** A byte order mark. Some servers write it before JSON; no reader takes it for a part of that. */
export const MARK = '\ufeff';

/**
 * Whether it may be a message, or a batch of them: an object, or a list of objects. Anything else (a time, `ok`, `[DONE]`, `null`) is
 * what a server sends to keep its stream alive, or to say that it is over, and no client of MCP acts on it.
 */
export function mayBeMessage(data: string): boolean {
  return MESSAGE.test(data);
}

const MESSAGE = /^\ufeff?[ \t\r\n]*(?:\{|\[[ \t\r\n]*\{)/;
