/** Waits for one upstream no longer than others should wait for it. */
import { UpstreamFailure } from '../base/errors.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Member } from './member.ts';

/** Milliseconds that a call which goes to all upstreams waits for one of them. */
export const WAIT_MS = 10_000;

/**
 * Rejects when the time is up, and cancels what is under way.
 * @param exchange of this upstream alone
 */
export async function inTime<T>(member: Member, exchange: Exchange, method: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const before = member.replies;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const failure = tooLate(member, method);
      member.wasTooSlow(exchange, failure, before);
      reject(failure);
      exchange.abort();
    }, WAIT_MS);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function tooLate({ name }: Member, method: string): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-timeout',
    `the upstream ${name} did not answer ${method} in time: expected an answer within ${WAIT_MS / 1000} s`,
  );
}
