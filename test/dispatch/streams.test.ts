import { afterEach, describe, expect, test, vi } from 'vitest';
import { refusedOf } from '../../proxy/call/wire.ts';
import type { Asked } from '../../proxy/dispatch/questions.ts';
import { Streams } from '../../proxy/dispatch/streams.ts';
import type { Finished } from '../../proxy/reply/reply.ts';
import type { Treatment } from '../../proxy/reply/transform.ts';
import { callOf, toolCall } from './fake.ts';

const call = (id: number | string, params: unknown = { name: 'x' }): ReturnType<typeof callOf> =>
  callOf({ jsonrpc: '2.0', id, method: 'tools/call', params });
const treatment = { transforms: [], refused: refusedOf(toolCall()), progressToken: undefined };

const question = (
  id: string,
  asking = call(1),
  own: Treatment = treatment,
  finished: Promise<Finished> = new Promise(() => {}),
): Asked => ({ id, method: 'roots/list', call: asking, treatment: own, finished });

afterEach(() => vi.useRealTimers());

describe('the memory of streams', () => {
  test('is limited, however many calls, questions, sessions and events there are, and keeps the latest', () => {
    const streams = new Streams();
    for (let i = 0; i < 50_000; i++) {
      const asking = call(i);
      const entry = streams.open(`s${i}`, asking, treatment);
      streams.reserveProgress(`s${i}`, `${i}`);
      streams.event(`s${i}`, entry, `e${i}`);
      streams.asked(`s${i}`, question(`${i}`, asking));
    }
    expect(streams.size).toBeLessThan(35_000);
    expect(streams.byId('s49999', '49999')).toBeDefined();
    expect(streams.byEvent('s49999', 'e49999')).toBeDefined();
    expect(streams.byProgress('s49999', '49999')).toBeDefined();
    expect(streams.answered('s49999', '49999')?.method).toBe('roots/list');
    expect(streams.byId('s0', '0')).toBeUndefined();
  });

  test('is limited by size, too: calls of a megabyte are forgotten long before there are thousands', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 40 }, (_, i) =>
      streams.open('s', call(i, { name: 'x', arguments: { big: 'x'.repeat(1024 * 1024) } }), treatment),
    );
    expect(entries.filter((_, i) => streams.byId('s', `${i}`) !== undefined).length).toBeLessThanOrEqual(16);
    expect(streams.byId('s', '39')).toBe(treatment);
  });

  test('is limited for one endless stream', () => {
    const streams = new Streams();
    const entry = streams.open('s', call(1), treatment);
    for (let i = 0; i < 50_000; i++) streams.event('s', entry, `e${i}`);
    expect(entry.eventIds.length).toBeLessThanOrEqual(1024);
    expect(streams.size).toBeLessThan(1100);
    expect(streams.byEvent('s', 'e49000')).toBe(entry);
    expect(streams.byEvent('s', 'e0')).toBeUndefined();
  });

  test('holds no id that is longer than any real one', () => {
    const streams = new Streams();
    const long = 'x'.repeat(2000);
    const entry = streams.open('s', call(long), treatment);
    streams.event('s', entry, long);
    streams.asked('s', question(JSON.stringify(long), call(1)));
    expect(streams.size).toBeLessThanOrEqual(1);
    expect(streams.answered('s', JSON.stringify(long))).toBeUndefined();
  });

  test('keeps sessions apart', () => {
    const streams = new Streams();
    const entry = streams.open('a', call(1), treatment);
    streams.event('a', entry, 'e');
    streams.asked('a', question('1', call(1)));
    expect([streams.byId('b', '1'), streams.byEvent('b', 'e'), streams.answered('b', '1')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(streams.byId('a', '1')).toBe(treatment);
  });

  test('forgets a finished call after minutes, and a running one after an hour without an event', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    const done = streams.open('s', call(1), treatment);
    const open = streams.open('s', call(2), treatment);
    streams.close(done);
    vi.advanceTimersByTime(10 * 60_000);
    expect([streams.byId('s', '1'), streams.byId('s', '2')]).toEqual([undefined, treatment]);
    vi.advanceTimersByTime(45 * 60_000);
    streams.event('s', open, 'e');
    vi.advanceTimersByTime(30 * 60_000);
    expect(streams.byId('s', '2')).toBe(treatment);
    vi.advanceTimersByTime(60 * 60_000);
    expect(streams.byId('s', '2')).toBeUndefined();
  });

  test.each([
    ['"a"', '"\\u0061"'],
    ['1', '1.0'],
    // Some upstreams turn every id into a string.
    ['1', '"1"'],
  ])('treats the id %s, written %s, as the same', (asked, answered) => {
    const streams = new Streams();
    streams.asked('s', question(asked, call(1)));
    expect(streams.answered('s', answered)?.method).toBe('roots/list');
  });

  test('assigns an answer to neither of two questions with the same id, until an hour after the last', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.asked('s', question('1'));
    streams.asked('s', question('"1"', call(2), { ...treatment }));
    for (let i = 0; i < 2; i++)
      expect([streams.answered('s', '1'), streams.isUnclear('s', '1')]).toEqual([undefined, true]);
    streams.asked('s', question('1', call(3), { ...treatment }));
    expect([
      streams.answered('s', '1'),
      streams.isUnclear('s', '1'),
      streams.isUnclear('t', '1'),
      streams.isUnclear('s', '2'),
    ]).toEqual([undefined, true, false, false]);
    vi.advanceTimersByTime(61 * 60_000);
    expect(streams.isUnclear('s', '1')).toBe(false);
    streams.asked('s', question('1', call(4), { ...treatment }));
    expect(streams.answered('s', '1')?.call.id).toBe('4');
  });

  test('treats a question that is repeated in its own stream, or in one that resumes it, as the same', () => {
    const streams = new Streams();
    streams.asked('s', question('1', call(1)));
    streams.asked('s', question('1', call('the GET')));
    expect(streams.answered('s', '1')?.call.id).toBe('1');
    // Two methods are two questions, however.
    streams.asked('s', question('1', call(1)));
    streams.asked('s', { ...question('1', call(1)), method: 'elicitation/create' });
    expect(streams.isUnclear('s', '1')).toBe(true);
  });

  test.each([
    ['ok', false],
    ['rpc-error', false],
    ['cut', true],
    ['unknown', true],
  ] as const)('allows an id again after its call ended: %s (still unclear: %s)', async (outcome, unclear) => {
    const streams = new Streams();
    const finished = Promise.resolve({ bytes: 0, outcome, ms: 0 });
    streams.asked('s', question('1', call(1), treatment, finished));
    await finished;
    streams.asked('s', question('1', call(2), { ...treatment }));
    expect(streams.isUnclear('s', '1')).toBe(unclear);
    expect(streams.answered('s', '1')?.call.id).toBe(unclear ? undefined : '2');
  });

  test('assigns a progress token of two calls to neither, from the moment when the second is sent', () => {
    const streams = new Streams();
    const withToken = { ...treatment, progressToken: 't' };
    expect(streams.byProgress('s', 't')).toBeUndefined();
    streams.reserveProgress('s', 't');
    expect(streams.byProgress('s', 't')).toBe('unclear');
    streams.treatProgress('s', call(1), withToken);
    expect(streams.byProgress('s', 't')).toBe(withToken);
    streams.reserveProgress('s', 't');
    expect(streams.byProgress('s', 't')).toBe('unclear');
    streams.treatProgress('s', call(2), withToken);
    expect(streams.byProgress('s', 't')).toBe('unclear');
    expect(streams.byProgress('another', 't')).toBeUndefined();
  });

  test("assigns an event id of two calls' streams to neither", () => {
    const streams = new Streams();
    streams.event('s', streams.open('s', call(1), treatment), 'e');
    expect(streams.byEvent('s', 'e')).toBeDefined();
    streams.event('s', streams.open('s', call(2), treatment), 'e');
    expect(streams.byEvent('s', 'e')).toBeUndefined();
  });
});

describe('the data that calls hold', () => {
  const big = (id: number): ReturnType<typeof callOf> =>
    call(id, { name: 'x', arguments: { big: 'x'.repeat(1024 * 1024) } });
  const isHeld = ({ treatment }: { readonly treatment: unknown }): boolean => treatment !== undefined;

  test('is released, however many names still lead to it: an event of a forgotten call resumes nothing', () => {
    const streams = new Streams();
    // The same id each time: each call's name is the next one's.
    const entries = Array.from({ length: 100 }, (_, i) => {
      const entry = streams.open('s', big(1), treatment);
      for (const id of ['a', 'b', 'c']) streams.event('s', entry, `${i}${id}`);
      return entry;
    });
    expect(entries.filter(isHeld).length).toBeLessThanOrEqual(16);
    expect(streams.byEvent('s', '0c')).toBeUndefined();
    expect(streams.byEvent('s', '99a')).toBe(entries[99]);
  });

  test('is not kept at all if one alone is too large', () => {
    const streams = new Streams();
    const before = streams.open('s', big(1), treatment);
    const entry = streams.open(
      's',
      call(2, { name: 'x', arguments: { big: 'x'.repeat(20 * 1024 * 1024) } }),
      treatment,
    );
    streams.event('s', entry, 'e');
    expect([streams.byId('s', '2'), streams.byEvent('s', 'e'), streams.byId('s', '1')]).toEqual([
      undefined,
      undefined,
      treatment,
    ]);
    expect(isHeld(before)).toBe(true);
  });

  test('includes at most the limit of event ids over all calls, and a repeated one once', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 40 }, (_, i) => streams.open(`s${i}`, call(i), treatment));
    for (const [i, entry] of entries.entries())
      for (let e = 0; e < 1000; e++) streams.event(`s${i}`, entry, e % 10 === 0 ? 'same' : `e${e}`);
    expect(entries.reduce((sum, { eventIds }) => sum + eventIds.length, 0)).toBeLessThanOrEqual(16_384);
    expect(entries[39]?.eventIds.filter((key) => key.endsWith('same'))).toHaveLength(1);
  });
});
