/** The reference server of MCP, in a process that can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const EVERYTHING = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

export interface Everything {
  readonly url: string;
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

export async function startEverything(): Promise<Everything> {
  const port = await freePort();
  const spawned = async (): Promise<() => Promise<void>> => {
    const child = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
      env: { PATH: process.env['PATH'], PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(child, 'exit');
    for await (const line of createInterface(child.stderr)) if (line.includes('listening')) break;
    if (child.exitCode !== null) throw new Error(`server-everything ended with exit code ${child.exitCode}`);
    child.stderr.resume();
    return async () => {
      child.kill('SIGKILL');
      await exited;
    };
  };
  let kill = await spawned();
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    kill: () => kill(),
    start: async () => {
      kill = await spawned();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
