/** How blocks of the pages are read, cut and run; `npm run snippets`, which the gate does, runs all of them. */
import { describe, expect, test } from 'vitest';
import { blocksOf, readPages } from './pages.ts';
import { reasonFor } from './reasons.ts';
import { Session } from './session.ts';
import { statementsOf } from './statements.ts';

describe('a block', () => {
  test('has the mark of the comment before it, or the file that its first line names', () => {
    const text = [
      '<!-- not run: needs a cluster -->\n```sh\nkubectl get pods\n```',
      '<!-- file: table.json -->\n```json\n{}\n```',
      '```ts\n// crm.config.ts\nexport {};\n```',
      '```\noutput\n```\n',
    ].join('\n\n');
    expect(blocksOf(text)).toMatchObject([
      { language: 'sh', notRun: 'needs a cluster', file: undefined, line: 2 },
      { language: 'json', notRun: undefined, file: 'table.json' },
      { language: 'ts', file: 'crm.config.ts', text: '// crm.config.ts\nexport {};\n' },
      { language: '', file: undefined },
    ]);
  });

  test('is cut into commands with their continuations, without comments', () => {
    expect(statementsOf('a --x   # it\'s one\n\n# two\nb \\\n  -d \'{"c":1,\n  "d":"#"}\'\nc \'#\' # three\n')).toEqual(
      ['a --x', 'b \\\n  -d \'{"c":1,\n  "d":"#"}\'', "c '#'"],
    );
    expect(() => statementsOf("a 'b\n")).toThrow('a command without an end');
  });
});

test.each([
  ['npm run deploy -- sample', 'needs an AWS account'],
  ['aws kms create-key', 'needs an AWS account'],
  ['npm ci', 'the gate runs it'],
  ['npm ci && npm start', undefined],
  ['npm start -- --upstream https://mcp.example.com/mcp', undefined],
])('%s: %s', (command, reason) => {
  expect(reasonFor(command)).toBe(reason);
});

describe('a session', () => {
  test('sees the files of its page, and shares variables between commands of a block', async () => {
    await using session = await Session.begin(blocksOf('<!-- file: a.json -->\n```json\n{"b":1}\n```\n'));
    await session.run(['FOUND=$(cat a.json)', 'test "$FOUND" = \'{"b":1}\'', 'test -f package.json']);
    await expect(session.run(['true', 'cat nothing.json', 'true'])).rejects.toThrow(/exit code 1: .*nothing\.json/s);
  });

  test('a reply with an error is a failure, and so is a server that does not start', async () => {
    await using session = await Session.begin([]);
    await expect(session.run(['echo \'{"error":{"code":-31403}}\''])).rejects.toThrow('an error as the answer');
    await expect(session.run(['npm start -- --port 1 --config nowhere.ts'])).rejects.toThrow(
      'ended before it listened',
    );
  });
});

test('the pages have commands and code', async () => {
  const all = (await readPages()).flatMap(({ blocks }) => blocks);
  for (const language of ['sh', 'ts', 'json'])
    expect(all.filter((block) => block.language === language).length).toBeGreaterThan(5);
});
