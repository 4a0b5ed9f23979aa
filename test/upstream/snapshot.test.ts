/** A microVM that is restored from a snapshot, perhaps twice: secrets and connections from before must not be used. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { Sealer } from '../../proxy/upstream/seal.ts';
import { startFront } from '../support/front.ts';
import { emptyResult, startUpstream } from '../support/upstream.ts';
import { modern, send } from './messages.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

test("two clones of one process draw different keys and nonces, none from the process's own generator", () => {
  vi.spyOn(crypto, 'randomBytes').mockImplementation((size: number) => Buffer.alloc(size));
  vi.spyOn(crypto, 'randomFillSync').mockImplementation((buffer) => buffer);
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  syncBuiltinESMExports();
  const [one, other] = [new Sealer(), new Sealer()];
  const sealed = one.seal('id', 'caller');
  expect(one.seal('id', 'caller')).not.toBe(sealed);
  expect([one.open(sealed, 'caller'), other.open(sealed, 'caller')]).toEqual(['id', undefined]);
});

test('connections from before the snapshot are not used again: the wall clock shows their age', async () => {
  const sockets = new Set<unknown>();
  await using upstream = await startUpstream(
    (request, response) => (sockets.add(response.socket), emptyResult(request, response)),
  );
  await using front = await startFront(upstream);
  for (let i = 0; i < 2; i++) await send(front, modern('tools/list'));
  expect(sockets.size).toBe(1);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 3_600_000);
  expect((await send(front, modern('tools/call', { name: 'x', arguments: {} }))).status).toBe(200);
  expect(sockets.size).toBe(2);
});

test('a connection that was idle for a minute is not used again, however busy the others were', async () => {
  const sockets = new Set<unknown>();
  const waiting: (() => void)[] = [];
  await using upstream = await startUpstream((request, response) => {
    sockets.add(response.socket);
    if (request.text.includes('together')) waiting.push(() => void emptyResult(request, response));
    else return emptyResult(request, response);
    if (waiting.length === 3) for (const go of waiting.splice(0)) go();
  });
  await using front = await startFront(upstream);
  const together = () =>
    Promise.all(
      Array.from({ length: 3 }, () => send(front, modern('tools/call', { name: 'together', arguments: {} }))),
    );
  await together();
  expect(sockets.size).toBe(3);
  vi.useFakeTimers({ toFake: ['Date'] });
  for (let i = 0; i < 5; i++) {
    vi.setSystemTime(Date.now() + 15_000);
    await send(front, modern('tools/list'));
  }
  expect(sockets.size).toBe(3);
  expect((await together()).map(({ status }) => status)).toEqual([200, 200, 200]);
  // The one that was busy, and two new ones.
  expect(sockets.size).toBe(5);
});
