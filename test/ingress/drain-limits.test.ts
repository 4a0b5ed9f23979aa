/** How long and how much of an answered request is still read. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { drain } from '../../proxy/ingress/drain.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024);

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A request that is drained, and how often that was reported as done. */
function drained(request = new PassThrough()): { request: PassThrough; calls: () => number } {
  const done = vi.fn<() => void>();
  drain(request, done);
  return { request, calls: () => done.mock.calls.length };
}

test.each([
  ['ends', (request: PassThrough) => request.end('x')],
  ['is cut', (request: PassThrough) => request.destroy()],
])('reading is over, once, when the request %s', async (_what, finish) => {
  // So that its end is no cut as well.
  const { request, calls } = drained(new PassThrough({ autoDestroy: false }));
  expect(calls()).toBe(0);
  finish(request);
  for (let i = 0; i < 5; i++) await turn();
  expect([calls(), vi.getTimerCount(), request.listenerCount('data')]).toEqual([1, 0, 0]);
});

test('a request that was paused is read on', async () => {
  const request = new PassThrough({ autoDestroy: false });
  request.pause();
  const { calls } = drained(request);
  request.end('x');
  for (let i = 0; i < 5; i++) await turn();
  expect(calls()).toBe(1);
});

test.each([
  ['ends', (request: PassThrough) => request.end()],
  ['is cut', (request: PassThrough) => request.destroy()],
])('reading that is over is not over again when the request %s', async (_what, finish) => {
  const { request, calls } = drained();
  await vi.advanceTimersByTimeAsync(500);
  finish(request.resume());
  for (let i = 0; i < 5; i++) await turn();
  expect(calls()).toBe(1);
});

test('reading is over after half a second of silence, counted from the last piece', async () => {
  const { request, calls } = drained();
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(499);
    request.write('x');
    await turn();
  }
  await vi.advanceTimersByTimeAsync(499);
  expect(calls()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect([calls(), vi.getTimerCount()]).toEqual([1, 0]);
});

test('reading is over after ten seconds, whatever comes', async () => {
  const { request, calls } = drained();
  for (let i = 0; i < 24; i++) {
    await vi.advanceTimersByTimeAsync(400);
    request.write('x');
    await turn();
  }
  await vi.advanceTimersByTimeAsync(399);
  expect(calls()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect([calls(), vi.getTimerCount()]).toEqual([1, 0]);
});

test('reading is over after more than 64 MiB', async () => {
  const { request, calls } = drained();
  for (let i = 0; i < 64; i++) {
    request.write(MEGABYTE);
    await turn();
  }
  expect(calls()).toBe(0);
  request.write('x');
  await turn();
  expect([calls(), vi.getTimerCount()]).toEqual([1, 0]);
});

test('neither limit keeps the process running', () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const { request } = drained();
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
  request.destroy();
});
