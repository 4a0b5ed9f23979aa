/** Starts the proxy of `proxy.ts` as its own process, with files for its secrets. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

const HERE = import.meta.dirname;
const KEYRING = JSON.stringify({ current: 'k1', keys: { k1: 'a-test-key-'.repeat(4) } });

export class Warmed implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'warmed-'));
  readonly #child: ChildProcess;

  /** @param preloaded of `loads` and `clone` */
  constructor(upstream: string, environment: Readonly<Record<string, string>>, preloaded: readonly string[] = []) {
    this.secrets('not a secret yet');
    // Into a file: a pipe to this process would be a socket.
    const out = openSync(this.#out, 'a');
    const place = (name: string): string => `file:${join(this.#folder, name)}`;
    this.#child = spawn(
      process.execPath,
      [...preloaded.flatMap((name) => ['--import', join(HERE, `${name}.mjs`)]), join(HERE, 'proxy.ts')],
      {
        stdio: ['ignore', out, out],
        env: {
          ...SHARED_ENVIRONMENT,
          PATH: process.env['PATH'],
          HOST: '127.0.0.1',
          PORT: '0',
          UPSTREAM_URL: upstream,
          UPSTREAM_AUTH: 'bearer',
          UPSTREAM_SECRET: place('bearer'),
          SESSION_SECRET: place('session'),
          AUDIT_KEYS: place('audit'),
          TOKEN_KEYS: place('tokens'),
          ...environment,
        },
      },
    );
    closeSync(out);
  }

  get #out(): string {
    return join(this.#folder, 'out');
  }

  /** What its files of secrets contain from now on. @default - right ones */
  secrets(text?: string): void {
    for (const name of ['audit', 'tokens']) writeFileSync(join(this.#folder, name), text ?? KEYRING);
    for (const name of ['bearer', 'session']) writeFileSync(join(this.#folder, name), text ?? `the-${name}-secret`);
  }

  /** Everything printed so far. */
  printed(): string {
    return readFileSync(this.#out, 'utf8');
  }

  /** Lines that are objects, such as those of the log and of the audit. */
  lines(): Record<string, unknown>[] {
    return this.printed()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async origin(): Promise<string> {
    const listening = (): Record<string, unknown> | undefined =>
      this.lines().find(({ event }) => event === 'listening');
    await expect.poll(listening, { timeout: 60_000 }).toBeDefined();
    return `http://127.0.0.1:${String(listening()?.['port'])}`;
  }

  /** The sockets that the process has open. */
  sockets(): number {
    const folder = `/proc/${this.#child.pid}/fd`;
    return readdirSync(folder).filter((fd) => {
      try {
        return readlinkSync(join(folder, fd)).startsWith('socket:');
      } catch {
        return false;
      }
    }).length;
  }

  async call(origin: string, name: string, text: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const reply = await fetch(`${origin}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-caller': '{"sub":"ann"}' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: { text }, _meta },
      }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
