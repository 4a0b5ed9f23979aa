/**
 * Every control, in both directions: eight times the input takes about eight times the steps, whichever part grows.
 * Steps are counted, not seconds. `LINEAR=all` runs every unit in every form, which takes an hour; without it, a seed
 * draws one for each.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../controls/shared/detectors/corpus/random.ts';
import type { Row } from './controls.ts';
import { callWith, DATA, OTHERS, replyWith, UNITS } from './inputs.ts';
import { startCounting, stepsOf, stepsOfEach, stopCounting } from './steps.ts';

const SMALL = 2 * 1024;
const TIMES = 8;
/** If each character needed all the others, there would be 64 times as many. */
const MOST = 2.5 * TIMES;

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const { rows } = await import('./controls.ts');
const ROWS = await rows();
const random = new Random(Number(process.env['LINEAR_SEED'] ?? 10));
const write = process.stdout.write.bind(process.stdout);
beforeAll(() => {
  // Lines of audit.
  process.stdout.write = () => true;
});
afterAll(() => {
  process.stdout.write = write;
  stopCounting();
});

const units = (): readonly string[] => (process.env['LINEAR'] === 'all' ? UNITS : [random.pick(UNITS)]);

async function grows(
  { run }: Row,
  input: (unit: string, size: number) => Parameters<Row['run']>,
  drawn: readonly string[],
): Promise<void> {
  for (const unit of drawn) {
    const work = (size: number): (() => Promise<unknown>) => {
      const [message, options] = input(unit, size);
      return () => run(message, options);
    };
    // What is only done once. Another size, since what was found in a text may be kept.
    await work(1.5 * SMALL)();
    let small = SMALL;
    let [few = 0, many = 0] = await stepsOfEach([work(SMALL), work(SMALL * TIMES)]);
    // Long texts are searched in parts, which takes more steps a character: then two long ones are compared.
    if (many / few >= MOST) [small, few, many] = [SMALL * TIMES, many, await stepsOf(work(SMALL * TIMES ** 2))];
    expect
      .soft(
        Math.round((10 * many) / few) / 10,
        `${few} steps for ${small} characters of ${JSON.stringify(unit)}, ${many} for ${TIMES} times as many`,
      )
      .toBeLessThan(MOST);
  }
}

test('a step is counted wherever it is taken: in our own loops and in native searches', async () => {
  const { holds } = await import('../../proxy/reply/contains.ts');
  expect(await stepsOf(() => Promise.resolve('a'.repeat(10_000).includes(`${'a'.repeat(5_000)}b`)))).toBeGreaterThan(
    500_000,
  );
  expect(await stepsOf(() => Promise.resolve(holds('ab'.repeat(10_000), 'bb')))).toBeGreaterThan(10_000);
});

describe.each(ROWS.map((row) => [row.name, row] as const))('%s', (_name, row) => {
  test.each(Object.entries(DATA))('there: %s', { timeout: 600_000 }, (_form, data) =>
    grows(row, (unit, size) => callWith(data(unit, size)), units()),
  );
  test.each(Object.entries(DATA))('back: %s', { timeout: 600_000 }, (_form, data) =>
    grows(row, (unit, size) => replyWith(data(unit, size)), units()),
  );
  test.each(Object.entries(OTHERS))('%s', { timeout: 600_000 }, (_form, input) => grows(row, input, units()));
});
