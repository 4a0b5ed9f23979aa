/** What becomes of a reply when its call is refused, and what is still told of a call when its client goes away. */
import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';

function exchangeOf(): Exchange {
  return new Exchange(NOBODY, 'modern', NO_HEADERS, 0);
}

/** Notes what it is discarded with. */
function replyOf(): { readonly discarded: [number, string][]; discard(bytes: number, code: string): void } {
  const discarded: [number, string][] = [];
  return { discarded, discard: (bytes, code) => void discarded.push([bytes, code]) };
}

describe('a refusal', () => {
  test('discards the reply that a control had got', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.replied(reply);
    exchange.refused(7, 'denied');
    expect([reply.discarded, exchange.refusal]).toEqual([[[7, 'denied']], 'denied']);
  });

  test('discards the reply that comes after it', () => {
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

  test('leaves a reply alone that is on its way to the client', () => {
    const [exchange, reply] = [exchangeOf(), replyOf()];
    exchange.replied(reply);
    exchange.delivering();
    exchange.refused(7, 'internal');
    expect([reply.discarded, exchange.refusal]).toEqual([[], 'internal']);
  });
});

describe('a client that goes away', () => {
  test('is told to all that listen, each once, and at once to who begins to listen later', () => {
    const exchange = exchangeOf();
    const heard: string[] = [];
    exchange.onAbort(() => heard.push('first'));
    exchange.onAbort(() => heard.push('second'));
    expect([heard, exchange.aborted, exchange.signal.aborted]).toEqual([[], false, false]);
    exchange.abort();
    exchange.abort();
    exchange.onAbort(() => heard.push('late'));
    expect([heard, exchange.aborted, exchange.signal.aborted]).toEqual([['first', 'second', 'late'], true, true]);
  });

  test('is known from a signal that is first looked at afterwards, too', () => {
    const exchange = exchangeOf();
    exchange.abort();
    expect(exchange.signal.aborted).toBe(true);
  });
});
