/** Starts contestants: peers as they are installed, and the programs of this benchmark. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.ts';
import { work } from '../build.ts';
import { serveDrained, type Program } from '../child.ts';
import { type Door, type Peer, PLAIN } from './peer.ts';

/** Milliseconds for a peer to start and to be prepared. */
const PATIENCE = 120_000;
/** Milliseconds to end after SIGTERM. */
const GRACE = 5_000;

/** A contestant that answers. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly door: Door;
  readonly stop: () => Promise<unknown>;
}

/** @throws Error if it isn't a process any more */
export async function runOurs(program: Program): Promise<Running> {
  const server = await serveDrained(program);
  return { pid: pidOf(server.child), port: server.port, door: PLAIN, stop: () => server.stop() };
}

/**
 * @param folder where it is installed
 * @param reach throws until the contestant can be spoken to
 * @throws Error with the end of what it printed, if it doesn't answer in time
 */
export async function runPeer(
  peer: Peer,
  folder: string,
  upstream: string,
  reach: (at: { port: number; door: Door }) => Promise<unknown>,
): Promise<Running> {
  const port = await freePort();
  const place = { folder, scratch: mkdtempSync(join(work, 'peer-')), upstream, port };
  const { argv, env } = await peer.command(place);
  const [program, ...args] = argv;
  const { PATH, HOME } = process.env;
  // Its own group, since some peers start processes; those in another session end with their stdin.
  const child = spawn(program, args, {
    cwd: place.scratch,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  groups.add(child);
  const stop = (): Promise<void> => end(child);
  let fault: unknown = 'nothing';
  child.once('error', (error) => (fault = error));
  let door: Door | undefined;
  for (const until = performance.now() + PATIENCE; performance.now() < until;) {
    await sleep(300);
    if (child.exitCode !== null || child.pid === undefined) break;
    try {
      door ??= await peer.open(place);
      await reach({ port, door });
      return { pid: child.pid, port, door, stop };
    } catch (error) {
      fault = error;
    }
  }
  await stop();
  throw new Error(
    `${peer.name} doesn't answer: ${fault instanceof Error ? fault.message : String(fault)}; it printed: ${said}`,
  );
}

const groups = new Set<ChildProcess>();
process.on('exit', () => groups.forEach((child) => signal(child, 'SIGKILL')));

async function end(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    signal(child, 'SIGTERM');
    await Promise.race([exited, sleep(GRACE, undefined, { ref: false })]);
    signal(child, 'SIGKILL');
    await exited;
  }
  groups.delete(child);
}

function signal({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('expected a running process, got none');
  return pid;
}
