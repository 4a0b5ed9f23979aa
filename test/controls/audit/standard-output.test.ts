/** A line that must be written before a call is forwarded, while standard output is a pipe with a slow reader. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('writeNow settles after all earlier lines, once the reader takes them', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writing-process.ts')]);
  let text = '';
  await new Promise((resolve) => setTimeout(resolve, 600));
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [outcome] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
  await once(child, 'close');
  expect(outcome).toBe('taken\n');
  const lines = text.split('\n').slice(0, -1);
  expect(lines).toHaveLength(20_002);
  expect(lines.slice(0, -2).map((line) => Number.parseInt(line, 10))).toEqual(
    Array.from({ length: 20_000 }, (_, i) => i),
  );
  expect(lines.slice(-2)).toEqual(['now', 'after']);
});
