/**
 * A port at which connections are never completed: its thread sleeps, and its queue of connections is full, so that the
 * system drops every further SYN.
 */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: workerData, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage('listening');
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
`;
/** More than any queue of one takes. */
const MOST = 16;
/** A connection on loopback is there at once, or never. */
const PATIENCE_MS = 500;

/** Rejects where the system completes connections although nothing accepts them. */
export async function openBlackHole(port: number): Promise<AsyncDisposable> {
  const thread = new Worker(THREAD, { eval: true, workerData: port });
  await once(thread, 'message');
  const sockets: net.Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await thread.terminate();
  };
  for (let i = 0; i < MOST; i++) {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    sockets.push(socket);
    const isConnected = await Promise.race([
      once(socket, 'connect').then(() => true),
      sleep(PATIENCE_MS).then(() => false),
    ]);
    if (!isConnected) return { [Symbol.asyncDispose]: close };
  }
  await close();
  throw new Error('expected the system to drop connections beyond a full queue, got all of them completed');
}
