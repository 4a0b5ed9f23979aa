import { expect, it } from 'vitest';
import { relatedTo } from '../../proxy/tool-search/related-words.ts';
import { stemOf, wordsOf } from '../../proxy/tool-search/words.ts';

it.each([
  ['getHTTPPage2', ['get', 'http', 'pag', '2']],
  ['crm___find_open-deals', ['crm', 'find', 'open', 'deal']],
  ['What is the weather?', ['weath']],
  ['to be', ['to', 'be']],
  ['Straße straße', ['straße', 'straße']],
  ['天気 予報', ['天気', '予報']],
  ['page12of3', ['pag', '12', '3']],
  ['-- _', []],
])('splits %s into words', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it('reads the beginning of a long text, and of a long word', () => {
  expect(wordsOf(`${'x '.repeat(4_095)}yy zz`)).toEqual([...Array.from({ length: 4_095 }, () => 'x'), 'yy']);
  expect(wordsOf('x'.repeat(41))).toEqual(['x'.repeat(40)]);
});

it.each([
  ['approve', 'approves', 'approved', 'approving', 'approval', 'approvals'],
  ['query', 'queries'],
  ['translate', 'translation', 'translations', 'translator'],
  ['plan', 'plans', 'planning', 'planned'],
  ['notify', 'notifies', 'notified', 'notification', 'notifications'],
  ['multiply', 'multiplication'],
  ['box', 'boxes'],
  ['address', 'addresses'],
  ['key', 'keys'],
  ['tie', 'ties'],
  ['assembly', 'assemblies'],
  ['occur', 'occurs', 'occurred', 'occurring', 'occurrence'],
  ['optimize', 'optimized', 'optimization', 'optimise', 'optimised', 'optimisation', 'optimising', 'optimiser'],
  ['adjust', 'adjusts', 'adjustment'],
  ['perform', 'performance'],
  ['refer', 'reference', 'references'],
  ['operate', 'operation', 'operator'],
  ['read', 'readable', 'reads', 'reading', 'reader'],
  ['connect', 'connection'],
  ['edit', 'editor'],
  ['quick', 'quickly'],
  ['plan', 'planner'],
])('takes all forms of %s as one word', (...forms) => {
  expect(new Set(forms.map(stemOf)).size).toBe(1);
});

it.each([
  ['status', 'stat'],
  ['bus', 'bu'],
  ['analysis', 'analysi'],
  ['gas', 'ga'],
])('leaves %s as it is', (word) => {
  expect(stemOf(word)).toBe(word);
});

it('relates words in both directions', () => {
  for (const word of ['delet', 'repositori', 'email'])
    for (const other of relatedTo(word)) expect(relatedTo(other)).toContain(word);
});
