/**
 * Runs in a thread. Answers every request, and resets all connections when told to. Counts requests in shared memory.
 */
import net, { type AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const BODY = '{"jsonrpc":"2.0","id":1,"result":{}}';

if (!(workerData instanceof SharedArrayBuffer) || parentPort === null)
  throw new Error('expected to run in a thread, with shared memory');
const state = new Int32Array(workerData);
const port = parentPort;
const sockets = new Set<net.Socket>();
const server = net.createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  let pending = '';
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    const bodyAt = pending.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4 || pending.length < bodyAt + Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0)) return;
    pending = '';
    Atomics.add(state, 0, 1);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
  });
});
port.on('message', () => {
  for (const socket of sockets) socket.resetAndDestroy();
  sockets.clear();
  // Until the reset was sent.
  setTimeout(() => {
    Atomics.store(state, 1, 1);
    Atomics.notify(state, 1);
  }, 50);
});
server.listen(0, '127.0.0.1', () => port.postMessage((server.address() as AddressInfo).port));
