/** Replies that break off, at every byte. */
import { told } from '../client.ts';
import type { Fault, Scene } from '../fault.ts';
import { chunk, event, EVENTS, head, LAST_CHUNK, MARK, progress, response, textResult } from '../upstream.ts';

type Break = 'reset' | 'ended';

interface Sent {
  readonly head: string;
  readonly body: string;
  /** Bytes of the body after which the client has its answer, although the reply goes on. */
  readonly answeredAt: number;
}

function jsonReply(id: string | undefined): Sent {
  const body = response(id, textResult(MARK));
  return {
    head: head(200, ['Content-Type: application/json', `Content-Length: ${body.length}`]),
    body,
    answeredAt: body.length,
  };
}

function streamReply(id: string | undefined): Sent {
  const before = chunk(event(progress(1))) + chunk(event(response(id, textResult(MARK))));
  return { head: EVENTS, body: before + LAST_CHUNK, answeredAt: before.length - 2 };
}

/** Breaks a reply off after each of its bytes, and says where. */
function atEachByte(replyTo: (id: string | undefined) => Sent, how: Break): Fault['play'] {
  return async (scene) => {
    const { length } = bytesOf(replyTo('1'));
    await scene.disconnect();
    const seen = new Set<string>();
    for (let at = 0; at < length; at++) seen.add(await brokenAt(scene, replyTo, how, at));
    return [...seen];
  };
}

function bytesOf({ head, body }: Sent): string {
  return head + body;
}

async function brokenAt(
  { upstream, call }: Scene,
  replyTo: (id: string | undefined) => Sent,
  how: Break,
  at: number,
): Promise<string> {
  upstream.script = ({ id }, socket) => {
    const part = bytesOf(replyTo(id)).slice(0, at);
    const stop = (): void => void (how === 'reset' ? socket.resetAndDestroy() : socket.end());
    if (part === '') stop();
    else socket.write(part, stop);
  };
  const reply = await call();
  const sent = replyTo('1');
  const inBody = at - sent.head.length;
  const where = inBody < 0 ? 'in the head' : inBody < sent.answeredAt ? 'in the body' : 'after the answer';
  return `${where}: ${told(reply)}`;
}

const UNKNOWN = 'whether the call was carried out is not known';
const IN_HEAD = `in the head: 502 error upstream-unreachable (-32603): the upstream can't be reached: ECONNRESET; ${UNKNOWN}`;
const LOGGED_HEAD = [
  'call refused upstream-unreachable',
  `warn refused upstream-unreachable: HOST: the upstream can't be reached: ECONNRESET; ${UNKNOWN}`,
];
const ADVICE = "look in the upstream's log";

const JSON_LINES: Pick<Fault, 'gets' | 'logs' | 'advice'> = {
  gets: {
    // Bytes that came together with the end of the connection may be lost with it.
    passing: [IN_HEAD, 'in the body: 200 cut | in the body: closed'],
    inspecting: [
      IN_HEAD,
      `in the body: 502 error upstream-unreachable (-32603): the upstream's answer broke off after N bytes of N; ${UNKNOWN}`,
    ],
  },
  logs: { passing: [...LOGGED_HEAD, 'call cut'], inspecting: [...LOGGED_HEAD, 'call rpc-error upstream-unreachable'] },
  advice: ADVICE,
};

const STREAM_LINES: Pick<Fault, 'gets' | 'logs' | 'advice'> = {
  gets: {
    passing: [IN_HEAD, 'in the body: 200 cut', 'after the answer: 200 cut'],
    inspecting: [
      IN_HEAD,
      `in the body: 200 error upstream-unreachable (-32603): the upstream's answer broke off after N bytes; ${UNKNOWN}`,
      'after the answer: 200 cut',
    ],
  },
  logs: {
    passing: [...LOGGED_HEAD, 'call cut'],
    inspecting: [...LOGGED_HEAD, 'call rpc-error upstream-unreachable', 'call cut'],
  },
  advice: ADVICE,
};

export const BREAKING: readonly Fault[] = [
  {
    name: 'json-reset',
    happens: 'the upstream resets the connection after each byte of a JSON reply',
    play: atEachByte(jsonReply, 'reset'),
    ...JSON_LINES,
  },
  {
    name: 'json-ended',
    happens: 'the upstream closes its side after each byte of a JSON reply',
    play: atEachByte(jsonReply, 'ended'),
    ...JSON_LINES,
  },
  {
    name: 'stream-reset',
    happens: 'the upstream resets the connection after each byte of an event stream',
    play: atEachByte(streamReply, 'reset'),
    ...STREAM_LINES,
  },
  {
    name: 'stream-ended',
    happens: 'the upstream closes its side after each byte of an event stream',
    play: atEachByte(streamReply, 'ended'),
    ...STREAM_LINES,
  },
];
