/**
 * Starts, asks and ends the benchmark's processes. All use this Node, and only the flags and the environment given here.
 */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { work } from './build.ts';

export interface Program {
  /** Arguments of node: flags, then the script. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const started = new Set<ChildProcess>();
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')));

/** A server that has printed its `listening` line. */
export class Server {
  readonly port: number;
  readonly child: ChildProcess;
  readonly #drain: ChildProcess | undefined;

  constructor(port: number, child: ChildProcess, drain?: ChildProcess) {
    this.port = port;
    this.child = child;
    this.#drain = drain;
  }

  /** Sends SIGTERM and waits for the end. @returns the exit code, or null if the signal ended it. */
  async stop(): Promise<number | null> {
    const code = await stop(this.child);
    if (this.#drain !== undefined) await stop(this.#drain);
    return code;
  }
}

/** Starts a server whose stdout this process reads. */
export async function serve(program: Program): Promise<Server> {
  const child = start(program, ['ignore', 'pipe', 'pipe']);
  return new Server(await listening(child, child.stdout), child);
}

/**
 * Starts a server under test with a channel for questions. A separate process empties its stdout pipe, like a
 * container's log driver: an audit line costs what it costs in production, and the harness uses no CPU to read it.
 */
export async function serveDrained(program: Program): Promise<Server> {
  const fifo = `${work}/stdout-${process.pid}-${fifos++}`;
  execFileSync('mkfifo', [fifo]);
  // Opened for reading and writing, because opening only one end would wait for the other.
  const both = openSync(fifo, 'r+');
  const [out, into] = [openSync(fifo, 'r'), openSync(fifo, 'w')];
  rmSync(fifo);
  const drain = spawn('sh', ['-c', `grep -m 1 '"listening"'; exec cat > /dev/null`], {
    stdio: [out, 'pipe', 'inherit'],
  });
  started.add(drain);
  const child = start(program, ['ignore', into, 'pipe', 'ipc']);
  for (const fd of [both, out, into]) closeSync(fd);
  return new Server(await listening(child, drain.stdout), child, drain);
}
let fifos = 0;

/** Starts a process that only answers questions. */
export function attend(program: Program): ChildProcess {
  return start(program, ['ignore', 'inherit', 'inherit', 'ipc']);
}

/**
 * Asks over the process's channel, one question at a time. The script defines the shape of the answer: see its exported
 * types.
 */
export async function ask<T>(child: ChildProcess, question: object | string): Promise<T> {
  const abort = new AbortController();
  const ended = once(child, 'exit', abort).then(() =>
    Promise.reject(new Error(`the process ended instead of answering ${JSON.stringify(question)}`)),
  );
  const answered = once(child, 'message', abort);
  child.send(question);
  try {
    const [answer] = (await Promise.race([answered, ended])) as [T & { failed?: string }];
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  } finally {
    abort.abort();
    void Promise.allSettled([answered, ended]);
  }
}

export async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  started.delete(child);
  return child.exitCode;
}

function start({ args, env }: Program, stdio: SpawnOptions['stdio'] & object): ChildProcess {
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], ...env }, stdio });
  started.add(child);
  return child;
}

/** The port in the `listening` line. If the process ends before, its stderr is shown. */
async function listening(child: ChildProcess, stdout: Readable | null): Promise<number> {
  if (stdout === null) throw new Error('expected a stdout to read');
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('exit', (code) =>
    reject(new Error(`${child.spawnargs.join(' ')} exited with ${code} before it listened\n${complaint}`)),
  );
  createInterface(stdout).on('line', (line) => {
    if (!line.includes('"listening"')) return;
    const { port } = JSON.parse(line) as { port: number };
    resolve(port);
  });
  return promise;
}
