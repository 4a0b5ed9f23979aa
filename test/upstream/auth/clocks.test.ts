/** When a server's `Date` corrects the time that signatures and assertions are made with. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AssertionClock } from '../../../proxy/upstream/auth/assertion-clock.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { UpstreamClock } from '../../../proxy/upstream/auth/upstream-clock.ts';
import { Lines } from '../../dispatch/lines.ts';

const NOW = Date.UTC(2026, 11, 1, 4, 5, 6);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const lines = new Lines();
beforeEach(() => {
  lines.start();
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  lines.stop();
});

const httpDate = (ms: number): string => new Date(ms).toUTCString();

describe('the clock of signatures', () => {
  const signedAt = (ms: number): Outgoing => ({
    method: 'POST',
    host: 'upstream.example',
    path: '/mcp',
    headers: ['x-amz-date', new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')],
    body: Buffer.alloc(0),
  });

  it.each([
    ['behind', HOUR, 'behind'],
    ['ahead', -HOUR, 'ahead of'],
    ['behind by as much as is corrected', 70 * MINUTE, 'behind'],
    ['behind by more than four minutes', 4 * MINUTE + SECOND, 'behind'],
  ])('is corrected if it is %s, which the log says once', (_how, skewMs, word) => {
    const clock = new UpstreamClock();
    expect(clock.now()).toBe(NOW);
    expect(clock.wasOff(signedAt(NOW), { date: httpDate(NOW + skewMs) })).toBe(true);
    expect(clock.now()).toBe(NOW + skewMs);
    // Another call, signed before the correction.
    expect(clock.wasOff(signedAt(NOW), { date: httpDate(NOW + skewMs) })).toBe(true);
    expect(lines.all).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'clock-corrected',
        skewMs,
        message: `the clock of this machine is ${Math.abs(skewMs) / SECOND} s ${word} the upstream's: calls are signed with the upstream's time; set the clock`,
      }),
    ]);
  });

  it.each([
    ['is four minutes away', signedAt(NOW), { date: httpDate(NOW + 4 * MINUTE) }],
    ['is more than 70 minutes away', signedAt(NOW), { date: httpDate(NOW + 70 * MINUTE + SECOND) }],
    ['is a day away', signedAt(NOW), { date: httpDate(NOW - 24 * HOUR) }],
    ['is missing', signedAt(NOW), {}],
    ['is no date', signedAt(NOW), { date: 'yesterday' }],
    ['is that of a request that is not signed', { ...signedAt(NOW), headers: [] }, { date: httpDate(NOW + HOUR) }],
    [
      'is that of a request whose own date is none',
      { ...signedAt(NOW), headers: ['x-amz-date', '20261201T040506Zx'] },
      { date: httpDate(NOW + HOUR) },
    ],
    [
      'is that of a request whose own date is none at its start',
      { ...signedAt(NOW), headers: ['x-amz-date', 'x20261201T040506Z'] },
      { date: httpDate(NOW + HOUR) },
    ],
    ['is the time that the request was signed with', signedAt(NOW + HOUR), { date: httpDate(NOW + HOUR) }],
  ])('stays if the server’s date %s', (_why, request, headers) => {
    const clock = new UpstreamClock();
    expect(clock.wasOff(request, headers)).toBe(false);
    expect(clock.now()).toBe(NOW);
    expect(lines.all).toEqual([]);
  });

  it('is what it was before a correction that is refused, too, which the log says once', () => {
    const clock = new UpstreamClock();
    clock.wasOff(signedAt(NOW), { date: httpDate(NOW + HOUR / 2) });
    clock.wasOff(signedAt(NOW + HOUR / 2), { date: httpDate(NOW + HOUR) });
    clock.takeBack();
    clock.takeBack();
    expect(clock.now()).toBe(NOW + HOUR / 2);
    expect(lines.all).toHaveLength(3);
    expect(lines.all.at(-1)).toMatchObject({
      event: 'clock-corrected',
      skewMs: HOUR / 2,
      message:
        "the upstream refused calls that were signed with its own time, too: they are signed with this machine's",
    });
  });

  it('is not corrected again for four minutes more', () => {
    const clock = new UpstreamClock();
    clock.wasOff(signedAt(NOW), { date: httpDate(NOW + HOUR) });
    expect(clock.wasOff(signedAt(NOW), { date: httpDate(NOW + HOUR + 4 * MINUTE) })).toBe(true);
    expect([clock.now(), lines.all.length]).toEqual([NOW + HOUR, 1]);
  });

  it.each([
    [60 * SECOND, 0],
    [60 * SECOND + 1, HOUR],
  ])('that is refused %d ms after a correction is off by %d ms', (ms, offset) => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] });
    // As in a process that runs for long.
    vi.advanceTimersByTime(HOUR);
    const clock = new UpstreamClock();
    clock.wasOff(signedAt(Date.now()), { date: httpDate(Date.now() + HOUR) });
    vi.advanceTimersByTime(ms);
    clock.takeBack();
    expect(clock.now() - Date.now()).toBe(offset);
  });
});

it('the clock of signatures stays corrected, whatever is refused twice later', () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] });
  const clock = new UpstreamClock();
  const headers = ['x-amz-date', '20261201T040506Z'];
  clock.wasOff({ method: 'GET', host: 'a', path: '/', body: undefined, headers }, { date: httpDate(NOW + HOUR) });
  vi.advanceTimersByTime(2 * MINUTE);
  clock.takeBack();
  expect(clock.now()).toBe(NOW + HOUR + 2 * MINUTE);
});

describe('the clock of assertions', () => {
  it.each([
    [HOUR, 'behind'],
    [-HOUR, 'ahead of'],
    [70 * MINUTE, 'behind'],
    [11 * SECOND, 'behind'],
  ])('is corrected by %d ms, which the log says once', (skewMs, word) => {
    const clock = new AssertionClock();
    expect(clock.now()).toBe(NOW);
    expect(clock.wasOff(httpDate(NOW + skewMs))).toBe(true);
    expect(clock.now()).toBe(NOW + skewMs);
    expect(clock.wasOff(httpDate(NOW + skewMs))).toBe(false);
    expect(lines.all).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'clock-corrected',
        skewMs,
        message: `the clock of this machine is ${Math.abs(skewMs) / SECOND} s ${word} the issuer's: assertions are made with the issuer's time; set the clock`,
      }),
    ]);
  });

  it('is what it was before a correction that is refused, too', () => {
    const clock = new AssertionClock();
    clock.wasOff(httpDate(NOW + HOUR));
    clock.takeBack();
    expect(clock.now()).toBe(NOW);
  });

  it('is corrected back', () => {
    const clock = new AssertionClock();
    clock.wasOff(httpDate(NOW + HOUR));
    expect(clock.wasOff(httpDate(NOW))).toBe(true);
    expect(clock.now()).toBe(NOW);
  });

  it.each([
    ['is ten seconds away', httpDate(NOW + 10 * SECOND)],
    ['is more than 70 minutes away', httpDate(NOW - 70 * MINUTE - SECOND)],
    ['is missing', undefined],
    ['is no date', 'yesterday'],
  ])('stays if the server’s date %s', (_why, date) => {
    const clock = new AssertionClock();
    expect(clock.wasOff(date)).toBe(false);
    expect(clock.now()).toBe(NOW);
  });
});
