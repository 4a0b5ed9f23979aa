/** The figures of docs/cost.md follow from AWS's prices and from what docs/benchmarks.md measured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

const page = readFileSync(join(ROOT, 'docs/cost.md'), 'utf8');
const benchmarks = readFileSync(join(ROOT, 'docs/benchmarks.md'), 'utf8');
const priceOf = (unit: string): number => Number(new RegExp(`\\$([\\d.]+) per ${unit}`).exec(page)?.[1]);
const [PER_CPU_HOUR, PER_GB_HOUR] = [priceOf('vCPU-hour'), priceOf('GB-hour')];

/** Cells of the rows of a table, after the header. */
function rows(text: string, header: string): string[][] {
  const [, table = ''] = new RegExp(`^${header}.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'm').exec(text) ?? [];
  return table
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const peers = rows(
  benchmarks,
  '\\|  \\| 300 B, 32 connections \\| 100 KB, 32 connections \\| a list of 1,000 tools, 1 connection \\| wrong',
);
const memory = rows(
  benchmarks,
  '\\|  \\| 300 B, 32 connections \\| 100 KB, 32 connections \\| a list of 1,000 tools, 1 connection \\|\\n'.replace(
    '\\n',
    '$',
  ),
);

function measuredCpu(name: string): number {
  const cell = peers.find(([peer]) => peer === name)?.[1] ?? '';
  return Number(/([\d,]+) µs/.exec(cell)?.[1]?.replaceAll(',', ''));
}

function measuredMemory(name: string): number {
  return Number(/([\d,]+) MB/.exec(memory.find(([peer]) => peer === name)?.[1] ?? '')?.[1]);
}

/** Dollars of a thousand sessions, each five minutes in use and then idle. */
function sessions(megabytes: number, idleMinutes: number): number {
  return 1_000 * (megabytes / 1_000) * ((5 + idleMinutes) / 60) * PER_GB_HOUR;
}

test('a million calls cost what their CPU does', () => {
  const table = rows(page, '\\| \\| CPU per call \\|');
  expect(table.length).toBeGreaterThan(5);
  for (const [name = '', cpu, dollars] of table) {
    const measured = measuredCpu(name);
    expect(cpu).toBe(`${measured.toLocaleString('en-US')} µs`);
    expect(dollars).toBe(`$${((measured / 3_600) * PER_CPU_HOUR).toFixed(3)}`);
  }
});

test('sessions cost what their memory does', () => {
  const table = rows(page, '\\| \\| memory \\|');
  expect(table.length).toBeGreaterThan(3);
  for (const [name = '', held, idle15, idle1] of table) {
    const megabytes = measuredMemory(name);
    expect(held).toBe(`${megabytes} MB`);
    expect([idle15, idle1]).toEqual([15, 1].map((minutes) => `$${sessions(megabytes, minutes).toFixed(2)}`));
  }
});

test('the example adds up', () => {
  const cpu = (measuredCpu('set A') / 3_600) * PER_CPU_HOUR + (100_000 * 0.1 * PER_CPU_HOUR) / 3_600;
  const held = [15, 1].map((minutes) => 100 * sessions(measuredMemory('set A'), minutes));
  const dollars = (values: readonly number[]): string[] => values.map((value) => `$${value.toFixed(2)}`);
  const table = rows(page, '\\| \\| idle 15 min \\| idle 1 min \\|');
  expect(table.map(([, ...cells]) => cells)).toEqual([
    dollars([cpu, cpu]),
    dollars(held),
    dollars(held.map((value) => value + cpu)),
  ]);
});
