/** The terminal, or a pipe in its place. */
import { type Readable, Writable } from 'node:stream';
import { stripVTControlCharacters, styleText } from 'node:util';

export interface Io {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly errors: Writable & { readonly isTTY?: boolean };
}

/** Discards everything. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Prints text. Uses colours only on a terminal that supports them (`NO_COLOR` and `FORCE_COLOR` are respected). */
export class Screen {
  readonly #out: Writable;
  readonly #aside: Writable;
  #fresh = true;

  /**
   * @param aside for everything but the answer: the same stream in a conversation, standard error if the answer goes to
   * a pipe
   */
  constructor(out: Writable, aside: Writable = out) {
    this.#out = out;
    this.#aside = aside;
  }

  /** Writes a part of the answer. */
  write(text: string): void {
    if (text === '') return;
    this.#out.write(text);
    this.#fresh = text.endsWith('\n');
  }

  line(text = ''): void {
    this.endLine();
    this.#out.write(`${text}\n`);
  }

  /** Ends a started line. */
  endLine(): void {
    if (this.#fresh) return;
    this.#out.write('\n');
    this.#fresh = true;
  }

  /** Prints a line beside the answer: part of a question. */
  aside(text: string): void {
    this.endLine();
    this.#aside.write(`${text}\n`);
  }

  /** Like {@link aside}, but dimmed: tool calls, progress. */
  note(text: string): void {
    this.aside(styleText('dim', text, { stream: this.#aside }));
  }

  warn(text: string): void {
    this.aside(styleText('yellow', text, { stream: this.#aside }));
  }

  bold(text: string): string {
    return styleText('bold', text, { stream: this.#out });
  }
}

/**
 * Makes untrusted text safe for a terminal: removes escape sequences and all control characters except line feed and
 * tab.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
}

/** Like {@link plain}, in one line of at most `width` characters. */
export function brief(text: string, width: number): string {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
