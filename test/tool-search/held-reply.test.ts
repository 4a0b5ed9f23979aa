import { expect, it, vi } from 'vitest';
import { HeldReply } from '../../proxy/tool-search/held-reply.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

/** Whether the reply has ended by now. */
async function hasEnded({ ended }: HeldReply): Promise<boolean> {
  let has = false;
  void ended.then(() => (has = true));
  await new Promise(setImmediate);
  return has;
}

it('has a status, headers and the bytes of all chunks', async () => {
  const held = new HeldReply(100);
  expect([held.status, held.headers, held.body, held.settled]).toEqual([0, [], bytes(''), false]);
  held.head(201, ['Content-Type', 'text/plain', 'X-A', 'x-c', 'x-b', 'b']);
  expect(held.write(bytes('ab'))).toBe(true);
  expect(await hasEnded(held)).toBe(false);
  held.end(bytes('c'));
  expect(await hasEnded(held)).toBe(true);
  expect([held.status, held.body, held.gone, held.isTooLarge]).toEqual([201, bytes('abc'), false, false]);
  expect(['content-type', 'x-a', 'x-b', 'b', 'x-c'].map((name) => held.header(name))).toEqual([
    'text/plain',
    'x-c',
    'b',
    undefined,
    undefined,
  ]);
});

it('ends with or without a last chunk', async () => {
  const held = new HeldReply(100);
  held.end();
  expect(await hasEnded(held)).toBe(true);
  expect(held.body).toEqual(bytes(''));
});

it('keeps the bytes of a chunk whose memory is used again', () => {
  const held = new HeldReply(100);
  const chunk = bytes('ab');
  held.write(chunk);
  chunk.fill('x');
  expect(held.body).toEqual(bytes('ab'));
});

it('has one chunk as its body without another copy', () => {
  const held = new HeldReply(100);
  held.write(bytes('ab'));
  expect(held.body).toBe(held.body);
  held.write(bytes('cd'));
  expect(held.body).toEqual(bytes('abcd'));
});

it('ends as cut off with the first byte beyond its limit, and holds none of that chunk', async () => {
  const held = new HeldReply(3);
  held.write(bytes('abc'));
  expect([held.isTooLarge, held.gone]).toEqual([false, false]);
  expect(held.write(bytes('d'))).toBe(true);
  expect(await hasEnded(held)).toBe(true);
  expect([held.isTooLarge, held.gone, held.body]).toEqual([true, true, bytes('abc')]);
});

it('ends as gone if it is cut', async () => {
  const held = new HeldReply(3);
  held.cut();
  expect(await hasEnded(held)).toBe(true);
  expect([held.isTooLarge, held.gone]).toEqual([false, true]);
});

it('takes more at any time', () => {
  const drained = vi.fn<() => void>();
  new HeldReply(1).onDrain(drained);
  expect(drained).toHaveBeenCalledTimes(1);
});
