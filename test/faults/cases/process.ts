/** Faults of the processes: the upstream's, and the proxy's own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect } from '../../support/raw.ts';
import { bytesOf, initialize, legacy } from '../../upstream/messages.ts';
import { call, CALLER, openSession, told, toolCall } from '../client.ts';
import type { Fault, Scene } from '../fault.ts';
import { chunk, event, EVENTS, json, MARK, progress, response, textResult } from '../upstream.ts';

const UNKNOWN = 'whether the call was carried out is not known';

async function arrived({ upstream }: Scene, calls = 1): Promise<void> {
  while (upstream.arrived < calls) await sleep(5);
}

/** Sends SIGTERM and waits for the end of the process, shorter than the time that calls under way are given. */
async function ended({ proxy }: Scene, ms: number): Promise<string> {
  const late = sleep(ms).then(() => 'the process still runs');
  return Promise.race([proxy.end().then((code) => `the process ends with ${code}`), late]);
}

export const PROCESSES: readonly Fault[] = [
  {
    name: 'upstream-restarts',
    happens: 'the upstream restarts between two calls',
    async play({ upstream, call }) {
      const got = [told(await call())];
      await upstream.down();
      await upstream.up();
      return [...got, told(await call())];
    },
    gets: ['200 result'],
    logs: ['call ok'],
    advice: 'nothing',
  },
  {
    name: 'upstream-restarts-in-call',
    happens: 'the upstream restarts in the middle of a call',
    async play(scene) {
      const { upstream, call, disconnect } = scene;
      await disconnect();
      upstream.script = () => {};
      const calling = call();
      await arrived(scene);
      await upstream.down();
      await upstream.up();
      return [told(await calling)];
    },
    gets: [`502 error upstream-unreachable (-32603): the upstream can't be reached: ECONNRESET; ${UNKNOWN}`],
    logs: [
      'call refused upstream-unreachable',
      `warn refused upstream-unreachable: HOST: the upstream can't be reached: ECONNRESET; ${UNKNOWN}`,
    ],
    advice: "look in the upstream's log",
  },
  {
    name: 'session-lost',
    happens: 'the upstream restarts and forgets its sessions',
    eras: ['legacy'],
    async play({ upstream, proxy }) {
      upstream.keepsSessions = true;
      const calling = async (): Promise<string> => {
        const session = await openSession(proxy.port);
        if (session === undefined) return 'no session';
        const sent = legacy('tools/call', { name: 'fault', arguments: { text: MARK } }, { session });
        const first = told(await call(proxy.port, 'legacy', 'fault', { sent }));
        await upstream.down();
        await upstream.up();
        return `${first}, then ${told(await call(proxy.port, 'legacy', 'fault', { sent }))}`;
      };
      const lost = await calling();
      const again = told(await call(proxy.port, 'legacy', '', { sent: initialize() }));
      return [lost, `initialize again: ${again}`];
    },
    gets: [
      '200 result, then 404 error session-not-found (-32001): Session not found: …',
      'initialize again: 200 result',
    ],
    logs: ['call ok', 'call refused session-not-found', 'warn session-lost: …'],
    advice: 'nothing, if the client opens a new session; `reopen: true` for an upstream that keeps no state',
  },
  {
    name: 'sigterm',
    happens: 'SIGTERM, with a call under way and idle clients',
    own: {},
    next: 'ended',
    async play(scene) {
      const { upstream, proxy, era } = scene;
      let answer = (): void => {};
      upstream.script = ({ id }, socket) => {
        answer = () => void socket.write(json(response(id, textResult(MARK))));
      };
      const idle = await connect(proxy.port);
      await using connection = await connect(proxy.port);
      connection.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
      await arrived(scene);
      const over = ended(scene, 20_000);
      await idle.closed;
      answer();
      const reply = await connection.reply();
      const late = told(await call(proxy.port, era, 'well')).replace(/connect (\w+) .*/, '$1');
      return [told(reply), `Connection: ${reply.header('connection')}`, `a new client: ${late}`, await over];
    },
    gets: ['200 result', 'Connection: close', 'a new client: ECONNREFUSED', 'the process ends with 0'],
    logs: ['info draining: draining', 'call ok'],
    advice: 'nothing: calls under way have 25 s to end',
  },
  {
    name: 'sigterm-busy-client',
    happens: 'SIGTERM, and a client goes on calling',
    own: {},
    next: 'ended',
    async play(scene) {
      const { upstream, proxy, era } = scene;
      let answer = (): void => {};
      upstream.script = ({ id }, socket) => {
        socket.write(EVENTS + chunk(event(progress(1))));
        answer = () => void socket.write(chunk(event(response(id, textResult(MARK)))) + '0\r\n\r\n');
      };
      await using connection = await connect(proxy.port);
      connection.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
      await connection.head();
      await arrived(scene);
      const over = ended(scene, 20_000);
      await sleep(50);
      answer();
      let calls = 0;
      for (let piece = await connection.piece(); piece !== undefined; piece = await connection.piece());
      while (!connection.isClosed) {
        connection.send(bytesOf(toolCall(era, 'well'), [CALLER]));
        if ((await connection.reply().catch(() => undefined)) !== undefined) calls++;
      }
      return [calls <= 1 ? 'one more call at most' : 'many more calls', await over];
    },
    gets: ['one more call at most', 'the process ends with 0'],
    logs: ['info draining: draining', 'call ok'],
    advice: 'nothing: its next answer ends the connection',
  },
  {
    name: 'sigterm-endless-stream',
    happens: 'SIGTERM, with an endless event stream',
    configs: ['passing'],
    eras: ['modern'],
    own: {},
    next: 'ended',
    async play(scene) {
      const { upstream, proxy, era } = scene;
      upstream.script = (_, socket) => void socket.write(EVENTS + chunk(event(progress(1))));
      await using connection = await connect(proxy.port);
      connection.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
      await arrived(scene);
      const reply = connection.reply();
      return [await ended(scene, 60_000), told(await reply)];
    },
    gets: ['the process ends with 0', '200 cut'],
    logs: ['info draining: draining', 'call cut'],
    advice: 'nothing: it is cut after 25 s',
  },
  {
    name: 'files-exhausted',
    happens: 'the proxy may open no more files or sockets',
    own: { files: 60 },
    async play({ proxy, era, call: calling, disconnect }) {
      const crowd: Connection[] = [];
      const crowded = async (more: number): Promise<void> => {
        for (let i = 0; i < more; i++) crowd.push(await connect(proxy.port));
      };
      // What is loaded on first use is there.
      await calling();
      await crowded(100);
      const late = told(await calling());
      // Now the proxy has one file free, which the next client takes.
      await disconnect();
      await crowded(5);
      const [first] = crowd;
      first?.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
      const early = first === undefined ? 'nothing' : told(await first.reply());
      for (const connection of crowd) connection.destroy();
      return [`a new client: ${late}`, `a client from before: ${early}`];
    },
    gets: [
      'a new client: closed',
      "a client from before: 502 error upstream-unreachable (-32603): the upstream can't be reached: EMFILE",
    ],
    logs: [
      'call ok',
      'call refused upstream-unreachable',
      "warn refused upstream-unreachable: HOST: the upstream can't be reached: EMFILE",
    ],
    advice: 'raise the limit of open files (`ulimit -n`); the log has no line of new clients',
  },
  {
    name: 'memory-scarce',
    happens: 'twelve replies of 8 MB are inspected at once, in a 96 MB heap',
    configs: ['inspecting'],
    eras: ['modern'],
    own: { flags: ['--max-old-space-size=96'] },
    async play(scene) {
      const { upstream, call: calling } = scene;
      const text = 'x'.repeat(8 * 1024 * 1024);
      upstream.script = ({ id }, socket) => void socket.write(json(response(id, textResult(text))));
      const replies = await Promise.all(Array.from({ length: 12 }, () => calling()));
      return replies.map((reply) => told(reply));
    },
    gets: ['200 result'],
    logs: ['call ok'],
    advice:
      'give it more memory, or lower `limits.maxInspectedReply` and `maxConnections`: a process without memory ends without a line in the log',
  },
];
