/** Runs the commands of one page, in a folder that looks like a clone and has the page's files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';
import type { Fenced } from './pages.ts';

const LIMIT_MS = 240_000;
/** What the pages take for granted. */
const GIVEN = { CRM_KEY: 'a-key', PROXY_SECRET: 'a-secret', NO_COLOR: '1' };
const SERVER = /\bnpm start\b|main\.mjs(?! --describe)/;
/** Calls the proxy that `npm start` of README.md runs, which many pages take for granted. */
const CALLS_IT = /127\.0\.0\.1:8000|\bagent -- (?:--list|--call|--no-model)/;
const READY = /Ctrl-C ends it|"event":"listening"/;

/** What runs now; ended with this process, also if a signal ends it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) end(child, 'SIGKILL');
});

export class Session implements AsyncDisposable {
  readonly folder: string;
  readonly #servers = new Map<string, ChildProcess>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async begin(blocks: readonly Fenced[]): Promise<Session> {
    await mkdir(join(ROOT, '.cache'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, '.cache/snippets-'));
    for (const name of await readdir(ROOT))
      if (!['.cache', '.git', 'dist'].includes(name)) await symlink(join(ROOT, name), join(folder, name));
    for (const { text, file, language } of blocks) {
      if (file === undefined || file.includes('/') || !['', 'ts', 'json'].includes(language)) continue;
      await rm(join(folder, file), { force: true });
      await writeFile(join(folder, file), text);
    }
    return new Session(folder);
  }

  /** Throws with what it printed if a command fails, or if a server doesn't start. */
  async run(commands: readonly string[]): Promise<void> {
    for (let i = 0; i < commands.length; i++) {
      const command = commands[i] ?? '';
      if (SERVER.test(command)) await this.#serve(command);
      else {
        // Together, since later ones use variables of earlier ones.
        const rest = commands.slice(i);
        const end = rest.findIndex((one) => SERVER.test(one));
        const together = end < 0 ? rest : rest.slice(0, end);
        await this.#finish(together);
        i += together.length - 1;
      }
    }
  }

  async #finish(commands: readonly string[]): Promise<void> {
    if (!this.#servers.has('8000') && commands.some((command) => CALLS_IT.test(command)))
      await this.#serve('npm start');
    const { child, said } = this.#spawn(`set -euo pipefail\n${commands.join('\n')}`);
    const timer = setTimeout(() => end(child, 'SIGKILL'), LIMIT_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`exit code ${code}: ${commands.join('\n')}\n${said()}`);
    if (/"error":\{"code"/.test(said())) throw new Error(`an error as the answer: ${said()}`);
  }

  async #serve(command: string): Promise<void> {
    const port = /--port (\d+)/.exec(command)?.[1] ?? '8000';
    await this.#stop(port);
    const { child, said, seen } = this.#spawn(command.replace(/^npm ci && /, ''));
    this.#servers.set(port, child);
    const timer = setTimeout(() => end(child, 'SIGKILL'), LIMIT_MS);
    await Promise.race([seen(READY), once(child, 'close')]);
    clearTimeout(timer);
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`ended before it listened: ${command}\n${said()}`);
  }

  #spawn(script: string): {
    readonly child: ChildProcess;
    readonly said: () => string;
    readonly seen: (what: RegExp) => Promise<void>;
  } {
    const child = spawn('bash', ['-c', script], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...GIVEN, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: this.folder },
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    let text = '';
    const watching: { what: RegExp; resolve: () => void }[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        for (const { what, resolve } of watching) if (what.test(text)) resolve();
      });
    const seen = (what: RegExp): Promise<void> => new Promise((resolve) => watching.push({ what, resolve }));
    return { child, said: () => text, seen };
  }

  async #stop(port: string): Promise<void> {
    const child = this.#servers.get(port);
    this.#servers.delete(port);
    if (child === undefined || child.exitCode !== null) return;
    const closed = once(child, 'close');
    end(child, 'SIGINT');
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const port of this.#servers.keys()) await this.#stop(port);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Ends it and what it started: it leads its process group. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
