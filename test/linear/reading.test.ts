/** A long JSON text is read in turns: the steps grow in proportion to the text, however deep and wide it is. */
import { afterAll, expect, test } from 'vitest';
import { ownSteps, ownStepsOf, startCounting, stopCounting } from './steps.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const { checkJson } = await import('../../proxy/json/strict.ts');
const { checkJsonInTurns } = await import('../../proxy/json/strict-in-turns.ts');
afterAll(stopCounting);

const within = (depth: number, inner: string): string => '['.repeat(depth) + inner + ']'.repeat(depth);
const times = (unit: string, size: number): string =>
  `[${Array.from({ length: Math.ceil(size / unit.length) }, () => unit).join()}]`;
const KINDS: Readonly<Record<string, (size: number) => string>> = {
  numbers: (size) => times('12345', size),
  'chains below some levels': (size) => within(16, times(within(100, '1'), size)),
  'chains of objects below some levels': (size) => within(20, times(`${'{"a":'.repeat(90)}1${'}'.repeat(90)}`, size)),
  'lists within lists, each as long as one read': (size) => times(within(3, times('1', 33_000)), size),
  'one chain, with the most of it at its end': (size) => within(120, times('1', size)),
};

test.each(Object.entries(KINDS))('%s', (_name, make) => {
  const steps = (size: number): { text: string; inTurns: number; longest: number } => {
    const text = make(size);
    let [inTurns, longest] = [0, 0];
    for (const count of ownStepsOf(checkJsonInTurns(text))) {
      inTurns += count;
      longest = Math.max(longest, count);
    }
    return { text, inTurns, longest };
  };
  const [half, whole] = [steps(200_000), steps(400_000)];
  const atOnce = ownSteps(() => checkJson(whole.text));
  expect(whole.inTurns).toBeLessThan(2.5 * half.inTurns);
  expect(whole.inTurns).toBeLessThan(4 * atOnce);
  expect(whole.longest).toBeLessThan(atOnce / 2);
});
