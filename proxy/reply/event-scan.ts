/**
 * Scans the messages of an event stream as its bytes pass: no event is buffered, delayed or parsed. Messages that matter
 * to nobody but the client are left out (`quiet.ts`).
 */
import { LineEnds } from './line-ends.ts';
import { PlainProgress } from './plain-progress.ts';
import { QuietEvents } from './quiet.ts';
import { MessageScan } from './scan.ts';
import type { Scanned } from './scanned.ts';

const LF = 0x0a;
const CR = 0x0d;
const DATA = Buffer.from('data:');
/** A byte order mark, which may start a stream. */
const MARK = Buffer.from('\ufeff');

export class EventScan {
  readonly #onMessage: (message: Scanned) => void;
  #scan = new MessageScan();
  #hasData = false;
  /** Position in the current line; also how much of a `data:` prefix has matched. */
  #column = 0;
  #isData = true;
  #afterCr = false;
  /** Bytes of the mark seen at the start of the stream; -1 after its beginning. */
  #marked = 0;
  readonly #progress = new PlainProgress();
  /** An event begins here. */
  #isBetween = true;

  /** @param onMessage gets each response, each request, and each notification that a list has changed; perhaps others */
  constructor(onMessage: (message: Scanned) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    const lines = new LineEnds(chunk);
    let i = this.#marked < 0 ? 0 : this.#markEnd(chunk);
    let quiet: QuietEvents | undefined;
    while (i < chunk.length) {
      if (this.#isBetween) {
        quiet ??= new QuietEvents(chunk, this.#progress);
        const end = quiet.after(i);
        this.#isBetween = end > i;
        if (this.#isBetween) {
          this.#afterCr = false;
          i = end;
          continue;
        }
      }
      const c = chunk[i];
      if (c === LF || c === CR) {
        i++;
        if (c === LF && this.#afterCr) {
          this.#afterCr = false;
          continue;
        }
        this.#afterCr = c === CR;
        if (this.#column === 0) this.#endEvent();
        this.#column = 0;
        this.#isData = true;
        continue;
      }
      this.#afterCr = false;
      if (this.#isData && this.#column < DATA.length) {
        this.#isData = c === DATA[this.#column];
        this.#column++;
        i++;
        continue;
      }
      const end = lines.after(i);
      if (this.#isData) {
        this.#hasData = true;
        this.#scan.push(chunk, i, end);
      }
      this.#column = DATA.length + 1;
      i = end;
    }
  }

  #markEnd(chunk: Buffer): number {
    let i = 0;
    while (this.#marked >= 0 && i < chunk.length) {
      if (chunk[i] !== MARK[this.#marked]) {
        // A partial mark starts a line that holds no data.
        if (this.#marked > 0) this.#isData = false;
        this.#marked = -1;
      } else {
        i++;
        if (++this.#marked === MARK.length) this.#marked = -1;
      }
    }
    return i;
  }

  #endEvent(): void {
    this.#isBetween = true;
    if (!this.#hasData) return;
    const { scanned } = this.#scan;
    this.#scan = new MessageScan();
    this.#hasData = false;
    this.#onMessage(scanned);
  }
}
