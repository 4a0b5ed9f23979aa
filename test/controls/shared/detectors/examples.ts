/** Prints what was missed and what was mistaken, by shape: for those who write detectors. */
import type { Alarm, Miss } from './measuring.ts';

/** How many examples of one shape are shown. */
const FEW = 3;

export function showMissed(list: readonly Miss[]): void {
  for (const [key, own] of Map.groupBy(list, ({ sample }) => `${sample.group} · ${sample.place}`)) {
    process.stdout.write(`\nmissed: ${key} (${own.length})\n`);
    const shapes = [...Map.groupBy(own, ({ sample }) => sample.shape)].toSorted((a, b) => b[1].length - a[1].length);
    for (const [shape, some] of shapes.slice(0, 40)) {
      process.stdout.write(`  ${some.length} × ${JSON.stringify(shape)}\n`);
      for (const { sample, visited } of some.slice(0, FEW)) {
        const after = visited.filter((one) => one.before !== one.after).map((one) => one.after);
        process.stdout.write(
          `      ${sample.kind}: ${JSON.stringify(sample.value)} in ${JSON.stringify(sample.document).slice(0, 300)}${after.length === 0 ? '' : ` became ${JSON.stringify(after)}`}\n`,
        );
      }
    }
  }
}

export function showAlarms(title: string, list: readonly Alarm[]): void {
  for (const [detector, own] of Map.groupBy(list, (alarm) => alarm.detector)) {
    process.stdout.write(`\n${title}: ${detector} (${own.length})\n`);
    for (const {
      trap: { kind, document },
      parts,
    } of own.slice(0, 25)) {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      const at = Math.max(0, text.indexOf(parts[0] ?? '') - 60);
      process.stdout.write(`  ${kind}: ${JSON.stringify(parts)} in ${JSON.stringify(text.slice(at, at + 160))}\n`);
    }
  }
}
