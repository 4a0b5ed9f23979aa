/** The proxy as it is built and shipped, in its own process, with its log and what it holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildProxy } from '../../bin/bundle.ts';
import type { Order, State } from './probe.ts';
import { work } from './work.ts';

/** The sets of controls that faults are played through: `configs/NAME.ts`. */
export const CONFIGS = ['passing', 'inspecting'] as const;
export type Config = (typeof CONFIGS)[number];

const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

const builds = new Map<string, Promise<string>>();

/** The `main.mjs` built from a config. */
export function built(file: string): Promise<string> {
  const known = builds.get(file);
  if (known !== undefined) return known;
  const out = join(work, `proxy-${builds.size}`);
  const made = buildProxy({ config: file, out }).then(() => join(out, 'main.mjs'));
  builds.set(file, made);
  return made;
}

export const configFile = (config: Config): string => fileURLToPath(new URL(`configs/${config}.ts`, import.meta.url));

const keyring = join(work, 'keyring.json');
writeFileSync(keyring, JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64url') } }));

export interface ProcessOptions {
  /** Bindings besides the address to listen on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Flags of Node. */
  readonly flags?: readonly string[];
  /** Maximum of open files. */
  readonly files?: number;
  /** Takes each line of the log, which is not kept then. */
  readonly onLine?: (line: string) => void;
}

export class ProxyProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  /** All lines so far. */
  readonly lines: readonly string[];
  readonly #complaints: () => string;

  private constructor(child: ChildProcess, port: number, lines: readonly string[], complaints: () => string) {
    this.child = child;
    this.port = port;
    this.lines = lines;
    this.#complaints = complaints;
  }

  static async start(main: string, { environment, flags = [], files, onLine }: ProcessOptions): Promise<ProxyProcess> {
    const probe = fileURLToPath(new URL('probe.ts', import.meta.url));
    const args = [...flags, '--import', probe, main];
    const [program, given] =
      files === undefined
        ? [process.execPath, args]
        : ['sh', ['-c', `ulimit -n ${files} && exec "$@"`, 'sh', process.execPath, ...args]];
    const child = spawn(program, given, {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: '0',
        FAULTS_KEYRING: `file:${keyring}`,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    started.add(child);
    child.once('exit', () => started.delete(child));
    const lines: string[] = [];
    let complaints = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4_000)));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}: ${complaints}`)));
    let listening: string | undefined;
    if (child.stdout === null) throw new Error('expected a stdout to read');
    createInterface(child.stdout).on('line', (line) => {
      if (onLine === undefined) lines.push(line);
      else onLine(line);
      listening ??= /"event":"listening".*"port":(\d+)/.exec(line)?.[1];
      // The last line of a start.
      if (line.includes('"event":"configuration"')) resolve(Number(listening));
    });
    const port = await promise;
    // Loaded with the first line of the log; from here on a line belongs to a fault.
    lines.length = 0;
    return new ProxyProcess(child, port, lines, () => complaints);
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it wrote to standard error. */
  get complaints(): string {
    return this.#complaints();
  }

  state(collect = true): Promise<State> {
    return this.#ask({ ask: 'state', collect });
  }

  async order(order: Exclude<Order, { readonly ask: 'state' }>): Promise<void> {
    await this.#ask(order);
  }

  /** Sends SIGTERM. Resolves with the exit code, or the signal that ended it. */
  async end(): Promise<number | string | null> {
    if (!this.ended) {
      const exited = once(this.child, 'close');
      this.child.kill('SIGTERM');
      await exited;
    }
    return this.child.exitCode ?? this.child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async #ask<T>(order: Order): Promise<T> {
    if (this.ended)
      throw new Error(`the proxy has ended with ${this.child.exitCode}: ${this.complaints.slice(-1_000)}`);
    const abort = new AbortController();
    const ended = once(this.child, 'exit', abort).then(() =>
      Promise.reject(new Error(`the proxy ended instead of answering ${order.ask}`)),
    );
    const answered = once(this.child, 'message', abort);
    this.child.send(order);
    try {
      const [answer] = (await Promise.race([answered, ended])) as [T & { readonly failed?: string }];
      if (answer.failed !== undefined) throw new Error(answer.failed);
      return answer;
    } finally {
      abort.abort();
      void Promise.allSettled([answered, ended]);
    }
  }
}
