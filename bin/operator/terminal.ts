/** What a command prints: lines for a person, or one JSON document for a program. */
import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold' | 'cyan';

export interface Output {
  /** Print only one JSON document to standard output. */
  readonly json: boolean;
  /** Prints a line for a person; nothing with `--json`. */
  line(text?: string): void;
  /** Shows the current step, on a line that the next output replaces; on a terminal only. */
  progress(text: string): void;
  /** Adds colour if standard output is a terminal and NO_COLOR isn't set. */
  paint(colour: Colour, text: string): string;
  /** Prints the document; nothing without `--json`. */
  result(value: unknown): void;
  /** Prints an error to standard error, after an empty line if lines were printed. */
  error(text: string): void;
}

export function createOutput(
  json: boolean,
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  const coloured = !json && stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const animated = stderr.isTTY && process.env['TERM'] !== 'dumb';
  let shown = false;
  let printed = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K');
    shown = false;
  };
  return {
    json,
    line(text = '') {
      clear();
      if (json) return;
      printed = true;
      stdout.write(`${text}\n`);
    },
    progress(text) {
      if (!animated) return;
      clear();
      stderr.write(`${text} …`.slice(0, (stderr.columns || 80) - 1));
      shown = true;
    },
    paint: (colour, text) => (coloured ? styleText(colour, text, { validateStream: false }) : text),
    result(value) {
      clear();
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    error(text) {
      clear();
      stderr.write(`${printed ? '\n' : ''}${text}\n`);
    },
  };
}

/**
 * Breaks text between words, and starts each line with `indent`. Text without spaces is not broken, so that it can be
 * copied.
 */
export function wrapped(text: string, indent: string, width = 110): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && indent.length + line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `${indent}${line}`).join('\n');
}

/**
 * One row of a table: each text is broken within its column. `paint` colours a column's lines and must not change their
 * width.
 */
export function columns(
  texts: readonly string[],
  widths: readonly number[],
  paint: readonly (((text: string) => string) | undefined)[] = [],
): string {
  const cells = texts.map((text, i) => wrapped(text, '', (widths[i] ?? 0) - 2).split('\n'));
  const height = Math.max(...cells.map((lines) => lines.length));
  const rows = Array.from({ length: height }, (_, row) =>
    cells.map((lines, i) => {
      const text = lines[row] ?? '';
      const padded = i === cells.length - 1 ? text : text.padEnd(widths[i] ?? 0);
      return text === '' ? padded : (paint[i]?.(padded) ?? padded);
    }),
  );
  return rows.map((row) => `  ${row.join('')}`.trimEnd()).join('\n');
}
