import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ratio } from '../../bench/finding.ts';
import { placed, rowsOf } from '../../bench/page.ts';
import { ROWS } from '../../bench/rows/rows.ts';

const PAGE = readFileSync('docs/benchmarks.md', 'utf8');
const HOW = '2026-12-01, load 1.0';
const spread = (median: number) => ({ median, min: median / 2, max: median * 2 });
const EMPTY = 'before\n\n<!-- measured: a -->\n<!-- /measured -->\n\n<!-- measured: b -->\n<!-- /measured -->\nafter\n';

test('docs/benchmarks.md has one block for each row of the bench', () => {
  expect(rowsOf(PAGE).toSorted()).toEqual(Object.keys(ROWS).toSorted());
});

describe('a block of the page', () => {
  test('has a line for each finding, missed bounds in bold, and how it was measured', () => {
    const page = placed(
      EMPTY,
      'b',
      [ratio('b', 'small', spread(1), '5 µs', { atMost: 2 }), ratio('b', 'large', spread(3), '7 µs', { atMost: 2 })],
      HOW,
    );
    expect(page).toBe(
      [
        'before\n\n<!-- measured: a -->\n<!-- /measured -->\n\n<!-- measured: b -->',
        '| | measured | must be | |',
        '|---|---|---|---|',
        '| small | 1.00 × (0.50 … 2.00) | ≤ 2 × | 5 µs |',
        '| large | **3.00 ×** (1.50 … 6.00) | ≤ 2 × | 7 µs |',
        '',
        HOW,
        '<!-- /measured -->\nafter\n',
      ].join('\n'),
    );
    expect(placed(page, 'b', [ratio('b', 'small', spread(1), '5 µs')], HOW)).not.toContain('large');
  });

  test('is a grid if each finding has a place', () => {
    const found = [
      { ...ratio('a', 'x', spread(1), ''), at: ['10 tools', 'policy'] as const, amount: '5 µs' },
      { ...ratio('a', 'y', spread(1), '', { atMost: 0.5 }), at: ['20 tools', 'set A'] as const },
    ];
    expect(placed(EMPTY, 'a', found, HOW)).toContain(
      [
        '| | policy | set A |',
        '|---|---|---|',
        '| 10 tools | 1.00 × (0.50 … 2.00); 5 µs |  |',
        '| 20 tools |  | **1.00 ×** (0.50 … 2.00); ≤ 0.5 × |',
      ].join('\n'),
    );
  });

  test('must be there', () => {
    expect(() => placed(EMPTY, 'c', [], HOW)).toThrow('got no block for row c on the page');
  });
});
