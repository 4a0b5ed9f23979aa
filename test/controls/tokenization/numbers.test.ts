/** Bare numbers that a detector names. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateOfBirth, passport, paymentCard, phone, usSsn } from '../../../proxy/controls/index.ts';
import { redaction } from '../../../proxy/controls/redaction/index.ts';
import { tokenization, type TokenizationOptions } from '../../../proxy/controls/tokenization/index.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { callControl } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { bindRing, TENANT } from './keys.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const detectors = [dateOfBirth(), paymentCard(), phone({ countries: ['US'] }), usSsn(), passport()];
const bindings = bindRing();
const SAVE = { method: 'tools/call', params: { name: 'save', arguments: {} } };

const out = (args: JsonObject, options: Partial<TokenizationOptions> = {}): ReturnType<typeof callControl> =>
  callControl(
    tokenization({ tenant: TENANT, detectors, ...options }),
    { ...SAVE, params: { name: 'save', arguments: args } },
    { bindings },
  );
const back = (
  structuredContent: JsonObject,
  options: Partial<TokenizationOptions> = {},
): ReturnType<typeof callControl> =>
  callControl(tokenization({ tenant: TENANT, hideFrom: 'client', detectors, ...options }), SAVE, {
    bindings,
    result: { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent },
  });

const SHORT: readonly JsonObject[] = [{ dob: 710203 }, { customer: { dob: 19840715, date_of_birth: 840715 } }];
const LONG: readonly JsonObject[] = [
  { ssn: 123456789 },
  { phone: 4155552671 },
  { card: 4111111111111111 },
  { dob: 19840715 },
];

describe.each(SHORT)('a number with too few digits for a token: %j', (value) => {
  test('is refused', async () => {
    expect(await out(value)).toMatchObject({ refused: 'invalid-arguments', forwarded: undefined });
    const reply = await back(value);
    expect(reply.result).toBeUndefined();
    expect(JSON.stringify(reply.messages)).not.toMatch(/710203|840715/);
  });

  test('is redacted with whenNoToken: redact', async () => {
    const { forwarded } = await out(value, { whenNoToken: 'redact' });
    expect(JSON.stringify(forwarded?.params)).not.toMatch(/710203|840715/);
    expect(JSON.stringify(forwarded?.params)).toContain('null');
    expect(JSON.stringify((await back(value, { whenNoToken: 'redact' })).result)).not.toMatch(/710203|840715/);
  });
});

test.each(LONG)('the number in %j is hidden in both directions, and removed by redaction', async (value) => {
  const [digits = ''] = /\d+/.exec(JSON.stringify(value)) ?? [];
  // The client could not tell the token of a number from data later.
  expect(await out(value)).toMatchObject({ refused: 'invalid-arguments', forwarded: undefined });
  const [field = ''] = Object.keys(value);
  const { forwarded } = await out(value, { fields: [{ path: field, type: 'number', reverses: true }] });
  expect(JSON.stringify(forwarded?.params)).toMatch(/:\d/);
  expect(JSON.stringify(forwarded?.params)).not.toContain(digits);
  const { result } = await back(value);
  expect(JSON.stringify(result)).not.toContain(digits);
  const removed = await callControl(redaction({ upstream: { detectors } }), {
    ...SAVE,
    params: { name: 'save', arguments: value },
  });
  expect(JSON.stringify(removed.forwarded?.params)).not.toContain(digits);
});

describe('the parts of a date of birth', () => {
  const numbers = { dob: { day: 7, month: 2, year: 1984 } };
  const texts = { dob: { day: '7', month: '2', year: '1984' } };
  const others = { day: 7, count: 2, size: { year: 3 } };

  test.each([numbers, texts])('are removed by redaction, and no other small numbers: %j', async (parts) => {
    const { forwarded } = await callControl(
      redaction({ upstream: { detectors } }),
      { ...SAVE, params: { name: 'save', arguments: { ...parts, ...others } } },
      { bindings },
    );
    const sent = JSON.stringify(forwarded?.params);
    expect(sent).not.toMatch(/"dob":\{[^}]*\d/);
    expect(sent).toContain('"day":7,"count":2,"size":{"year":3}');
  });

  test('are refused or redacted as numbers, because no token fits them', async () => {
    expect(await out(numbers)).toMatchObject({ refused: 'invalid-arguments', forwarded: undefined });
    const { forwarded } = await out({ ...numbers, ...others }, { whenNoToken: 'redact' });
    expect(JSON.stringify(forwarded?.params)).toContain(
      '"dob":{"day":null,"month":null,"year":null},"day":7,"count":2,"size":{"year":3}',
    );
  });

  test('are tokens as texts', async () => {
    const { forwarded } = await out({ ...texts, ...others });
    expect(JSON.stringify(forwarded?.params)).toMatch(/"day":"Qtk_[^"]+","month":"Qtk_[^"]+","year":"Qtk_/);
  });
});

test('a number that nothing names stays', async () => {
  for (const value of [{ order: 710203 }, { count: 12 }, { total: 1234567890 }])
    expect((await out(value)).forwarded).toMatchObject({ params: { arguments: value } });
});
