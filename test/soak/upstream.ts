/** The upstream of the soak: answers correctly, also in streams and subscriptions, and breaks what is asked to break. */
import type { Socket } from 'node:net';
import {
  type Asked,
  chunk,
  event,
  EVENTS,
  FaultyUpstream,
  head,
  json,
  LAST_CHUNK,
  progress,
  response,
  textResult,
} from '../faults/upstream.ts';

/** Events before the answer in each stream. */
export const PROGRESS = 5;
/** Added to answers; no client may see it. */
const CARD = '4111 1111 1111 1111';
/** How the tool `fault` breaks, by its argument. */
export const BREAKS = ['reset', 'half', 'chunk', 'stream'] as const;
export type Break = (typeof BREAKS)[number];

/** As it lists them. */
export const TOOLS = ['echo', 'stream', 'slow', 'fault'] as const;
const LIST = {
  tools: TOOLS.map((name) => ({ name, inputSchema: { type: 'object', properties: { text: { type: 'string' } } } })),
  resultType: 'complete',
  ttlMs: 60_000,
  cacheScope: 'public',
};
const CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';

export async function startSoakUpstream(): Promise<FaultyUpstream> {
  const upstream = await FaultyUpstream.start();
  upstream.keepsSessions = true;
  upstream.guard = answered;
  upstream.script = ({ id, body }, socket) => broken(textOf(body), id, socket);
  return upstream;
}

function answered({ method, tool, id, body }: Asked, socket: Socket): boolean {
  // A stream that stays open until its client leaves.
  if (method === 'GET' || method === 'subscriptions/listen')
    return socket.write(EVENTS + chunk(event(CHANGED))) || true;
  if (method === 'tools/list') return socket.write(json(response(id, LIST))) || true;
  if (tool === 'echo') return socket.write(json(response(id, textResult(`${seen(body)} and ${CARD}`)))) || true;
  if (tool === 'stream') {
    const before = Array.from({ length: PROGRESS }, (_, i) => chunk(event(progress(i)))).join('');
    const answer = event(response(id, textResult(`${seen(body)} and ${CARD}`)));
    return socket.write(EVENTS + before + chunk(answer) + LAST_CHUNK) || true;
  }
  // Never answered: its client leaves.
  return tool === 'slow';
}

function broken(how: string, id: string | undefined, socket: Socket): void {
  const whole = response(id, textResult('half of it'));
  const headers = ['Content-Type: application/json'];
  switch (how) {
    case 'half':
      return void socket.end(head(200, [...headers, `Content-Length: ${whole.length}`]) + whole.slice(0, -9));
    case 'chunk':
      return void socket.write(`${head(200, [...headers, 'Transfer-Encoding: chunked'])}zz\r\n`);
    case 'stream':
      return void socket.end(EVENTS + chunk(event(progress(1))));
    default:
      return void socket.resetAndDestroy();
  }
}

/** What it is asked to repeat: with a token in place of the address. */
function seen(body: string): string {
  const text = textOf(body);
  return text.includes('@example.com') ? 'an address that no upstream may see' : text;
}

/** The argument of a call. */
function textOf(body: string): string {
  const { params } = JSON.parse(body) as { params?: { arguments?: { text?: string } } };
  return params?.arguments?.text ?? '';
}
