/** Clients that misbehave. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect, request, USUAL } from '../../support/raw.ts';
import { bytesOf } from '../../upstream/messages.ts';
import { CALLER, told, toolCall } from '../client.ts';
import { type Fault, type Scene } from '../fault.ts';
import { chunk, event, EVENTS, json, LAST_CHUNK, MARK, progress, response, textResult } from '../upstream.ts';

const NOTHING = 'nothing: the proxy gives up the call';

/** Opens a connection and sends a call of the tool `fault` on it. */
async function sending({ proxy, era }: Scene): Promise<Connection> {
  const connection = await connect(proxy.port);
  connection.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
  return connection;
}

async function arrived({ upstream }: Scene): Promise<void> {
  while (upstream.arrived === 0) await sleep(5);
}

/** Waits until the proxy knows that its client has gone. */
async function noticed({ proxy }: Scene): Promise<void> {
  for (let i = 0; i < 2; i++) await proxy.order({ ask: 'turn' });
}

/** A client that reads nothing until the proxy has closed the connection. */
async function neverReading(scene: Scene): Promise<string> {
  await using connection = await sending(scene);
  connection.socket.pause();
  await arrived(scene);
  const end = performance.now() + 45_000;
  while ((await clientsOf(scene)) > 0) {
    if (performance.now() > end) return 'a connection that stays open';
    await sleep(50);
  }
  connection.socket.resume();
  const reply = await connection.reply().catch((error: unknown) => error as Error);
  return told(reply);
}

/** Connections that keep the proxy's process alive: those of its clients, and to the upstream while a call is under way. */
async function clientsOf({ proxy }: Scene): Promise<number> {
  return (await proxy.state(false)).handles['TCPSocketWrap'] ?? 0;
}

async function dripping(scene: Scene, start: string | Buffer, drop: string): Promise<string> {
  await using connection = await connect(scene.proxy.port);
  connection.send(start);
  const drip = setInterval(() => connection.send(drop), 100);
  try {
    return told(await connection.reply());
  } finally {
    clearInterval(drip);
  }
}

export const CLIENTS: readonly Fault[] = [
  {
    name: 'client-leaves',
    happens: 'the client resets its connection while the upstream works',
    async play(scene) {
      let answer = (): void => {};
      scene.upstream.script = ({ id }, socket) => {
        answer = () => void socket.write(json(response(id, textResult(MARK))));
      };
      const connection = await sending(scene);
      await arrived(scene);
      connection.socket.resetAndDestroy();
      await noticed(scene);
      answer();
      return [];
    },
    gets: [],
    logs: ['call refused cancelled | call cut'],
    advice: NOTHING,
  },
  {
    name: 'client-leaves-stream',
    happens: 'the client resets its connection in the middle of an event stream',
    async play(scene) {
      let end = (): void => {};
      scene.upstream.script = ({ id }, socket) => {
        socket.write(EVENTS + chunk(event(progress(1))));
        end = () => void socket.write(chunk(event(response(id, textResult(MARK)))) + LAST_CHUNK);
      };
      const connection = await sending(scene);
      await connection.head();
      await connection.piece();
      connection.socket.resetAndDestroy();
      await noticed(scene);
      end();
      return [];
    },
    gets: [],
    logs: ['call cut'],
    advice: NOTHING,
  },
  {
    name: 'client-half-closes',
    happens: 'the client closes its side after the call',
    async play(scene) {
      let answer = (): void => {};
      scene.upstream.script = ({ id }, socket) => {
        answer = () => void socket.write(json(response(id, textResult(MARK))));
      };
      await using connection = await sending(scene);
      await arrived(scene);
      connection.finish();
      const got = told(await connection.reply().catch((error: unknown) => error as Error));
      answer();
      return [got];
    },
    gets: ['closed'],
    logs: ['call refused cancelled | call cut'],
    advice: 'clients must keep their side open until they have the reply',
  },
  {
    name: 'client-never-reads',
    happens: 'the client reads nothing of a large reply',
    limits: 'short',
    async play(scene) {
      scene.upstream.script = ({ id }, socket) =>
        void socket.write(json(response(id, textResult('x'.repeat(12_000_000)))));
      return [await neverReading(scene)];
    },
    gets: ['200 cut'],
    logs: ['call cut | call ok'],
    advice: 'nothing: `requestMs` is the limit, or `idleMs` if the reply passes as it comes',
  },
  {
    name: 'client-never-reads-stream',
    happens: 'the client reads nothing of an endless event stream',
    limits: 'short',
    async play(scene) {
      scene.upstream.script = async (_, socket) => {
        socket.write(EVENTS);
        const some = chunk(event(progress(1)).repeat(100));
        while (!socket.destroyed) if (!socket.write(some)) await sleep(5);
      };
      return [await neverReading(scene)];
    },
    gets: ['200 cut'],
    logs: ['call cut'],
    advice: 'nothing: `idleMs` is the limit',
  },
  {
    name: 'slow-headers',
    happens: 'the client sends its headers line by line, without an end',
    limits: 'short',
    play: async (scene) => [await dripping(scene, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n', 'X-More: v\r\n')],
    gets: ['408 error invalid-request (-32600): the request did not arrive in time'],
    logs: [],
    advice: 'nothing: `headersMs` is the limit',
  },
  {
    name: 'slow-body',
    happens: 'the client sends its call byte by byte, without an end',
    limits: 'short',
    play: async (scene) => [
      await dripping(scene, request('POST', '/mcp', [...USUAL, 'Content-Length: 1000'], '{'), ' '),
    ],
    gets: ['408 error invalid-request (-32600): the request did not arrive in time'],
    logs: [],
    advice: 'nothing: `requestMs` is the limit',
  },
  {
    name: 'silent-clients',
    happens: '200 clients connect and send nothing',
    limits: 'short',
    async play(scene) {
      const connections = await Promise.all(Array.from({ length: 200 }, () => connect(scene.proxy.port)));
      const replies = await Promise.all(connections.map((connection) => connection.reply()));
      for (const connection of connections) connection.destroy();
      return replies.map((reply) => told(reply));
    },
    gets: ['408 error invalid-request (-32600): the request did not arrive in time'],
    logs: [],
    advice: 'nothing: `headersMs` is the limit',
  },
];
