/** Reads lines from a person or a pipe one at a time, also while other work runs that may ask a question. */
import { createInterface, type Interface } from 'node:readline';
import type { Io } from './terminal.ts';

export interface LinesOptions {
  /** Completions of the line typed so far. */
  readonly complete?: (line: string) => readonly string[];
}

export class Lines {
  readonly #reader: Interface;
  readonly #isTerminal: boolean;
  readonly #ahead: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #work: AbortController | undefined;
  #ended = false;

  constructor({ input, output }: Pick<Io, 'input' | 'output'>, { complete = () => [] }: LinesOptions = {}) {
    this.#isTerminal = input.isTTY === true;
    this.#reader = createInterface({
      input,
      output,
      terminal: this.#isTerminal,
      completer: (line: string) => [[...complete(line)], line],
    });
    this.#reader.on('line', (line) => {
      if (this.#waiting === undefined) this.#ahead.push(line);
      else this.#settle(line);
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      this.#leave(output);
    });
    // Ctrl-C cancels a question, or else stops the current work, or else ends the process as it normally would.
    this.#reader.on('SIGINT', () => {
      if (this.#waiting !== undefined) return this.#leave(output);
      if (this.#work !== undefined) return this.#work.abort();
      this.#reader.close();
      process.kill(process.pid, 'SIGINT');
    });
  }

  /**
   * The next line; undefined at the end of the input or after Ctrl-C.
   * @param fresh ignore what was typed before the question was asked (never in a pipe)
   */
  next(prompt: string, { fresh = false } = {}): Promise<string | undefined> {
    if (fresh && this.#isTerminal) this.#ahead.length = 0;
    const typed = this.#ahead.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    if (this.#ended) return Promise.resolve(undefined);
    if (this.#isTerminal) {
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
    }
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Runs work that Ctrl-C stops. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#work = controller;
    try {
      return await work(controller.signal);
    } finally {
      this.#work = undefined;
    }
  }

  close(): void {
    this.#reader.close();
  }

  /** Abandons a question: the next output starts on a new line. */
  #leave(output: Io['output']): void {
    if (this.#waiting !== undefined && this.#isTerminal) output.write('\n');
    this.#settle(undefined);
  }

  #settle(line: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(line);
  }
}
