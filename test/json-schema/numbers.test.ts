/** Numbers beyond what a double holds: the check reads the text that is sent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validation } from '../../proxy/controls/validation/index.ts';
import { compare, decimalOf, isMultipleOf, isWhole, textOf } from '../../proxy/json-schema/decimal.ts';
import { Digits } from '../../proxy/json-schema/digits.ts';
import { TooMuch } from '../../proxy/json-schema/faults.ts';
import { Schema } from '../../proxy/json-schema/schema.ts';
import { parseJson } from '../../proxy/json/parse.ts';
import type { JsonValue } from '../../proxy/json/value.ts';
import { startListed } from '../controls/validation/listing.ts';
import { responseOf, ways } from '../dispatch/forms.ts';

const BEYOND = '9007199254740993';

function fits(schema: unknown, text: string): boolean {
  const compiled = new Schema(JSON.stringify(schema)).compile(undefined);
  const value: JsonValue = parseJson(text);
  const holds = compiled.fits(value, text.length, new Digits(text, 0, text.length, []));
  // The check that explains agrees with the one that decides.
  if (!holds)
    expect(compiled.failures(value, text.length, new Digits(text, 0, text.length, [])).length).toBeGreaterThan(0);
  return holds;
}

test.each([
  [{ enum: [9007199254740992] }, BEYOND, false],
  [{ enum: [9007199254740992] }, '9007199254740992', true],
  [{ const: 1 }, '1.00000000000000000001', false],
  [{ const: 1 }, '1.00000000000000000000', true],
  [{ not: { const: 1 } }, '1.00000000000000000001', true],
  [{ enum: [[{ a: 9007199254740992 }]] }, `[{"a":${BEYOND}}]`, false],
  [{ enum: [[{ a: 9007199254740992 }]] }, '[{"a":9007199254740992.0}]', true],
  [{ maximum: 9007199254740992 }, BEYOND, false],
  [{ exclusiveMinimum: 9007199254740992 }, BEYOND, true],
  [{ minimum: 1 }, '0.99999999999999999999', false],
  [{ exclusiveMaximum: 1 }, '0.99999999999999999999', true],
  [{ exclusiveMinimum: 0 }, '1e-400', true],
  [{ const: 0 }, '1e-400', false],
  [{ maximum: 1e308 }, '1e400', false],
  [{ minimum: -1e308 }, '-1e400', false],
  [{ type: 'integer' }, '1.00000000000000000001', false],
  [{ type: 'integer' }, '1e400', true],
  [{ type: 'integer' }, BEYOND, true],
  [{ type: ['integer', 'string'] }, '9007199254740993.5', false],
  [{ type: 'integer', maximum: 2 ** 63 }, '9223372036854775807', true],
  [{ type: 'integer', minimum: -(2 ** 63) }, '-9223372036854775808', true],
  [{ multipleOf: 3 }, BEYOND, true],
  [{ multipleOf: 2 }, BEYOND, false],
  [{ multipleOf: 7 }, '1e22', false],
  [{ multipleOf: 7 }, '7e30', true],
  [{ multipleOf: 3 }, '10000000000000000', false],
  [{ multipleOf: 0.01 }, '19.99', true],
  [{ multipleOf: 0.01 }, '19.990000000000000000001', false],
  [{ multipleOf: 0.5 }, '1e308', true],
  [{ uniqueItems: true }, `[9007199254740992,${BEYOND}]`, true],
  [{ uniqueItems: true }, `[${BEYOND},${BEYOND}.0]`, false],
  [{ uniqueItems: true }, `[{"a":[${BEYOND}]},{"a":[9007199254740993e0]}]`, false],
  [{ contains: { const: 9007199254740992 } }, `[${BEYOND}]`, false],
  [{ contains: { const: 9007199254740992 } }, `[${BEYOND},9007199254740992]`, true],
  [{ prefixItems: [true, { const: 9007199254740992 }] }, `[${BEYOND},9007199254740992]`, true],
  [{ items: { maximum: 9007199254740992 } }, `[1,"{[,9007199254740993",{"x":[]},9007199254740993]`, false],
  // The same double elsewhere in the text doesn't matter for this one.
  [{ properties: { a: { not: { const: 1 } } } }, '{"a":1,"decoy":1.00000000000000000001}', false],
  [{ properties: { 'x"\\y': { maximum: 9007199254740992 } } }, `{"\\u0078\\"\\\\y":${BEYOND}}`, false],
  [
    { properties: { a: { additionalProperties: { maximum: 9007199254740992 } } } },
    `{"b":{"c":${BEYOND}},"a":{"0":1,"d":${BEYOND}}}`,
    false,
  ],
  [
    { properties: { a: { additionalProperties: { maximum: 9007199254740992 } } } },
    `{"b":{"c":${BEYOND}},"a":{"0":1,"d":9007199254740992}}`,
    true,
  ],
  [{ properties: { a: {} }, unevaluatedProperties: { maximum: 9007199254740992 } }, `{"a":1,"b":${BEYOND}}`, false],
])('%j checks the digits of %s: %s', (schema, text, holds) => {
  expect(fits(schema, text)).toBe(holds);
});

describe('decimals', () => {
  const digits = fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }).map((each) => each.join(''));
  const number = fc.record({
    sign: fc.constantFrom('', '-'),
    whole: digits,
    fraction: fc.option(digits, { nil: '' }),
    power: fc.integer({ min: -30, max: 30 }),
  });
  const written = ({
    sign,
    whole,
    fraction,
    power,
  }: {
    sign: string;
    whole: string;
    fraction: string;
    power: number;
  }): string => `${sign}${whole.replace(/^0+(?=.)/, '')}${fraction === '' ? '' : `.${fraction}`}e${power}`;
  /** In units of 10^-100. */
  const scaled = ({
    sign,
    whole,
    fraction,
    power,
  }: {
    sign: string;
    whole: string;
    fraction: string;
    power: number;
  }): bigint => BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(100 - fraction.length + power);

  test('are compared and divided like whole numbers of a small unit', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [one, other] = [decimalOf(written(a)), decimalOf(written(b))];
        const [x, y] = [scaled(a), scaled(b)];
        expect(Math.sign(compare(one, other))).toBe(x < y ? -1 : x > y ? 1 : 0);
        expect(textOf(one) === textOf(other)).toBe(x === y);
        expect(isWhole(one)).toBe(x % 10n ** 100n === 0n);
        if (y !== 0n) expect(isMultipleOf(one, other)).toBe(x % y === 0n);
      }),
      { numRuns: 2_000 },
    );
  });

  test('with enormous exponents are not checked, with large ones they are', () => {
    expect(() => decimalOf('1e99999999999999999999')).toThrow(TooMuch);
    expect(isMultipleOf(decimalOf('7e9000000000000000'), decimalOf('7'))).toBe(true);
    expect(compare(decimalOf('1e9000000000000000'), decimalOf('2e9000000000000000'))).toBeLessThan(0);
  });
});

describe.each(ways)('a number in a call (%s)', (_name, way) => {
  test('is checked as it is sent, anywhere in the arguments', async () => {
    const properties = {
      n: { enum: [9007199254740992] },
      m: { maximum: 9007199254740992 },
      id: { type: 'integer' },
      deep: { items: { properties: { m: { maximum: 9007199254740992 } } } },
    };
    await using world = await startListed([validation()], [{ name: 'x', inputSchema: { type: 'object', properties } }]);
    const ask = async (args: string) => {
      const { body, headers } = way.call('tools/call', { name: 'x', arguments: { HERE: 1 } });
      return responseOf(await world.ask({ body: body.replace('{"HERE":1}', args), headers }));
    };
    for (const args of [`{"n":${BEYOND}}`, `{"m":${BEYOND}}`, `{"deep":[{},{"m":9007199254740992.1}]}`])
      expect(await ask(args)).toHaveProperty('result.isError', true);
    expect(world.passed).toEqual([]);
    expect(
      await ask(`{"id":${BEYOND},"n":9007199254740992,"m":9007199254740992,"other":${BEYOND}}`),
    ).not.toHaveProperty('result.isError');
    expect(world.passed[0]?.text).toContain(`"id":${BEYOND}`);
  });
});
