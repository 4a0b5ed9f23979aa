/** Makes a reply of a control's answer, which the controls outside it get as if the upstream had sent it. */
import type { Call } from '../call/call.ts';
import { type Attention, Reply } from '../reply/reply.ts';

const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

/**
 * The reply with this response, once whatever runs before a call leaves has permitted it.
 * @param control the name of the control that answers
 * @param text the JSON-RPC response
 * @param attention what the controls of the proxy do with replies
 */
export async function answered(call: Call, control: string, text: string, attention: Attention): Promise<Reply> {
  const { exchange } = call;
  exchange.channels.sent = call;
  exchange.channels.answeredBy = control;
  const before = exchange.channels.beforeSending;
  if (before !== undefined) await before();
  const reply = replyOf(text, onlyEvents(exchange.inbound.accept), attention);
  exchange.replied(reply);
  return reply;
}

function replyOf(text: string, events: boolean, attention: Attention): Reply {
  // A line end in JSON is only white space between values, but would end the event's line.
  const body = Buffer.from(events ? `event: message\ndata: ${text.replaceAll(/[\r\n]/g, ' ')}\n\n` : text);
  const type = events ? EVENTS_TYPE : JSON_TYPE;
  const headers = ['Content-Type', type, ...(events ? ['Cache-Control', 'no-cache'] : [])];
  headers.push('Content-Length', String(body.length));
  return new Reply(200, headers, body, type, body.length, attention);
}

/** Whether a client accepts event streams and no JSON, although MCP requires both. */
function onlyEvents(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());
  return types.includes(EVENTS_TYPE) && !types.some((type) => ['*/*', 'application/*', JSON_TYPE].includes(type));
}
