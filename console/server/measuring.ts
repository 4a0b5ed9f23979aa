/** Counts calls as they end, and measures memory, for the charts. */
import type { Charts } from '../record/charts.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Recording } from '../record/recording.ts';
import { Statistics } from '../record/statistics.ts';

const MEMORY_EVERY_MS = 5_000;

export class Measuring {
  readonly #statistics = new Statistics();
  readonly #counted = new WeakSet<Recording>();
  readonly #timer: NodeJS.Timeout;

  constructor(recorder: Recorder) {
    recorder.onCall((call) => {
      if (call.isOpen || this.#counted.has(call)) return;
      // What the console asks for its catalogue would hide what clients do.
      if (call.run !== undefined && call.method !== 'tools/call') return;
      this.#counted.add(call);
      this.#statistics.add(call);
    });
    const sample = (): void => this.#statistics.sampleMemory(process.memoryUsage.rss());
    sample();
    this.#timer = setInterval(sample, MEMORY_EVERY_MS).unref();
  }

  charts(tool: string | undefined): Charts {
    return this.#statistics.charts(tool);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
