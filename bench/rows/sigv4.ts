/** The cost of a signature, measured in a separate process by `sigv4.ts`, next to the common library. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { bench } from '../build.ts';
import type { Finding } from '../finding.ts';

export async function sigv4(): Promise<Finding[]> {
  const script = bench('sigv4.ts');
  if (!existsSync(script)) return [];
  const line = execFileSync(process.execPath, [script], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  const { ours_us: ours, smithy_us: smithy } = JSON.parse(line) as { ours_us: number; smithy_us: number };
  return [
    {
      row: 'sigv4',
      what: 'CPU per signature',
      value: ours,
      unit: 'µs',
      detail: `@smithy/signature-v4 ${smithy.toFixed(1)} µs`,
      bound: { atMost: 15 },
    },
  ];
}
