/** Tells open pages of calls as they pass: summaries, together at most every tenth of a second. */
import type { ServerResponse } from 'node:http';
import type { Kept } from '../record/kept.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Swapped } from './about.ts';

const TOGETHER_MS = 100;
const HEARTBEAT_MS = 15_000;
/** Bytes that a page may be behind before it has to load everything again. */
const MOST_BEHIND = 4 * 1024 * 1024;
const MOST_PAGES = 20;

export class Live {
  readonly #pages = new Set<ServerResponse>();
  readonly #changed = new Set<Kept>();
  readonly #heartbeat: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;

  constructor(recorder: Recorder) {
    recorder.onCall((call) => this.#changes(call));
    recorder.onOther((request) => this.#changes(request));
    this.#heartbeat = setInterval(() => this.#send(': \n\n'), HEARTBEAT_MS).unref();
  }

  /** @returns whether there is room for one more */
  add(page: ServerResponse): boolean {
    if (this.#pages.size >= MOST_PAGES) return false;
    this.#pages.add(page);
    page.on('close', () => this.#pages.delete(page));
    page.writeHead(200, { 'content-type': 'text/event-stream' });
    page.write(': \n\n');
    return true;
  }

  /** Other controls serve from now on. */
  swapped(controls: readonly string[]): void {
    this.#send(`data: ${JSON.stringify({ at: Date.now(), controls } satisfies Swapped)}\n\n`);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    for (const page of this.#pages) page.destroy();
  }

  #changes(call: Kept): void {
    if (this.#pages.size === 0) return;
    this.#changed.add(call);
    this.#timer ??= setTimeout(() => this.#flush(), TOGETHER_MS).unref();
  }

  #flush(): void {
    this.#timer = undefined;
    const calls = Array.from(this.#changed, ({ summary }) => summary);
    this.#changed.clear();
    // JSON has no line ends.
    this.#send(`data: ${JSON.stringify(calls)}\n\n`);
  }

  #send(text: string): void {
    for (const page of this.#pages)
      if (page.writableLength > MOST_BEHIND || page.closed) page.destroy();
      else page.write(text);
  }
}
