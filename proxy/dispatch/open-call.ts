/** What is remembered of a call as long as its messages may come on other streams. */
import type { Treatment } from '../reply/treatment.ts';

/** How long a reply can be fetched again: after the call finished, and after the last event of an unfinished one. */
export const KEEP_FINISHED_MS = 5 * 60_000;
export const KEEP_MS = 60 * 60_000;

/** A call whose reply may come on another stream, or be repeated there. */
export interface OpenCall {
  /** Undefined until the response headers arrive, and if the entry is disputed. */
  treatment: Treatment | undefined;
  readonly eventIds: string[];
  expiresAt: number;
  /** Its key in `#held`; undefined if it holds next to nothing. */
  held: string | undefined;
  /** Several calls claim this entry's name, so it belongs to none. */
  readonly isDisputed: boolean;
}

export function newEntry(isDisputed = false): OpenCall {
  return { treatment: undefined, eventIds: [], expiresAt: Date.now() + KEEP_MS, held: undefined, isDisputed };
}

export function isLive(entry: OpenCall | undefined): entry is OpenCall {
  return entry !== undefined && entry.expiresAt > Date.now();
}

export function isTreated(entry: OpenCall): entry is OpenCall & { readonly treatment: Treatment } {
  return entry.treatment !== undefined;
}

/** Whether this is a GET stream that resumes no call: its messages may come on the next such stream as well. */
export function isListening({ treatment }: OpenCall): boolean {
  return treatment?.refused.kind === 'stream';
}
