/** The terminal, or the pipe that stands in for it. */
import { type Readable, Writable } from 'node:stream';
import { stripVTControlCharacters, styleText } from 'node:util';

export interface Io {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly errors: Writable & { readonly isTTY?: boolean };
}

/** Takes everything and keeps nothing. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Where words go. Colours only on a terminal that has them (`NO_COLOR` and `FORCE_COLOR` are heeded). */
export class Screen {
  readonly #out: Writable;
  readonly #aside: Writable;
  #fresh = true;

  /**
   * @param aside what isn't the answer itself: the same stream in a conversation, standard error where an answer is
   * piped on
   */
  constructor(out: Writable, aside: Writable = out) {
    this.#out = out;
    this.#aside = aside;
  }

  /** Part of the answer, as it comes. */
  write(text: string): void {
    if (text === '') return;
    this.#out.write(text);
    this.#fresh = text.endsWith('\n');
  }

  line(text = ''): void {
    this.endLine();
    this.#out.write(`${text}\n`);
  }

  /** Ends a line that is begun. */
  endLine(): void {
    if (this.#fresh) return;
    this.#out.write('\n');
    this.#fresh = true;
  }

  /** A line beside the answer: part of a question. */
  aside(text: string): void {
    this.endLine();
    this.#aside.write(`${text}\n`);
  }

  /** The same, of less weight: a tool that is called, progress. */
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
 * Text of others, made harmless for a terminal: no escape sequence and no control character gets through but line feed
 * and tab.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
}

/** The same in one line of at most `width` characters. */
export function brief(text: string, width: number): string {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
