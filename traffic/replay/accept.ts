/** Writes into a record what a replay decides: the next one is compared with it. */
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import type { Decided, Expected, TrafficRecord } from '../format.ts';
import { differences } from './compare.ts';
import type { Played } from './engine.ts';

export interface Accepted {
  readonly calls: number;
  /** Calls of which a replay can't tell something, with the controls. */
  readonly unsure: ReadonlyMap<number, readonly string[]>;
}

/**
 * @param first and a second replay with the same config: what differs between them is left to chance
 * @param isOwn the config is the one that the record was made with: what differs from then can't be told from the record
 */
export async function accept(
  file: string,
  record: TrafficRecord,
  first: readonly Played[],
  second: readonly Played[],
  isOwn: boolean,
): Promise<Accepted> {
  const unsure = new Map<number, readonly string[]>();
  const lines = new Map<number, Expected>();
  first.forEach(({ recorded, decided, unknown }, i) => {
    const again = second[i]?.decided;
    if (decided === undefined) return;
    const known = isOwn ? [] : (record.expected.get(recorded.call)?.unsure ?? []);
    const doubtful = new Set(known);
    for (const { control } of again === undefined ? [] : differences(decided, again, true)) doubtful.add(control);
    if (isOwn) for (const { control } of differences(recorded.decided, decided, false)) doubtful.add(control);
    if (doubtful.size > 0) unsure.set(recorded.call, [...doubtful]);
    const expected: Decided = {
      ...decided,
      ...(doubtful.size === 0 ? {} : { unsure: [...doubtful] }),
      ...(unknown.length === 0 ? {} : { unknown }),
    };
    lines.set(recorded.call, { expect: recorded.call, ...expected });
  });
  const [head = '', ...rest] = (await readFile(file, 'utf8')).split('\n');
  const out = [head];
  for (const line of rest) {
    const { call, expect }: { readonly call?: unknown; readonly expect?: unknown } =
      line.trim() === '' ? {} : tolerant(line);
    if (expect !== undefined || call === undefined) continue;
    out.push(line);
    const expected = typeof call === 'number' ? lines.get(call) : undefined;
    if (expected !== undefined) out.push(JSON.stringify(expected));
  }
  const part = `${file}.part`;
  await writeFile(part, `${out.join('\n')}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, file);
  return { calls: lines.size, unsure };
}

function tolerant(line: string): object {
  try {
    return JSON.parse(line) as object;
  } catch {
    return {};
  }
}
