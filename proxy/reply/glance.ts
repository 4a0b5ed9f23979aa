/** Passes over progress events that no control can concern, many at once. */
import { isUtf8 } from 'node:buffer';
import { tokenKey } from '../call/message.ts';
import { patternOfAny } from './contains.ts';
import { interests } from './in-text.ts';
import type { Transform } from './mapping.ts';
import { PlainProgress } from './plain-progress.ts';
import type { Treatments } from './treatment.ts';

/** For one stream. */
export class Glance {
  readonly #own: string;
  readonly #limit: number;
  /** Finds what concerns a transformation. */
  readonly #pattern: RegExp | undefined;
  readonly #asking: readonly Transform[];
  readonly #progress = new PlainProgress();
  /** A progress token, as written, that is the call's own. */
  #token: string | undefined;
  #text = '';

  private constructor(own: string, limit: number, transforms: readonly Transform[]) {
    this.#own = own;
    this.#limit = limit;
    const searching = transforms.filter(({ when }) => when === undefined);
    this.#pattern = searching.length === 0 ? undefined : patternOfAny(searching);
    this.#asking = transforms.filter(({ when }) => when !== undefined);
  }

  /** Undefined if each progress event of the stream must be read. @param limit bytes of an event */
  static of({ own, elsewhere }: Treatments, limit: number): Glance | undefined {
    const { progressToken, transforms } = own;
    if (progressToken === undefined || elsewhere?.everything === true) return undefined;
    const concerned = transforms.filter(({ leavesProgress }) => leavesProgress !== true);
    const isAny = concerned.some(({ contains, when, whenAnywhere }) =>
      when === undefined ? contains === undefined : whenAnywhere !== true,
    );
    return isAny ? undefined : new Glance(progressToken, limit, concerned);
  }

  /** Begins a chunk. */
  begin(chunk: Buffer): void {
    this.#text = chunk.toString('latin1');
  }

  /** The end of the events from a position on that concern no control; the position itself if there is none. */
  after(chunk: Buffer, from: number): number {
    const run = this.#progress.at(this.#text, from);
    if (run === undefined || !this.#isOwn(run.token) || run.end - from > this.#limit) return from;
    const bytes = chunk.subarray(from, run.end);
    return isUtf8(bytes) && !this.#mayConcern(bytes, this.#text.slice(from, run.end)) ? run.end : from;
  }

  #isOwn(token: string): boolean {
    if (token === this.#token) return true;
    if (tokenKey(token) !== this.#own) return false;
    this.#token = token;
    return true;
  }

  #mayConcern(bytes: Buffer, text: string): boolean {
    return this.#pattern?.test(text) === true || this.#asking.some((transform) => interests(transform, bytes));
  }
}
