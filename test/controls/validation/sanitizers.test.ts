import { describe, expect, test } from 'vitest';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { SANITIZERS, type SanitizerName } from '../../../proxy/controls/validation/sanitizers.ts';
import { ways } from '../../dispatch/forms.ts';
import { startListed } from './listing.ts';

const refuses = (name: SanitizerName, text: string): boolean => SANITIZERS[name].refuses(text);

test.each([
  '../etc/passwd',
  'a/../../b',
  'a\\..\\b',
  '..',
  '/etc/passwd',
  '\\\\server\\share',
  'C:\\x',
  'c:x',
  '~/x',
  '~root',
  'file:///x',
  '%2e%2e%2fx',
  '%252e%252e%252fx',
  '..%2fx',
  '%c0%ae%c0%ae%c0%afx',
  'a\0.txt',
  'a%00.txt',
  '.．/x',
  '..;/x',
  'x/..',
  'x/.. /y',
  '%25252525252e',
  '...',
  'x:y',
  // characters that URL parsers drop
  ' /etc/passwd',
  '\t/etc/passwd',
  '\ufeff/etc/passwd',
  '\u00a0/etc',
  '..\t/x',
  '.\t./x',
  'a/..\n/b',
  'a/.\r./b',
  '.\u200b./x',
  '\u2028/x',
  'a/ ../x',
  // characters that shells remove
  '"/etc"',
  "'..'/x",
  ".'.'/x",
  '.\\./x',
  '`..`/x',
  // URLs of local files
  'jar:file:/x',
  'FILE:x',
  'url:file:///x',
  'netdoc:/etc',
  'local_file:///x',
  'local-file:x',
  'php://filter/x',
  'http:/x',
  'x+y:///z',
  'a:b:\\c',
  // other characters that are read as a slash or a dot
  '..\u2215x',
  '..\u29f5x',
  '\u2044etc',
  '..\u00a5x',
  '‥/x',
  '%u002e%u002e/x',
  '..%u2215x',
  '..%e0%80%afx',
  '%c0%2e%c0%2e/',
  '%e0%80%ae%e0%80%ae/x',
  '%f0%80%80%ae./x',
  '..%c0%5cx',
  '%20/etc',
  '%09..%09/x',
  'a/..?b',
  'a/..#b',
  '..::$INDEX',
])('path-traversal refuses %j', (text) => {
  expect(refuses('path-traversal', text)).toBe(true);
});
test.each([
  'a/b.txt',
  'a..b',
  'reports/2026 Q1.pdf',
  './a',
  'a/.hidden',
  '100%',
  '50%25',
  'a~b',
  'xy:z',
  ' a/b ',
  'a\tb',
  'a\nb',
  "O'Brien/x",
  '"a b".txt',
  'https://example.com/a/b?c=d',
  's3://bucket/key',
  'jdbc:x',
  'data:text/plain,x',
  '¥100',
  'a/..b',
  'a ../b',
  'a\\b',
])('path-traversal leaves %j', (text) => {
  expect(refuses('path-traversal', text)).toBe(false);
});
test.each(["' OR 1=1", 'a;b', 'a--b', '/* x', 'x */', '"x"', '`x`', 'a\\b', 'ʼ or 1', '＇', '’', 'a # b', 'x\0'])(
  'sql refuses %j',
  (text) => expect(refuses('sql', text)).toBe(true),
);
test.each(['orders', 'C-1001', 'a b', 'Müller', '2026-01-31', '日本'])('sql leaves %j', (text) =>
  expect(refuses('sql', text)).toBe(false),
);
test.each([
  'a;b',
  '$(x)',
  '`x`',
  'a|b',
  'a&b',
  'a>b',
  'a\nb',
  '-rf',
  '*.txt',
  '%PATH%',
  '^x',
  '~',
  '{a,b}',
  '；',
  'a=b',
])('shell refuses %j', (text) => expect(refuses('shell', text)).toBe(true));
test.each(['report.pdf', 'a b', 'a-b_c', 'user@host', 'a,b', '1/2'])('shell leaves %j', (text) =>
  expect(refuses('shell', text)).toBe(false),
);
test('control-characters leaves tabs and line ends', () => {
  expect([
    refuses('control-characters', 'a\u001bb'),
    refuses('control-characters', 'a\u0085'),
    refuses('control-characters', 'a\tb\r\n'),
  ]).toEqual([true, true, false]);
});

describe.each(ways)('sanitizers (%s)', (_name, way) => {
  const TOOLS = [
    { name: 'read_file', inputSchema: { type: 'object' } },
    { name: 'other', inputSchema: { type: 'object' } },
  ];
  const CONTROL = validation({
    refuse: [
      { tool: 'read_*', path: 'path', what: ['path-traversal', 'control-characters'] },
      { tool: 'read_file', path: 'filter.**', what: ['sql'] },
      { method: 'prompts/get', path: '**', what: ['shell'] },
    ],
  });

  test('refuse content at their places, without the value in the message, and nowhere else', async () => {
    await using world = await startListed([CONTROL], TOOLS);
    const refusedWith = (text: string): object => ({ result: { isError: true, content: [{ text }] } });
    expect(await world.call(way, 'read_file', { path: '../secret' })).toMatchObject(
      refusedWith('path: expected a relative path without .., got another path'),
    );
    expect(await world.call(way, 'read_file', { path: ['ok', 'a\u001b[2J'] })).toMatchObject(
      refusedWith('path[1]: expected no control characters, got some'),
    );
    expect(await world.call(way, 'read_file', { path: 'ok', filter: { by: [{ name: "x' OR 1=1" }] } })).toMatchObject(
      refusedWith('filter.by[0].name: expected no quotes, semicolons, backslashes or comment marks, got some'),
    );
    expect(await world.call(way, 'read_file', { filter: { "x' OR": 1 } })).toMatchObject(
      refusedWith('a name in filter["x\' OR"]: expected no quotes, semicolons, backslashes or comment marks, got some'),
    );
    expect(world.passed).toEqual([]);
    for (const [name, args] of [
      ['read_file', { path: 'a/b', note: "../it's" }],
      ['other', { path: '../x' }],
    ] as const)
      expect(await world.call(way, name, args)).not.toHaveProperty('result.isError');
    expect(world.passed).toHaveLength(2);
  });

  test('check the string itself, JSON in it, and text behind escapes and percent-encoding', async () => {
    await using world = await startListed([CONTROL], TOOLS);
    for (const path of ['["../x"]', '{"a":"../x"}', '{"a":"\\u002e./x"}', '%2e%2e/x', '[1]/../x'])
      expect(await world.call(way, 'read_file', { path })).toHaveProperty('result.isError', true);
    expect(await world.call(way, 'read_file', { path: '{"a":"x"}' })).not.toHaveProperty('result.isError');
    expect(world.passed).toHaveLength(1);
  });

  test('refuse other requests than tool calls with an error', async () => {
    await using world = await startListed([CONTROL], TOOLS);
    expect((await world.ask(way.call('prompts/get', { name: 'p', arguments: { a: '$(x)' } }))).json()).toMatchObject({
      error: { code: -32602, data: { reason: 'invalid-arguments' } },
    });
    expect(await world.ask(way.call('prompts/get', { name: 'p', arguments: { a: 'x' } }))).toMatchObject({
      status: 200,
    });
  });
});

test.each([
  [
    { refuse: [{ path: 'a' }] },
    'refuse[0].what: expected a list of control-characters, hidden-unicode, path-traversal, sql, shell',
  ],
  [{ refuse: [{ path: '', what: ['sql'] }] }, 'refuse[0]: expected a path'],
  [{ maxDepth: 0 }, 'maxDepth: expected a whole number, 1 or more, got 0'],
  [
    { results: { strip: true } },
    'expected results.stripHiddenUnicode, results.maxCharacters, results.checkOutputSchema, got "results.strip"',
  ],
  [{ results: { maxCharacters: 10 } }, 'results.maxCharacters: expected a whole number, 1000 or more'],
  [{ unchecked: 'x' }, 'unchecked: expected a list of names of tools, got a string'],
  [{ check: true }, 'results, got "check"'],
])('refuses invalid options: %j', (options, fault) => {
  expect(() => validation(options as unknown as Parameters<typeof validation>[0])).toThrow(fault);
});
