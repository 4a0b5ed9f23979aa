/**
 * While tokens are restored in a long result, other work runs in between: whatever the result is full of, no part of
 * the work takes more than a share of all steps.
 */
import { afterAll, expect, test } from 'vitest';
import { KEY, TENANT } from '../controls/tokenization/keys.ts';
import { ownStepsOf, startCounting, stopCounting } from './steps.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const { parseKeyring } = await import('../../proxy/controls/shared/keyring.ts');
const { Cipher } = await import('../../proxy/controls/tokenization/cipher.ts');
const { restoredIn } = await import('../../proxy/controls/tokenization/in-text.ts');
const { brokenIn } = await import('../../proxy/controls/tokenization/token.ts');
const { Tokens } = await import('../../proxy/controls/tokenization/tokens.ts');
afterAll(stopCounting);

const ring = parseKeyring(JSON.stringify({ current: 'k1', keys: { k1: KEY } }));
if ('error' in ring) throw new Error(ring.error);
const tokens = new Tokens(new Cipher(ring), ['email']);
const TOKEN = tokens.token(TENANT, { type: 'email', value: 'mara@example.com', percent: false }, 'email') ?? '';
const longestShare = (work: Generator<void, unknown, void>): number => {
  let [all, longest] = [0, 0];
  for (const count of ownStepsOf(work)) {
    all += count;
    longest = Math.max(longest, count);
  }
  return longest / all;
};

/** Enough for several parts of each kind of work. */
const SIZE = 50_000;

test.each(['qtk_=', 'qtk_k1-', 'Qtk_k1_', `${TOKEN} `, 'a: ', 'a:b', '\\n', '& ', 'a/b'])(
  'a text full of %s',
  (unit) => {
    const text = unit.repeat(SIZE / unit.length);
    const json = `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${text}"}]}}`;
    expect(longestShare(restoredIn(json, TENANT, tokens))).toBeLessThan(0.5);
  },
);

test('many small lists', () => {
  const lists = '[[1],1],'.repeat(SIZE / 8);
  const json = `{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":[${lists}1]}}`;
  expect(longestShare(restoredIn(json, TENANT, tokens))).toBeLessThan(0.5);
});

test('a text full of tokens that were cut', () => {
  expect(longestShare(brokenIn('qtk_k1-'.repeat(SIZE / 7), []))).toBeLessThan(0.5);
});
