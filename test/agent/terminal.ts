/** The agent in this process, at a terminal or a pipe that a test types into. */
import { PassThrough } from 'node:stream';
import { agent } from '../../bin/agent/run.ts';
import type { ExitCode } from '../../bin/operator/failure.ts';

export interface Ran {
  readonly exitCode: ExitCode;
  readonly output: string;
  readonly errors: string;
}

/** Runs it with standard input from a pipe, which is empty unless text is given. */
export async function run(args: readonly string[], input = ''): Promise<Ran> {
  const { ended, type, output, errors } = start(args, { isTTY: false });
  type(input);
  type(undefined);
  return { exitCode: await ended, output: output(), errors: errors() };
}

export interface Started {
  readonly ended: Promise<ExitCode>;
  /** Everything printed so far; on a terminal without readline's changes to the line. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Undefined ends the input. */
  readonly type: (text: string | undefined) => void;
  /** Waits until this is printed after the match of an earlier `until`. Rejects with all output if it ends before. */
  readonly until: (wanted: RegExp | string) => Promise<string>;
}

export function start(args: readonly string[], { isTTY = true }: { readonly isTTY?: boolean } = {}): Started {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let printed = '';
  let complained = '';
  let seen = 0;
  const waiting = new Set<() => void>();
  output.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    for (const check of waiting) check();
  });
  errors.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const ended = agent(args, { input: Object.assign(input, { isTTY }), output, errors });
  const cleaned = (): string => printed.replaceAll(/\u001b\[[\d;]*[A-Za-z]/g, '');
  return {
    ended,
    output: cleaned,
    errors: () => complained,
    type: (text) => void (text === undefined ? input.end() : input.write(text)),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const rest = cleaned().slice(seen);
          const found = typeof wanted === 'string' ? wanted : wanted.exec(rest)?.[0];
          if (found === undefined || !rest.includes(found)) return;
          seen += rest.indexOf(found) + found.length;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        void ended.then(() =>
          setImmediate(() =>
            reject(new Error(`ended before printing ${String(wanted)}:\n${cleaned()}\n${complained}`)),
          ),
        );
        check();
      }),
  };
}
