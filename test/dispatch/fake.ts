/** Calls and replies for tests of one piece alone; what goes through a whole proxy uses `support/front.ts`. */
import { Call, Exchange, type Era, type Inbound } from '../../proxy/call.ts';
import { NOBODY } from '../../proxy/caller.ts';
import { readMessage } from '../../proxy/message.ts';
import { Reply } from '../../proxy/reply.ts';

export const INBOUND: Inbound = {
  accept: undefined,
  acceptEncoding: undefined,
  protocolVersion: undefined,
  lastEventId: undefined,
  traceparent: undefined,
  tracestate: undefined,
  sessionId: undefined,
  runtimeSessionId: undefined,
  derive: false,
  mirrorMethod: false,
  mirrorName: false,
  nameHeader: undefined,
  params: undefined,
};

const upstream = { name: 'default', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) };

export function callOf(message: unknown, era: Era = 'legacy'): Call {
  const read = readMessage(typeof message === 'string' ? message : JSON.stringify(message));
  return new Call(read.kind, read.method === '' ? 'response' : read.method, read, upstream, new Exchange(NOBODY, era, INBOUND, read.text.length));
}

export function toolCall(args: unknown = {}, name = 'x'): Call {
  return callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
}

export function replyOf(body = '{"jsonrpc":"2.0","id":1,"result":{}}'): Reply {
  const bytes = Buffer.from(body);
  return new Reply(200, [], bytes, 'application/json', bytes.length, 'transforms');
}
