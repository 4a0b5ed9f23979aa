/** Calls and replies for tests of one unit; tests of a whole proxy use `support/front.ts`. */
import { Call } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange, type Era } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { Reply } from '../../proxy/reply/reply.ts';

const upstream = { name: 'default', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) };

export function callOf(message: unknown, era: Era = 'legacy'): Call {
  const read = readMessage(typeof message === 'string' ? message : JSON.stringify(message));
  return new Call(
    read.kind,
    read.method === '' ? 'response' : read.method,
    read,
    upstream,
    new Exchange(NOBODY, era, NO_HEADERS, read.text.length),
  );
}

export function toolCall(args: unknown = {}, name = 'x'): Call {
  return callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
}

export function replyOf(body = '{"jsonrpc":"2.0","id":1,"result":{}}'): Reply {
  const bytes = Buffer.from(body);
  return new Reply(200, [], bytes, 'application/json', bytes.length, 'transforms');
}
