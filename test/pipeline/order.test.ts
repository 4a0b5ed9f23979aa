import { beforeAll, describe, expect, test } from 'vitest';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { oddOrder } from '../../proxy/pipeline/order.ts';
import { allSamples } from '../controls/samples.ts';

const USUAL = [
  'audit',
  'rate-limit',
  'access-policy',
  'enrichment',
  'redaction',
  'secrets',
  'tokenization',
  'validation',
] as const;

let builtIn: ReadonlyMap<string, DefinedControl>;
beforeAll(async () => {
  builtIn = new Map((await allSamples()).map(([name, { table }]) => [name, table[0]]));
});

/** The controls with these names: built-in ones, and a team's own. */
const listed = (names: readonly string[]): DefinedControl[] =>
  names.map((name) => builtIn.get(name) ?? defineControl({ name, setup: () => (call, next) => next(call) }));

describe('start-up', () => {
  test('does not warn of controls in the usual order', () => {
    expect(oddOrder(listed(USUAL))).toEqual([]);
    expect(oddOrder(listed(['audit', 'rate-limit', 'own', 'tokenization']))).toEqual([]);
  });

  test.each(USUAL.slice(1).map((inner, i) => [inner, USUAL[i] ?? '']))('warns of %s before %s', (inner, outer) => {
    expect(oddOrder(listed([inner, outer]))).toEqual([
      `control ${inner} comes before ${outer}; the usual order is ${outer}, ${inner}`,
    ]);
  });

  test.each([
    [['own', 'audit'], 'control own comes before audit, which does not record its refusals'],
    [
      ['validation', 'own'],
      'control own comes after validation, which does not check text that it adds to a call; a control of your own belongs before validation',
    ],
    [
      ['audit', 'redaction', 'own', 'secrets', 'tokenization'],
      'control own comes after redaction, which does not check text that it adds to a call; a control of your own belongs before redaction, secrets and tokenization',
    ],
    [
      ['tokenization', 'validation', 'own'],
      'control own comes after tokenization, validation, which does not check text that it adds to a call; a control of your own belongs before tokenization and validation',
    ],
  ])("warns of a team's own control in %j", (names, warning) => {
    expect(oddOrder(listed(names))).toEqual([warning]);
  });

  test.each([[['own', 'rate-limit']], [['audit', 'own', 'access-policy', 'other', 'redaction']]])(
    'does not warn of %j',
    (names) => {
      expect(oddOrder(listed(names))).toEqual([]);
    },
  );

  test("treats a team's own control with the name of a built-in one as the team's", () => {
    const own = defineControl({ name: 'audit', setup: () => (call, next) => next(call) });
    expect(oddOrder([...listed(['validation']), own])).toEqual([
      expect.stringContaining('control audit comes after validation'),
    ]);
  });
});
