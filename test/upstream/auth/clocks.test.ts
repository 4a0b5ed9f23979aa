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
    ['behind by 70 minutes', 70 * MINUTE, 'behind'],
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
    ['is missing', signedAt(NOW), {}],
    ['is no date', signedAt(NOW), { date: 'yesterday' }],
    ['is that of a request that is not signed', { ...signedAt(NOW), headers: [] }, { date: httpDate(NOW + HOUR) }],
    [
      'is that of a request whose own date is none',
      { ...signedAt(NOW), headers: ['x-amz-date', '20261201T040506Zx'] },
      { date: httpDate(NOW + HOUR) },
    ],
    ['is the time that the request was signed with', signedAt(NOW + HOUR), { date: httpDate(NOW + HOUR) }],
  ])('stays if the server’s date %s', (_why, request, headers) => {
    const clock = new UpstreamClock();
    expect(clock.wasOff(request, headers)).toBe(false);
    expect(clock.now()).toBe(NOW);
    expect(lines.all).toEqual([]);
  });
});

it('the clock of signatures goes back to its time if the correction was taken back', () => {
  const clock = new UpstreamClock();
  const request: Outgoing = {
    method: 'GET',
    host: 'a',
    path: '/',
    body: undefined,
    headers: ['x-amz-date', '20261201T040506Z'],
  };
  expect(clock.wasOff(request, { date: httpDate(NOW + HOUR) })).toBe(true);
  clock.takeBack();
  expect(clock.now()).toBe(NOW);
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
