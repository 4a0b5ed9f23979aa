import { expect, test } from 'vitest';
import type { Result } from './mutants.ts';
import { passes, scoreOf, tableOf } from './score.ts';
import { pageWith } from './scores-page.ts';

const SOURCE = 'if (a &&\n    b)\n  act();\n';
/** Of `a`, in the first line. */
const mutant = (status: string, replacement = 'true', line = 1): Result => ({
  status,
  replacement,
  location: { start: { line, column: 5 }, end: { line, column: 6 } },
});
const MUTATED = { was: 'if (a &&', becomes: 'if (true &&' };

test('the score is the share of mutants that a failure, an error or a test without end betrays', () => {
  const statuses = ['Killed', 'Timeout', 'RuntimeError', 'Survived', 'NoCoverage'];
  const score = scoreOf(
    'f',
    SOURCE,
    statuses.map((status) => mutant(status)),
    [],
  );
  expect(score).toMatchObject({ mutants: 5, killed: 3, explained: 0, percent: 60 });
  expect(score.survived).toEqual([
    { number: 1, reached: true, ...MUTATED },
    { number: 1, reached: false, ...MUTATED },
  ]);
  expect(passes(score)).toBe(false);
});

test('an explained survivor does not count, wherever its line has moved', () => {
  const results = [...Array.from({ length: 9 }, () => mutant('Killed', 'false')), mutant('Survived', 'true', 3)];
  const score = scoreOf('f', `// New.\n\n${SOURCE}`, results, [{ why: 'the same', mutants: [MUTATED] }]);
  expect(score).toMatchObject({ mutants: 10, killed: 9, survived: [], explained: 1, stale: [], percent: 100 });
  expect(passes(score)).toBe(true);
});

test('an explanation covers one mutant, even where two lines are equal', () => {
  const twice = [mutant('Survived'), mutant('Survived', 'true', 1)];
  expect(scoreOf('f', SOURCE, twice, [{ why: 'the same', mutants: [MUTATED] }])).toMatchObject({
    explained: 1,
    survived: [{ number: 1 }],
  });
});

test('an explanation of a mutant that is killed, or is not there, fails the file', () => {
  const explanations = [{ why: 'the same', mutants: [MUTATED, { was: 'gone', becomes: 'away' }] }];
  const score = scoreOf('f', SOURCE, [mutant('Killed')], explanations);
  expect(score).toMatchObject({ percent: 100, stale: [MUTATED, { was: 'gone', becomes: 'away' }] });
  expect(passes(score)).toBe(false);
});

test('a file passes from 90 % on', () => {
  const of = (killed: number, survived: number) =>
    scoreOf(
      'f',
      SOURCE,
      [
        ...Array.from({ length: killed }, () => mutant('Killed')),
        ...Array.from({ length: survived }, () => mutant('Survived')),
      ],
      [],
    );
  expect(passes(of(9, 1))).toBe(true);
  expect(passes(of(89, 11))).toBe(false);
  expect(passes(of(0, 0))).toBe(true);
});

test('a mutation over several lines is known by the first, with what follows it', () => {
  const over: Result = {
    status: 'Survived',
    replacement: 'a ||\n    b',
    location: { start: { line: 1, column: 5 }, end: { line: 2, column: 6 } },
  };
  expect(scoreOf('f', SOURCE, [over], []).survived).toEqual([
    { number: 1, reached: true, was: 'if (a &&', becomes: 'if (a || b)' },
  ]);
});

test('the table has a row for each file', () => {
  const score = scoreOf('room/file', SOURCE, [mutant('Killed'), mutant('Survived')], []);
  expect(tableOf([score])).toBe(
    'file       mutants  killed  by time  survived  explained   score\nroom/file        2       1        0         1          0  50.0 %',
  );
});

test.each([
  ['Timeout', undefined],
  ['Killed', 'Error: Test timed out in 20000ms.'],
  ['Killed', 'Error: Timed out in waitFor!'],
  ['Killed', 'Error: Matcher did not succeed in time.'],
])('a mutant that only a limit of time notices is listed: %s, %s', (status, statusReason) => {
  const score = scoreOf('f', SOURCE, [{ ...mutant(status), statusReason }, mutant('Killed', 'true', 1)], []);
  expect(score).toMatchObject({ killed: 2, late: [{ number: 1 }] });
});

test('the page keeps the last score of each file, sorted', () => {
  const of = (file: string, ...statuses: string[]) =>
    scoreOf(
      file,
      SOURCE,
      statuses.map((status) => mutant(status)),
      [],
    );
  const page = pageWith(pageWith('', [of('b', 'Killed'), of('c', 'Survived')]), [
    of('a', 'Timeout'),
    of('c', 'Killed'),
  ]);
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual([
    '| `a` | 1 | 1 | 1 | 0 | 0 | 100.0 % |',
    '| `b` | 1 | 1 | 0 | 0 | 0 | 100.0 % |',
    '| `c` | 1 | 1 | 0 | 0 | 0 | 100.0 % |',
  ]);
});
