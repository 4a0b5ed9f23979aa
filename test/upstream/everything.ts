/** The reference server, `@modelcontextprotocol/server-everything`, in its own process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';

export interface Everything extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends the process and starts another on the same port, which has no sessions. */
  restart(): Promise<void>;
}

const main = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

export async function startEverything(): Promise<Everything> {
  const port = await freePort();
  let stop = await start(port);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    async restart() {
      await stop();
      stop = await start(port);
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

async function start(port: number): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [main, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  child.stderr.setEncoding('utf8');
  let said = '';
  for await (const text of child.stderr as AsyncIterable<string>) {
    said += text;
    if (said.includes('listening')) break;
  }
  if (!said.includes('listening')) throw new Error(`server-everything did not start: ${said}`);
  return async () => {
    child.kill('SIGKILL');
    await exited;
  };
}
