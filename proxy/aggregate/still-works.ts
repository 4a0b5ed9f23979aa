/** Whether an upstream works, asked with a question that costs it nothing. */
import type { Exchange } from '../call/exchange.ts';
import { ownExchange } from '../upstream/own-calls.ts';
import { inTime } from './in-time.ts';
import { ask } from './listed.ts';
import { type Member, versionOf } from './member.ts';

/** Rejects if it doesn't answer in time. @param exchange of this upstream */
export function answersAtAll(member: Member, exchange: Exchange): Promise<unknown> {
  const own = ownExchange(exchange);
  const method = own.era === 'modern' ? 'server/discover' : 'ping';
  return inTime(member, own, method, ask(member, method, {}, own, versionOf(exchange)));
}
