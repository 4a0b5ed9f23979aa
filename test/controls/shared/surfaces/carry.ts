/** Sends a text through the whole proxy by any of the cells, and returns what the other side gets, to the last byte. */
import type { ServerResponse } from 'node:http';
import { type Way, withSessions } from '../../../dispatch/forms.ts';
import { type Front, type FrontOptions, startFront } from '../../../support/front.ts';
import { connect, type RawReply, request } from '../../../support/raw.ts';
import {
  type Answer,
  emptyResult,
  event,
  idOf,
  openEvents,
  respondJson,
  startUpstream,
  type Upstream,
} from '../../../support/upstream.ts';
import { bytesOf, legacy, MODERN, send, type Sent } from '../../../upstream/messages.ts';
import { callOf, type InwardCell, type OutwardCell } from './cells.ts';

const SESSION = 'platform-session';

export interface Carried {
  /** What arrived: at the upstream, headers and bodies of all messages; at the client, head and body. */
  readonly arrived: string;
  /** The reply that the client got. */
  readonly reply: RawReply;
}

/** A proxy with controls, between an upstream and a client that act as the cells say. */
export interface Route extends AsyncDisposable {
  readonly front: Front;
  readonly upstream: Upstream;
  out(cell: OutwardCell, way: Way, text: string): Promise<Carried>;
  in(cell: InwardCell, way: Way, text: string): Promise<Carried>;
}

export async function startRoute(options: FrontOptions, tools: readonly unknown[] = []): Promise<Route> {
  const upstream = await startUpstream();
  const front = await startFront(upstream, options);
  const serving = (answer: Answer): Answer =>
    withSessions((received, response) => {
      // The proxy's own request for the tools.
      if (
        received.method === 'POST' &&
        received.text.includes('"tools/list"') &&
        received.text.includes('agentcore-mcp-proxy')
      )
        return respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":${JSON.stringify({ tools })}}`);
      return answer(received, response);
    });
  return {
    front,
    upstream,
    async out(cell, way, text) {
      const from = upstream.received.length;
      upstream.answer = serving(emptyResult);
      const written = cell.write?.(text) ?? text;
      const reply =
        cell.answer === undefined
          ? await send(front, sentBy(cell, way, written))
          : await answered(cell.answer(written), upstream, front, serving);
      return {
        arrived: upstream.received
          .slice(from)
          .map(({ method, target, rawHeaders, text: body }) => [method, target, ...rawHeaders, body].join('\n'))
          .join('\n\n'),
        reply,
      };
    },
    async in(cell, way, text) {
      const written = cell.write?.(text) ?? text;
      const reply =
        cell.stream === true
          ? await streamed(cell, written, upstream, front, serving)
          : await called(cell, way, written, upstream, front, serving);
      const arrived = `${reply.raw}\n\n${reply.text}`;
      return { arrived: cell.read?.(arrived) ?? arrived, reply };
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function sentBy(cell: OutwardCell, way: Way, text: string): Sent {
  if (cell.request !== undefined) {
    const [method, params] = cell.request(text);
    return way.call(method, params);
  }
  const message = { jsonrpc: '2.0', ...cell.message?.(text) };
  if (way.era === 'legacy') return { ...legacy('x', {}, { session: SESSION }), body: JSON.stringify(message) };
  const given = 'params' in message ? (message.params as { readonly _meta?: object }) : {};
  const params = { ...given, _meta: { ...given._meta, 'io.modelcontextprotocol/protocolVersion': MODERN } };
  return { body: JSON.stringify({ ...message, params }), headers: [`MCP-Protocol-Version: ${MODERN}`] };
}

/** The upstream asks during a call, and the client answers. */
async function answered(
  { question, result, error }: ReturnType<NonNullable<OutwardCell['answer']>>,
  upstream: Upstream,
  front: Front,
  serving: (answer: Answer) => Answer,
): Promise<RawReply> {
  let open: ServerResponse | undefined;
  upstream.answer = serving((received, response) => {
    if (!received.text.includes('"tools/call"')) return emptyResult(received, response);
    openEvents(response);
    open = response;
    response.write(
      event({
        jsonrpc: '2.0',
        id: 'q',
        method: question,
        params:
          question === 'elicitation/create'
            ? { message: '?', requestedSchema: { type: 'object', properties: {} } }
            : {},
      }),
    );
  });
  await using client = await connect(front.port);
  client.send(bytesOf(legacy('tools/call', { name: 'x', arguments: {} }, { session: SESSION })));
  await client.head();
  await client.piece();
  const reply = await send(front, {
    ...legacy('x', {}, { session: SESSION }),
    body: JSON.stringify({ jsonrpc: '2.0', id: 'q', ...(error === undefined ? { result } : { error }) }),
  });
  open?.end(event('{"jsonrpc":"2.0","id":1,"result":{}}'));
  while ((await client.piece()) !== undefined);
  return reply;
}

function called(
  cell: InwardCell,
  way: Way,
  text: string,
  upstream: Upstream,
  front: Front,
  serving: (answer: Answer) => Answer,
): Promise<RawReply> {
  const outcome = cell.error === undefined ? { result: cell.result?.(text) ?? {} } : { error: cell.error(text) };
  const answer: Answer = (received, response) => {
    const id = idOf(received);
    if (id === undefined) return emptyResult(received, response);
    const last = { jsonrpc: '2.0', id: JSON.parse(id) as unknown, ...outcome, ...cell.more?.(text) };
    const wire =
      cell.escaped === undefined
        ? JSON.stringify(last)
        : JSON.stringify(last).replace(`"${cell.escaped}"`, keyEscaped(cell.escaped));
    if (way.form === 'json') return respondJson(response, wire);
    openEvents(response);
    if (cell.message !== undefined) response.write(event({ jsonrpc: '2.0', ...cell.message(text) }));
    response.end(event(wire));
  };
  const [method, params] = callOf(cell);
  upstream.answer = method === 'initialize' || method === 'tools/list' ? answer : serving(answer);
  const sent = way.call(method, params);
  // If a control refused the message before the response, its id is still in use: the upstream might still answer.
  return send(front, { ...sent, body: sent.body.replace('"id":1,', `"id":${++ids},`) });
}
let ids = 1_000;

/** A key as JSON, with its last letter escaped. */
function keyEscaped(key: string): string {
  return `"${key.slice(0, -1)}\\u${key
    .charCodeAt(key.length - 1)
    .toString(16)
    .padStart(4, '0')}"`;
}

async function streamed(
  cell: InwardCell,
  text: string,
  upstream: Upstream,
  front: Front,
  serving: (answer: Answer) => Answer,
): Promise<RawReply> {
  upstream.answer = serving((received, response) => {
    if (received.method !== 'GET') return emptyResult(received, response);
    openEvents(response);
    response.end(event({ jsonrpc: '2.0', ...cell.message?.(text) }));
  });
  await using client = await connect(front.port);
  client.send(request('GET', '/mcp', ['Accept: text/event-stream', `Mcp-Session-Id: ${SESSION}`], undefined));
  return await client.reply();
}

/** Whether a cell exists in a way: some belong to one era, and a message other than the response needs a stream. */
export function existsOut({ eras }: OutwardCell, { era }: Way): boolean {
  return eras?.includes(era) ?? true;
}

export function existsIn({ eras, message }: InwardCell, { era, form }: Way): boolean {
  return (eras?.includes(era) ?? true) && (message === undefined || form === 'events');
}
