import { afterEach, describe, expect, test, vi } from 'vitest';
import { refusedOf } from '../../proxy/call/wire.ts';
import type { Asked } from '../../proxy/dispatch/questions.ts';
import { Streams } from '../../proxy/dispatch/streams.ts';
import type { Finished } from '../../proxy/reply/reply.ts';
import type { Treatment } from '../../proxy/reply/treatment.ts';
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

const MEGABYTE = 'x'.repeat(1024 * 1024);
const big = (id: number): ReturnType<typeof callOf> => call(id, { name: 'x', arguments: { big: MEGABYTE } });
const isHeld = ({ treatment: own }: { readonly treatment: unknown }): boolean => own !== undefined;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

afterEach(() => vi.useRealTimers());

describe('the memory of streams', () => {
  test('is limited, however many calls, questions, sessions and events there are, and keeps the latest', () => {
    const streams = new Streams();
    for (let i = 0; i < 20_000; i++) {
      const asking = call(i);
      const entry = streams.open(`s${i}`, asking, treatment);
      streams.reserveProgress(`s${i}`, `${i}`);
      streams.event(`s${i}`, entry, `e${i}`);
      streams.asked(`s${i}`, question(`${i}`, asking));
    }
    expect(streams.size).toBeLessThan(35_000);
    expect(streams.byId('s19999', '19999')).toBeDefined();
    expect(streams.byEvent('s19999', 'e19999')).toBeDefined();
    expect(streams.byProgress('s19999', '19999')).toBeDefined();
    expect(streams.answered('s19999', '19999')?.method).toBe('roots/list');
    expect(streams.byId('s0', '0')).toBeUndefined();
  });

  test('is limited by size, too: calls of a megabyte are forgotten long before there are thousands', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 40 }, (_, i) =>
      streams.open('s', call(i, { name: 'x', arguments: { big: 'x'.repeat(1024 * 1024) } }), treatment),
    );
    expect(entries.filter((_, i) => streams.byId('s', `${i}`) !== undefined)).toHaveLength(15);
    expect(streams.byId('s', '39')).toBe(treatment);
  });

  test('is limited for one endless stream', () => {
    const streams = new Streams();
    const entry = streams.open('s', call(1), treatment);
    for (let i = 0; i < 3000; i++) streams.event('s', entry, `e${i}`);
    expect(entry.eventIds).toHaveLength(1024);
    // Besides the events, the session and the call.
    expect(streams.size).toBe(1024 + 2);
    expect(streams.byEvent('s', 'e1976')).toBe(entry);
    expect(streams.byEvent('s', 'e1975')).toBeUndefined();
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

describe('a request under way', () => {
  const taken = expect.objectContaining({
    code: 'invalid-request',
    message: 'expected an id that no other request under way in this session has',
  });

  test('refuses another with its id in its session, until its response arrives', () => {
    const streams = new Streams();
    streams.begin('s', call(1));
    expect(() => streams.begin('s', call(1))).toThrow(taken);
    streams.begin('s', call(2));
    streams.begin('t', call(1));
    streams.responded('s', '2');
    streams.responded('unknown', '1');
    expect(() => streams.begin('s', call(1))).toThrow(taken);
    streams.responded('s', '1');
    streams.begin('s', call(1));
  });

  test('refuses another for at most an hour', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.begin('s', call(1));
    vi.advanceTimersByTime(HOUR - 1);
    expect(() => streams.begin('s', call(1))).toThrow(taken);
    vi.advanceTimersByTime(1);
    streams.begin('s', call(1));
  });

  test('does not stand in the way of notifications, which have no id', () => {
    const streams = new Streams();
    for (let i = 0; i < 2; i++) streams.begin('s', callOf({ jsonrpc: '2.0', method: 'notifications/x' }));
    expect(streams.size).toBe(0);
  });

  test('may have an id of 1024 characters, and no longer one', () => {
    const streams = new Streams();
    // Two of them are quotes.
    streams.begin('s', call('x'.repeat(1022)));
    expect(() => streams.begin('s', call('x'.repeat(1022)))).toThrow(taken);
    expect(() => streams.begin('s', call('x'.repeat(1023)))).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        message: 'expected an id of at most 1024 characters, got 1025',
      }),
    );
  });

  test('becomes the call that its response ends: its reply can be fetched for minutes', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.begin('s', call(1));
    const entry = streams.open('s', call(1), treatment);
    const other = streams.open('s', call(2), treatment);
    expect([entry, other].map(({ treatment: own }) => own)).toEqual([treatment, treatment]);
    streams.responded('s', '1');
    streams.responded('s', '2');
    vi.advanceTimersByTime(5 * MINUTE - 1);
    expect(streams.byId('s', '1')).toBe(treatment);
    vi.advanceTimersByTime(1);
    expect([streams.byId('s', '1'), streams.byId('s', '2')]).toEqual([undefined, treatment]);
  });

  test('is a new call if it began over an hour ago', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.begin('s', call(1));
    vi.advanceTimersByTime(HOUR);
    streams.open('s', call(1), treatment);
    expect(streams.byId('s', '1')).toBe(treatment);
  });
});

describe('a call', () => {
  test('is found by an id of 1024 characters, and by no longer one', () => {
    const streams = new Streams();
    const [fits, long] = ['x'.repeat(1022), 'x'.repeat(1023)];
    for (const id of [fits, long]) streams.open('s', call(id), treatment);
    expect([streams.byId('s', fits), streams.byId('s', long)]).toEqual([treatment, undefined]);
  });

  test('is found by an event id of 1024 characters, and by no longer one', () => {
    const streams = new Streams();
    const entry = streams.open('s', call(1), treatment);
    const [fits, long] = ['x'.repeat(1024), 'x'.repeat(1025)];
    for (const id of [fits, long]) streams.event('s', entry, id);
    expect([streams.byEvent('s', fits), streams.byEvent('s', long)]).toEqual([entry, undefined]);
    expect(entry.eventIds).toHaveLength(1);
  });

  test('is found in a session whose key has 32 KiB, and in no longer one', () => {
    const streams = new Streams();
    const [fits, long] = ['x'.repeat(32 * 1024), 'x'.repeat(32 * 1024 + 1)];
    for (const session of [fits, long]) streams.open(session, call(1), treatment);
    expect([streams.byId(fits, '1'), streams.byId(long, '1')]).toEqual([treatment, undefined]);
  });

  test('is not found by its id if another call of the session has that id, too', () => {
    const streams = new Streams();
    streams.open('s', call(1), treatment);
    streams.open('s', call(1), { ...treatment });
    expect(streams.byId('s', '1')).toBeUndefined();
  });

  test('gives its id to another an hour after it began', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    const later = { ...treatment };
    streams.open('s', call(1), treatment);
    vi.advanceTimersByTime(HOUR);
    streams.open('s', call(1), later);
    expect(streams.byId('s', '1')).toBe(later);
  });

  test('without an id is found by its events alone', () => {
    const streams = new Streams();
    const entry = streams.open('s', callOf({ jsonrpc: '2.0', method: 'notifications/x' }), treatment);
    streams.event('s', entry, 'e');
    expect(streams.byEvent('s', 'e')).toBe(entry);
    // The session and the event.
    expect(streams.size).toBe(2);
  });

  test('whose stream delivers events is forgotten after one whose stream delivers none', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 15 }, (_, i) => streams.open('s', big(i), treatment));
    const [first, second] = entries;
    if (first === undefined || second === undefined) throw new Error('no entries');
    streams.event('s', first, 'e');
    streams.open('s', big(15), treatment);
    expect([isHeld(first), isHeld(second)]).toEqual([true, false]);
  });

  test('counts its data once, however often its headers arrive', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 10 }, (_, i) => {
      const asking = big(i);
      streams.begin('s', asking);
      streams.open('s', asking, treatment);
      return streams.open('s', asking, treatment);
    });
    expect(entries.every(isHeld)).toBe(true);
  });
});

describe('an event id', () => {
  const listening = { ...treatment, refused: { ...treatment.refused, kind: 'stream' as const } };

  test('of two GET streams leads to the later one: their messages belong to no call', () => {
    const streams = new Streams();
    streams.event('s', streams.open('s', call(1), listening), 'e');
    const later = streams.open('s', call(2), listening);
    streams.event('s', later, 'e');
    expect(streams.byEvent('s', 'e')).toBe(later);
  });

  test.each([
    ['a call, then of a GET stream', treatment, listening],
    ['a GET stream, then of a call', listening, treatment],
  ])('of %s leads to neither', (_what, first, second) => {
    const streams = new Streams();
    streams.event('s', streams.open('s', call(1), first), 'e');
    streams.event('s', streams.open('s', call(2), second), 'e');
    expect(streams.byEvent('s', 'e')).toBeUndefined();
  });

  test('that another stream took over is not forgotten with the first', () => {
    const streams = new Streams();
    const [first, later] = [streams.open('s', call(1), listening), streams.open('s', call(2), listening)];
    streams.event('s', first, 'e');
    streams.event('s', later, 'e');
    for (let i = 0; i < 1024; i++) streams.event('s', first, `${i}`);
    expect(streams.byEvent('s', 'e')).toBe(later);
  });

  test('that its own stream takes back is kept as its latest', () => {
    const streams = new Streams();
    const [first, later] = [streams.open('s', call(1), listening), streams.open('s', call(2), listening)];
    streams.event('s', first, 'e');
    streams.event('s', later, 'e');
    for (let i = 0; i < 1023; i++) streams.event('s', first, `${i}`);
    streams.event('s', first, 'e');
    expect(streams.byEvent('s', 'e')).toBe(first);
  });

  test('that is forgotten for others leaves its call', () => {
    const streams = new Streams();
    const entries = Array.from({ length: 17 }, (_, i) => streams.open('s', call(i), treatment));
    for (const [i, entry] of entries.entries())
      for (let event = 0; event < 1024; event++) streams.event('s', entry, `${i}-${event}`);
    expect(entries.reduce((sum, { eventIds }) => sum + eventIds.length, 0)).toBe(16_384);
    for (const entry of entries)
      for (const key of entry.eventIds) expect(streams.byEvent('s', key.split('\n')[1] ?? '')).toBe(entry);
  });
});

describe('a progress token', () => {
  const asking = { ...treatment, progressToken: 't' };

  test("is its call's for minutes after the reply ended", () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.reserveProgress('s', 't');
    streams.treatProgress('s', call(1), asking);
    streams.releaseProgress('s', 't');
    vi.advanceTimersByTime(5 * MINUTE - 1);
    expect(streams.byProgress('s', 't')).toBe(asking);
    vi.advanceTimersByTime(1);
    expect(streams.byProgress('s', 't')).toBeUndefined();
  });

  test("is its call's for an hour after the headers arrived", () => {
    vi.useFakeTimers();
    const streams = new Streams();
    streams.reserveProgress('s', 't');
    vi.advanceTimersByTime(HOUR / 2);
    streams.treatProgress('s', call(1), asking);
    vi.advanceTimersByTime(HOUR - 1);
    expect(streams.byProgress('s', 't')).toBe(asking);
    vi.advanceTimersByTime(1);
    expect(streams.byProgress('s', 't')).toBeUndefined();
  });

  test('of two calls stays unclear for an hour, though one of them ends', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    for (let i = 0; i < 2; i++) streams.reserveProgress('s', 't');
    streams.releaseProgress('s', 't');
    vi.advanceTimersByTime(HOUR - 1);
    expect(streams.byProgress('s', 't')).toBe('unclear');
    vi.advanceTimersByTime(1);
    expect(streams.byProgress('s', 't')).toBeUndefined();
  });

  test('may have 1024 characters, and no more', () => {
    const streams = new Streams();
    const [fits, long] = ['x'.repeat(1024), 'x'.repeat(1025)];
    for (const token of [fits, long]) streams.reserveProgress('s', token);
    expect([streams.byProgress('s', fits), streams.byProgress('s', long)]).toEqual(['unclear', undefined]);
  });

  test('that no call reserved, or that a treatment has none of, is ignored', () => {
    const streams = new Streams();
    streams.treatProgress('s', call(1), asking);
    streams.releaseProgress('s', 't');
    streams.reserveProgress('s', 'undefined');
    streams.treatProgress('s', call(1), treatment);
    expect([streams.byProgress('s', 't'), streams.byProgress('s', 'undefined')]).toEqual([undefined, 'unclear']);
  });
});

describe('a task', () => {
  test('leads to the call that began it, for its own client', () => {
    const streams = new Streams();
    const begun = call(1);
    streams.taskBegun('s', 'task', begun, treatment);
    expect(streams.ofTask('s', 'task')).toEqual({ call: begun, treatment });
    expect([streams.ofTask('s', 'another'), streams.ofTask('t', 'task')]).toEqual([undefined, undefined]);
    expect(streams.size).toBe(2);
  });

  test('of two calls leads to neither, even if one of them reports it again', () => {
    const streams = new Streams();
    const [first, second] = [treatment, { ...treatment }];
    streams.taskBegun('s', 'task', call(1), first);
    streams.taskBegun('s', 'task', call(1), first);
    expect(streams.ofTask('s', 'task')?.treatment).toBe(first);
    streams.taskBegun('s', 'task', call(2), second);
    expect(streams.ofTask('s', 'task')).toBeUndefined();
    streams.taskBegun('s', 'task', call(2), second);
    expect(streams.ofTask('s', 'task')).toBeUndefined();
  });

  test('is found by an id of 1024 characters, and by no longer one', () => {
    const streams = new Streams();
    const [fits, long] = ['x'.repeat(1024), 'x'.repeat(1025)];
    for (const id of [fits, long]) streams.taskBegun('s', id, call(1), treatment);
    expect([streams.ofTask('s', fits)?.treatment, streams.ofTask('s', long)]).toEqual([treatment, undefined]);
  });

  test('renews the progress token of its call', () => {
    vi.useFakeTimers();
    const streams = new Streams();
    const asking = { ...treatment, progressToken: 't' };
    streams.reserveProgress('s', 't');
    vi.advanceTimersByTime(HOUR - 1);
    streams.taskBegun('s', 'task', call(1), asking);
    vi.advanceTimersByTime(HOUR - 1);
    expect(streams.byProgress('s', 't')).toBe(asking);
  });

  test('is forgotten by size, too', () => {
    const streams = new Streams();
    for (let i = 0; i < 20; i++) streams.taskBegun('s', `${i}`, big(i), treatment);
    // Besides the tasks, the session.
    expect(streams.size).toBe(15 + 1);
    expect(streams.ofTask('s', '19')).toBeDefined();
  });
});

test('the size is that of everything remembered', () => {
  const streams = new Streams();
  const asking = call(1);
  streams.begin('s', asking);
  streams.event('s', streams.open('s', asking, treatment), 'e');
  for (const token of ['t', 'u']) streams.reserveProgress('s', token);
  for (const id of ['1', '2', '3']) streams.asked('s', question(id));
  for (const id of ['a', 'b', 'c', 'd']) streams.taskBegun('s', id, asking, treatment);
  // With the session, the request under way, the call and its event.
  expect(streams.size).toBe(4 + 2 + 3 + 4);
});

test('the open GET streams of each client are counted', () => {
  const streams = new Streams();
  const counts = (): number[] => ['a', 'b'].map((client) => streams.listeners(client));
  for (const client of ['a', 'b', 'a']) streams.listenerOpened(client);
  expect(counts()).toEqual([2, 1]);
  streams.listenerClosed('a');
  streams.listenerClosed('b');
  expect(counts()).toEqual([1, 0]);
  streams.listenerClosed('a');
  expect(counts()).toEqual([0, 0]);
  // Clients choose their keys, so none is kept longer than its streams.
  expect(streams.size).toBe(0);
});

describe('the data that calls hold', () => {
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
