/** Faults of the connection to the upstream. */
import type { Socket } from 'node:net';
import { legacy, modern } from '../../upstream/messages.ts';
import { openBlackHole } from '../black-hole.ts';
import { told } from '../client.ts';
import { answering, type Fault, type Scene } from '../fault.ts';

const CHECK = 'check that the upstream runs, its address and its security groups';
const MAYBE = "look in the upstream's log";

/** What a call gets, and the log says, if there is no connection or it breaks before the response headers. */
function unreachable(words: string): Pick<Fault, 'gets' | 'logs'> {
  return {
    gets: [`502 error upstream-unreachable (-32603): the upstream can't be reached: ${words}`],
    logs: [
      'call refused upstream-unreachable',
      `warn refused upstream-unreachable: HOST: the upstream can't be reached: ${words}`,
    ],
  };
}

/** The connection may end before or after the call was sent on it. */
function early(): Pick<Fault, 'gets' | 'logs'> {
  const words = "the upstream can't be reached: ECONNRESET";
  const either = (before: string): string =>
    `${before}${words} | ${before}${words}; whether the call was carried out is not known`;
  return {
    gets: [either('502 error upstream-unreachable (-32603): ')],
    logs: ['call refused upstream-unreachable', either('warn refused upstream-unreachable: HOST: ')],
  };
}

function slow(words: string): Pick<Fault, 'gets' | 'logs'> {
  return {
    gets: [`504 error upstream-timeout (-32603): the upstream is slow: expected ${words}, got none`],
    logs: [
      'call refused upstream-timeout',
      `warn refused upstream-timeout: HOST: the upstream is slow: expected ${words}, got none`,
    ],
  };
}

/** Calls while the upstream does something with every new connection. */
async function whileConnecting(
  { upstream, call, disconnect }: Scene,
  act: (socket: Socket) => void,
): Promise<string[]> {
  await disconnect();
  upstream.onConnection = (socket) => {
    act(socket);
    return true;
  };
  return [told(await call())];
}

export const CONNECTION: readonly Fault[] = [
  {
    name: 'refused',
    happens: "nothing listens at the upstream's address",
    async play({ upstream, call }) {
      await upstream.down();
      const got = told(await call());
      await upstream.up();
      return [got];
    },
    ...unreachable('ECONNREFUSED'),
    advice: CHECK,
  },
  {
    name: 'connection-reset',
    happens: 'the upstream resets each new connection',
    play: (scene) => whileConnecting(scene, (socket) => socket.resetAndDestroy()),
    ...early(),
    advice: CHECK,
  },
  {
    name: 'connection-ended',
    happens: 'the upstream ends each new connection',
    play: (scene) => whileConnecting(scene, (socket) => socket.resume().end()),
    ...early(),
    advice: CHECK,
  },
  {
    name: 'reset-after-request',
    happens: 'the upstream reads the call and resets the connection',
    play: answering((_, socket) => void socket.resetAndDestroy()),
    ...unreachable('ECONNRESET; whether the call was carried out is not known'),
    advice: MAYBE,
  },
  {
    name: 'half-closed',
    happens: 'the upstream reads the call and closes its side',
    play: answering((_, socket) => void socket.end()),
    ...unreachable('ECONNRESET; whether the call was carried out is not known'),
    advice: MAYBE,
  },
  {
    name: 'stale-call',
    happens: 'the upstream resets a kept-alive connection at a tool call',
    async play({ upstream, call }) {
      upstream.script = (_, socket) => void socket.resetAndDestroy();
      return [told(await call())];
    },
    ...unreachable('ECONNRESET on a kept-alive connection; whether the call was carried out is not known'),
    advice: MAYBE,
  },
  {
    name: 'stale-list',
    happens: 'the upstream resets a kept-alive connection at a list, which may be sent twice',
    async play({ upstream, era, call }) {
      let isFirst = true;
      upstream.guard = ({ method }, socket) => {
        if (method !== 'tools/list' || !isFirst) return false;
        isFirst = false;
        socket.resetAndDestroy();
        return true;
      };
      return [told(await call({ sent: era === 'modern' ? modern('tools/list') : legacy('tools/list') }))];
    },
    gets: ['200 result'],
    logs: ['call ok'],
    advice: 'nothing: the proxy sent it again on a new connection',
  },
  {
    name: 'black-hole',
    happens: 'the upstream takes the call and never answers',
    limits: 'short',
    play: answering(() => {}),
    ...slow('an answer within N ms'),
    advice: 'find out what it waits for; `firstByteMs` is the limit',
  },
  {
    name: 'syn-black-hole',
    happens: 'packets to the upstream are dropped',
    limits: 'short',
    async play({ upstream, call }) {
      await upstream.down();
      let got: string;
      {
        await using _hole = await openBlackHole(upstream.port);
        got = told(await call());
      }
      await upstream.up();
      return [got];
    },
    ...slow('a connection within N ms'),
    advice: 'check security groups, routes and network ACLs; `connectMs` is the limit',
  },
];
