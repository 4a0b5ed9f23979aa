/** A client that sends much blocks no other: work on one message pauses for others. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atOnce, inTurns, isTurnOver, nextTurn, type Work } from '../../proxy/base/turns.ts';
import { redaction } from '../../proxy/controls/redaction/index.ts';
import { email, ip, secret } from '../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../proxy/controls/tokenization/index.ts';
import { validation } from '../../proxy/controls/validation/index.ts';
import { startRoute } from '../controls/shared/surfaces/carry.ts';
import { bindRing, TENANT } from '../controls/tokenization/keys.ts';
import { way } from '../dispatch/forms.ts';
import { exchange, request } from '../support/raw.ts';
import { send } from '../upstream/messages.ts';

/** Parts of work that take a millisecond each, on a clock that only they move. */
function* busy(parts: number, done: () => void = () => {}): Work<number> {
  for (let part = 0; part < parts; part++) {
    vi.advanceTimersByTime(1);
    yield;
  }
  done();
  return parts;
}

describe('work', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(async () => {
    await nextTurn();
    vi.useRealTimers();
  });

  test('of one turn returns its value immediately, without a promise', () => {
    expect(inTurns(busy(1))).toBe(1);
    expect(atOnce(busy(2))).toBe(2);
  });

  test('of several turns lets other work run in between', async () => {
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const work = inTurns(busy(60));
    expect(work).toBeInstanceOf(Promise);
    expect(await work).toBe(60);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  test('of several calls runs in rounds: short work ends before long work, whichever began first', async () => {
    const ended: string[] = [];
    await Promise.all([inTurns(busy(100, () => ended.push('long'))), inTurns(busy(30, () => ended.push('short')))]);
    expect(ended).toEqual(['short', 'long']);
  });

  test('that throws after its first turn rejects', async () => {
    function* breaking(): Work<number> {
      yield* busy(30);
      throw new TypeError('broken');
    }
    await expect(inTurns(breaking())).rejects.toThrow('broken');
  });

  test('shares one turn of the event loop among all callers', async () => {
    await nextTurn();
    expect(isTurnOver()).toBe(false);
    vi.advanceTimersByTime(30);
    expect(isTurnOver()).toBe(true);
    await nextTurn();
    expect(isTurnOver()).toBe(false);
  });
});

describe('while one message is processed', () => {
  const addresses = (count: number, write: (address: string, i: number) => string): string =>
    Array.from({ length: count }, (_, i) => write(`person${i}@mail${i % 97}.example.com`, i)).join();
  const fields = [{ path: '**.hidden' }];
  const everything = { detectors: [email(), ip(), secret()], fields };
  const cases = [
    [
      'strings in a list',
      redaction({ client: everything }),
      `{"content":[],"structuredContent":{"list":[${addresses(40_000, (address) => `"${address}"`)}]}}`,
    ],
    [
      'keys under a hidden field',
      redaction({ client: everything }),
      `{"content":[],"structuredContent":{"hidden":{${addresses(40_000, (address, i) => `"${address}":${i}`)}}}}`,
    ],
    [
      'addresses that become tokens',
      tokenization({
        tenant: TENANT,
        hideFrom: 'client',
        detectors: [email()],
        fields: [{ path: '**.hidden', type: 'name' }],
      }),
      JSON.stringify({ content: [{ type: 'text', text: addresses(20_000, (address) => address) }] }),
    ],
    [
      'lists of lists',
      validation({ checkInputSchema: false, results: { stripHiddenUnicode: true } }),
      `{"content":[],"structuredContent":{"list":[${'["\\u200b"],'.repeat(250_000)}[]]}}`,
    ],
  ] as const;

  test.each(cases)('%s: other calls are answered', async (_what, control, result) => {
    await using route = await startRoute({ controls: [control], environment: bindRing() });
    let answered = false;
    const form = way('modern', 'json');
    route.upstream.answer = (_received, response) => {
      response.once('finish', () => (answered = true));
      void form.result(result)(_received, response);
    };
    let done = false;
    const called = send(route.front, form.call('tools/call', { name: 'x', arguments: {} })).finally(
      () => (done = true),
    );
    let pings = 0;
    while (!done) {
      const from = answered;
      await exchange(route.front.port, request('GET', '/ping', [], undefined));
      if (from && !done) pings++;
    }
    const { status, text } = await called;
    expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    // How many fit depends on the machine; without turns it would be at most the one that came first.
    expect(pings).toBeGreaterThanOrEqual(2);
  });
});
