/** Other JSON readers, as processes that read a line and answer with a line. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const HERE = import.meta.dirname;
const CACHE = join(HERE, '../../../.cache/attack');

/** How a reader reads an envelope. */
export interface Seen {
  readonly refused?: string;
  readonly method?: unknown;
  readonly id?: unknown;
  readonly name?: unknown;
  readonly uri?: unknown;
  readonly taskId?: unknown;
  readonly arguments?: unknown;
}

export class Reader implements Disposable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];
  readonly #lines: Interface;

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error(`${name} has no output`);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
  }

  async read(text: string): Promise<Seen> {
    const line = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#child.stdin?.write(`${JSON.stringify(text)}\n`);
    const seen: unknown = JSON.parse(await line);
    return typeof seen === 'object' && seen !== null ? seen : { refused: 'no object' };
  }

  [Symbol.dispose](): void {
    this.#lines.close();
    this.#child.kill('SIGKILL');
  }
}

/** The readers that run on this machine. Prints a line for each that doesn't. */
export function otherReaders(): Reader[] {
  return [pythonReader, goReader].flatMap((make) => {
    try {
      return [make()];
    } catch (error) {
      console.log(
        `  skipped: ${error instanceof Error ? error.message.split('\n', 1)[0] : 'a reader that does not start'}`,
      );
      return [];
    }
  });
}

function pythonReader(): Reader {
  execFileSync('python3', ['--version'], { stdio: 'ignore' });
  return new Reader('Python', 'python3', [join(HERE, 'reader.py')]);
}

function goReader(): Reader {
  mkdirSync(CACHE, { recursive: true });
  const binary = join(CACHE, 'reader-go');
  execFileSync('go', ['build', '-o', binary, join(HERE, 'reader.go')], {
    stdio: 'ignore',
    env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off' },
  });
  return new Reader('Go', binary, []);
}
