/**
 * Finds the events of a chunk that matter to nobody but the client: neither responses, nor requests, nor notifications
 * that a list has changed. Most events of a stream report progress, and a search for a few strings in a whole chunk costs
 * a small part of a scan of each.
 */

import { PlainProgress } from './plain-progress.ts';

/**
 * Each message that matters holds one of these: the end of a key or a method, beginning with a rare letter, or an escape
 * that may spell one. JSON has no other spelling of ASCII, and no line end within a key.
 */
const MATTERS = ['id"', 'ult"', 'rror"', '_changed', '\\u00'] as const;
/** Blank lines. Others are rare: events that end with them are scanned. */
const LF = '\n\n';
const CRLF = '\r\n\r\n';

/** One chunk of a stream. Positions must ascend, so that the chunk is searched only once. */
export class QuietEvents {
  readonly #text: string;
  readonly #hasCr: boolean;
  readonly #progress: PlainProgress;
  /** Where each string that matters comes next; the end of the chunk if it doesn't. */
  readonly #next: number[] = MATTERS.map(() => -1);

  /** @param progress of the stream */
  constructor(chunk: Buffer, progress: PlainProgress = new PlainProgress()) {
    this.#progress = progress;
    this.#text = chunk.toString('latin1');
    this.#hasCr = this.#text.includes('\r');
  }

  /** The end of the last complete event before anything that matters; `start`, where an event begins, if there is none. */
  after(start: number): number {
    // One search finds many at once.
    const run = this.#progress.at(this.#text, start);
    if (run !== undefined) return run.end;
    let until = this.#text.length;
    for (let i = 0; i < MATTERS.length; i++) {
      let at = this.#next[i] ?? -1;
      if (at < start) {
        const found = this.#text.indexOf(MATTERS[i] ?? '', start);
        this.#next[i] = at = found < 0 ? this.#text.length : found;
      }
      if (at < until) until = at;
    }
    const part = this.#text.slice(start, until);
    const lf = part.lastIndexOf(LF);
    const crlf = this.#hasCr ? part.lastIndexOf(CRLF) : -1;
    return start + Math.max(lf < 0 ? 0 : lf + LF.length, crlf < 0 ? 0 : crlf + CRLF.length);
  }
}
