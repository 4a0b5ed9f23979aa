/**
 * What happens to a reply if its call is refused, and what is still reported about a call after its client disconnects.
 */
import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';

function exchangeOf(): Exchange {
  return new Exchange(NOBODY, 'modern', NO_HEADERS, 0);
}

/** Records what it is discarded with. */
function replyOf(): { readonly discarded: [number, string][]; discard(bytes: number, code: string): void } {
  const discarded: [number, string][] = [];
  return { discarded, discard: (bytes, code) => void discarded.push([bytes, code]) };
}

describe('a refusal', () => {
  test('discards the reply that a control already has', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.replied(reply);
    exchange.refused(7, 'denied');
    expect([reply.discarded, exchange.refusal]).toEqual([[[7, 'denied']], 'denied']);
  });

  test('discards a reply that arrives later', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.refused(7, 'denied');
    exchange.replied(reply);
    expect(reply.discarded).toEqual([[0, 'denied']]);
  });

  test('discards a reply once', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.replied(reply);
    exchange.refused(7, 'denied');
    exchange.refused(8, 'internal');
    expect(reply.discarded).toHaveLength(1);
  });

  test('does not affect a reply that is being sent to the client', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.replied(reply);
    exchange.delivering();
    exchange.refused(7, 'internal');
    expect([reply.discarded, exchange.refusal]).toEqual([[], 'internal']);
  });
});

describe('a client that disconnects', () => {
  test('is reported once to each listener, and immediately to a later one', () => {
    const exchange = exchangeOf();
    const calledBack: string[] = [];
    exchange.onAbort(() => calledBack.push('first'));
    exchange.onAbort(() => calledBack.push('second'));
    expect([calledBack, exchange.aborted, exchange.signal.aborted]).toEqual([[], false, false]);
    exchange.abort();
    exchange.abort();
    exchange.onAbort(() => calledBack.push('late'));
    expect([calledBack, exchange.aborted, exchange.signal.aborted]).toEqual([['first', 'second', 'late'], true, true]);
  });

  test('is also visible in a signal that is first read afterwards', () => {
    const exchange = exchangeOf();
    exchange.abort();
    expect(exchange.signal.aborted).toBe(true);
  });
});
