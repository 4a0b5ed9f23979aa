/** What a client sends without expecting an answer: its own answers, and notifications. */
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { withId } from '../call/edit-message.ts';
import type { Reply } from '../reply/reply.ts';
import { broadcast } from './broadcast.ts';
import type { Parts } from './parts.ts';
import { emptyReply } from './replies.ts';
import { unnamed } from './wrapped.ts';

type Recipients = Pick<Parts, 'attention' | 'directory' | 'toOne'>;

/** Sends the client's answer to something that an upstream asked. */
export function sendAnswer(call: Call, to: Recipients): Promise<Reply> {
  const found = call.id === undefined ? undefined : unnamed(call.id);
  const member = found && to.directory.member(found.upstream);
  if (found === undefined || member === undefined || call.message === undefined)
    throw new ProxyError('invalid-request', 'expected an answer to a request that an upstream made, got another id');
  return to.toOne.sendTo(member, call, withId(call.message, found.id));
}

export function sendNotification(call: Call, to: Recipients): Promise<Reply> | Reply {
  const { method, message, exchange } = call;
  const { attention } = to;
  const params = call.params;
  if (method === 'notifications/cancelled') {
    const id = idText(params?.['requestId']);
    const member = id === undefined ? undefined : to.toOne.at(exchange, id);
    // One that is answered already, or was begun at another process.
    return member === undefined
      ? broadcast(to.toOne.inSession(exchange), call, (each) => to.toOne.callTo(each, call, message), attention)
      : to.toOne.sendTo(member, call, message);
  }
  if (method === 'notifications/progress') {
    const token = idText(params?.['progressToken']);
    const found = token === undefined ? undefined : unnamed(token);
    const member = found && to.directory.member(found.upstream);
    if (found === undefined || member === undefined) return emptyReply(202, attention);
    const own = call.with({ ...params, progressToken: JSON.parse(found.id) as string | number });
    return to.toOne.sendTo(member, call, own.message);
  }
  return broadcast(to.toOne.inSession(exchange), call, (each) => to.toOne.callTo(each, call, message), attention);
}

/** A request id or a progress token as JSON text. */
function idText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : undefined;
}
