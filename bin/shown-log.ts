/**
 * The log of `npm start`: held until its introduction is printed, then JSON, or, on a terminal, lines for a person.
 */
import { divert, flush, writeLine } from '../proxy/base/log.ts';
import { readable } from './readable-line.ts';

export class ShownLog {
  readonly #out: NodeJS.WriteStream;
  #held = '';

  /** Holds lines from now on. */
  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
    divert((lines) => {
      this.#held += lines;
    });
    // A command that fails says why before it ends; what was held belongs to it.
    process.once('exit', () => this.release());
  }

  /** Shows what was held, and all lines that follow. */
  release(): void {
    flush();
    const held = this.#held;
    this.#held = '';
    if (this.#out.isTTY) {
      const colours = this.#out.hasColors() && (process.env['NO_COLOR'] ?? '') === '';
      const show = (lines: string): void => {
        for (const line of lines.split('\n'))
          // The introduction has shown what the configuration is.
          if (line !== '' && !line.includes('"event":"configuration"')) this.#out.write(`${readable(line, colours)}\n`);
      };
      divert(show);
      show(held);
      return;
    }
    divert(undefined);
    if (held !== '') writeLine(held.replace(/\n$/, ''));
    flush();
  }
}
