/** The message in a body, or what is known of one that is refused: the same for short and long texts. */
import { expect, it } from 'vitest';
import { SHORT } from '../../proxy/base/turns.ts';
import { NOTHING_KNOWN, type Refused } from '../../proxy/call/wire.ts';
import { readText } from '../../proxy/ingress/read-text.ts';

const LENGTHS = [100, SHORT - 1, SHORT, SHORT + 1, 2 * SHORT];

/** A message of this many characters. */
const textOf = (length: number, more = ''): string => {
  const start = `{"jsonrpc":"2.0","id":"seven","method":"tools/call","params":{"name":"`;
  const end = `"}${more}}`;
  return start + 'x'.repeat(length - start.length - end.length) + end;
};

it.each(LENGTHS)('a message of %d characters is read, at once exactly if it is short', async (length) => {
  const text = textOf(length);
  const read = readText(text, 10, () => {
    throw new Error('expected no refusal');
  });
  expect(read instanceof Promise).toBe(length > SHORT);
  expect(await read).toMatchObject({ kind: 'request', method: 'tools/call', id: '"seven"', text });
});

it.each(LENGTHS)('of one of %d characters that is refused, the id is known', async (length) => {
  const known: Refused[] = [];
  const reading = async () => readText(textOf(length, ',"id":"seven"'), 10, (refused) => known.push(refused));
  await expect(reading()).rejects.toThrow('the same key twice in one object');
  const simple: Refused[] = [];
  await expect((async () => readText('{', 10, (refused) => simple.push(refused)))()).rejects.toThrow();
  expect(simple).toEqual([{ ...NOTHING_KNOWN, id: undefined }]);
  expect(known).toHaveLength(1);
  expect(known[0]).toMatchObject({ ...NOTHING_KNOWN, id: known[0]?.id });
});
