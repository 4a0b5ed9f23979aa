import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { underLoad, versus } from '../../bench/against/versus.ts';
import { failed, skipped, table, verdict } from '../../bench/finding.ts';
import { halfInterval } from '../../bench/stats.ts';

const shown = (value: number): string => `${value} µs`;

describe('a comparison of two checkouts', () => {
  it('divides within a round, and takes the median of the quotients', () => {
    // The medians of both sides are equal: only the pairs show that the new one costs a tenth more.
    const finding = versus('small', 'CPU', { new: [110, 220, 330, 100], old: [100, 200, 300, 1000] }, shown);
    expect(finding).toMatchObject({ unit: '× old', min: 0.1, max: 1.1 });
    expect(finding.value).toBeCloseTo(1.1);
    expect(verdict(finding)).toBe('MISSED');
  });

  it.each([
    [1.03, 'ok'],
    [1.031, 'MISSED'],
    [0.5, 'ok'],
  ])('judges %d times the cost as %s', (times, expected) => {
    expect(verdict(versus('small', 'CPU', { new: [100 * times], old: [100] }, shown))).toBe(expected);
  });

  it('misses the limit with fewer calls per second, not with more', () => {
    const score = (perSecond: number) => ({ cpu: [50], perSecond: [perSecond], p50: [1], p99: [2], rss: [2 ** 26] });
    const rate = (now: number) =>
      underLoad('small', 'audit', { new: score(now), old: score(1000) }, 1).find(({ what }) =>
        what.startsWith('calls per second'),
      );
    expect([rate(969), rate(970), rate(2000)].map((finding) => finding && verdict(finding))).toEqual([
      'MISSED',
      'ok',
      'ok',
    ]);
  });

  it('counts the memory of two processes once, for any number of rounds', () => {
    const score = (rss: number[]) => ({
      cpu: [1, 1, 1, 1, 1, 1],
      perSecond: [1, 1, 1, 1, 1, 1],
      p50: [1, 1, 1, 1, 1, 1],
      p99: [],
      rss,
    });
    // Three pairs of processes in two rounds each: levels 1.2, 1 and 1.
    const findings = underLoad(
      'small',
      'audit',
      { new: score([120, 120, 100, 100, 100, 100]), old: score([100, 100, 100, 100, 100, 100]) },
      2,
    );
    expect(findings.map(({ what }) => what)).toEqual([
      'CPU per call, audit',
      'calls per second, audit',
      'p50, audit',
      'resident memory, audit',
    ]);
    expect(findings.at(-1)).toMatchObject({ value: 1, max: 1.2, detail: expect.stringContaining('of 3') });
  });

  it('compares nothing if the sides have different lengths', () => {
    expect(() => versus('small', 'CPU', { new: [1, 2], old: [1] }, shown)).toThrow('got 2 new values and 1 old ones');
    expect(() => versus('small', 'CPU', { new: [], old: [] }, shown)).toThrow('got 0 new values');
  });

  it('distinguishes what it could not compare from what failed', () => {
    expect(verdict(skipped('waiting', 'audit', 'the old checkout has no config'))).toBe('SKIPPED');
    expect(verdict(failed('waiting', 'audit', new Error('a wrong answer')))).toBe('FAILED');
  });

  it('shows ratios between checkouts with three digits, since their limit is close to 1', () => {
    expect(table([versus('small', 'CPU', { new: [1034], old: [1000] }, shown)])).toContain(
      '| 1.034 × old | 1.034 … 1.034 | ≤ 1.03 × old | MISSED |',
    );
  });
});

describe('the noise of a median', () => {
  it('is the range of a few values, and shrinks as there are more', () => {
    const even = (count: number) => Array.from({ length: count }, (_, n) => 0.9 + (0.2 * n) / (count - 1));
    expect(halfInterval(even(5))).toBeCloseTo(0.1);
    expect(halfInterval(even(100))).toBeLessThan(0.025);
    expect(halfInterval(even(1600))).toBeLessThan(0.006);
    expect(halfInterval([1, 1, 1])).toBe(0);
  });
});

describe('npm run bench -- --against', () => {
  const root = join(import.meta.dirname, '../..');
  const run = (...args: string[]): Promise<string> =>
    promisify(execFile)(process.execPath, [join(root, 'bench/run.ts'), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] },
    }).then(
      () => 'it measured',
      (error: { code: number; stderr: string }) => `${error.code}: ${error.stderr}`,
    );

  it('accepts only a checkout of this project', async () => {
    expect(await run('--against', join(root, 'docs'))).toMatch(
      /^1: got --against .*docs, expected a checkout of this project with its node_modules: it has no bin\/build\.ts/,
    );
  });

  it('accepts only rows that have a load', async () => {
    expect(await run('--against', root, '--only', 'small,growth')).toMatch(
      /^1: got row growth, expected one of small, large, /,
    );
  });

  it('does not profile', async () => {
    expect(await run('--against', root, '--profile', 'small')).toMatch(/^1: got --profile with --against/);
  });
});
