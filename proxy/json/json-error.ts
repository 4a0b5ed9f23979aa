/** What is wrong with a JSON text, and how deep one may be nested. */

export type JsonFault = 'syntax' | 'depth' | 'duplicate-key';

/**
 * Text that is not JSON, is nested too deeply, or has a duplicate key. The message names the offset, never the content.
 */
export class JsonError extends Error {
  readonly fault: JsonFault;
  readonly offset: number;
  constructor(fault: JsonFault, message: string, offset: number) {
    super(message);
    this.name = 'JsonError';
    this.fault = fault;
    this.offset = offset;
  }
}

/** Default limit on nesting, for requests and for inspected replies. */
export const MAX_DEPTH = 128;
/** The highest limit that a config may set. Recursion to this depth is safe. */
export const HIGHEST_DEPTH = 1_000;
