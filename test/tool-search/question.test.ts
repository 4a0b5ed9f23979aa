import { expect, it } from 'vitest';
import { ProxyError } from '../../proxy/base/errors.ts';
import { SELF } from '../../proxy/base/self.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { type Question, questionOf, resultOf } from '../../proxy/tool-search/question.ts';

const SETTINGS = { pinned: [], names: { search: 'find', call: 'use' }, limit: 7 };

const asked = (params: object): Question =>
  questionOf(
    readMessage(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'find', ...params } })),
    SETTINGS,
  );

it('takes the query and the limit, or that of the config', () => {
  expect(asked({ arguments: { query: 'a b' } })).toEqual({ query: 'a b', limit: 7 });
  expect(asked({ arguments: { query: 'a', limit: 1 }, _meta: { query: 'x' } })).toEqual({ query: 'a', limit: 1 });
  expect(asked({ arguments: { query: 'a', limit: 20 } })).toEqual({ query: 'a', limit: 20 });
});

it('takes the longest query, however it is written', () => {
  const query = '\u0001'.repeat(1_000);
  expect(asked({ arguments: { query } })).toEqual({ query, limit: 7 });
  const written = `{"query":"${'x'.repeat(1_000)}"${' '.repeat(8_000 - 1_012)}}`;
  expect(written).toHaveLength(8_000);
  const text = (args: string): string =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find","arguments":${args}}}`;
  expect(questionOf(readMessage(text(written)), SETTINGS).query).toHaveLength(1_000);
  const longer = readMessage(text(`${written.slice(0, -1)} }`));
  expect(() => questionOf(longer, SETTINGS)).toThrow('got a longer one');
});

const LONG = 'a query of at most 1000 characters, got a longer one';
const LIMIT = 'limit to be a whole number from 1 to 20, got another value';

it.each([
  ['no arguments', undefined, 'an object with a query, got none'],
  ['arguments of null', null, 'an object with a query, got none'],
  ['a list', ['a'], 'an object with a query, got none'],
  ['no query', {}, 'query to be some words, got none'],
  ['an empty query', { query: ' ' }, 'query to be some words, got none'],
  ['a query that is no string', { query: 1 }, 'query to be some words, got none'],
  ['a long query', { query: 'x'.repeat(1_001) }, LONG],
  ['a very long query', { query: 'x'.repeat(9_000) }, LONG],
  ['another member', { query: 'a', name: 'b' }, 'only query and limit, got another member'],
  ['a limit of 0', { query: 'a', limit: 0 }, LIMIT],
  ['a limit of 21', { query: 'a', limit: 21 }, LIMIT],
  ['a limit of 1.5', { query: 'a', limit: 1.5 }, LIMIT],
  ['a limit that is no number', { query: 'a', limit: '1' }, LIMIT],
])('refuses %s', (_, args, expected) => {
  expect(refusalOf(args)).toEqual(['invalid-arguments', `find: expected ${expected}`]);
});

function refusalOf(args: unknown): unknown {
  try {
    return asked({ arguments: args });
  } catch (error) {
    return error instanceof ProxyError ? [error.code, error.message] : error;
  }
}

it('answers with the text of each tool that was found', () => {
  expect(JSON.parse(resultOf(['{"name":"a"}', '{"name":"b"}'], 'legacy'))).toEqual({
    content: [{ type: 'text', text: '{"tools":[{"name":"a"},{"name":"b"}]}' }],
  });
});

it('says how to go on if none was found, and in a modern answer who says it', () => {
  expect(JSON.parse(resultOf([], 'modern'))).toEqual({
    resultType: 'complete',
    content: [{ type: 'text', text: '{"tools":[],"hint":"no tool fits these words: search again with other words"}' }],
    _meta: { 'io.modelcontextprotocol/serverInfo': SELF },
  });
});
