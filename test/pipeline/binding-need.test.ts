import { describe, expect, it } from 'vitest';
import { type BindingNeed, needOf } from '../../proxy/pipeline/binding-need.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';

/** A need as an untyped config might contain it. */
const untyped = (text: string): BindingNeed => JSON.parse(text) as BindingNeed;

describe("a control's need for a variable", () => {
  it('may be a description, or an object with its kind', () => {
    expect(needOf('QUOTA', 'calls a day')).toEqual({ for: 'calls a day' });
    expect(needOf('COUNTERS', { for: 'counters', kind: 'table' })).toEqual({ for: 'counters', kind: 'table' });
    expect(needOf('SIGNER', { for: 'heads', actions: ['kms:Sign'] })).toEqual({ for: 'heads', actions: ['kms:Sign'] });
  });

  it('is the same in either form', () => {
    const { bindings } = defineControl({
      name: 'mine',
      bindings: { QUOTA: 'calls a day', COUNTERS: { for: 'counters', kind: 'table' } },
      setup: () => (call, next) => next(call),
    });
    expect(bindings).toEqual({ QUOTA: { for: 'calls a day' }, COUNTERS: { for: 'counters', kind: 'table' } });
  });

  it.each([
    [
      'the-table',
      '"x"',
      'a binding\'s name is that of an environment variable (letters, digits, underscores): got "the-table"',
    ],
    ['', '"x"', 'got ""'],
    [
      'TABLE',
      '{"for":"x","kind":"bucket"}',
      'binding TABLE: expected a kind out of value, table, keyring, secret, got "bucket"',
    ],
    [
      'KEY',
      '{"for":"x","actions":["kms:*"]}',
      'binding KEY: expected IAM actions such as kms:Sign, without wildcards, got "kms:*"',
    ],
    ['KEY', '{"for":"x","actions":["*"]}', 'got "*"'],
    [
      'KEY',
      '{"for":"x","conditions":{"kms:SigningAlgorithm":"ECDSA_SHA_256"}}',
      'binding KEY: expected conditions of its actions, by IAM condition keys such as kms:SigningAlgorithm, got "kms:SigningAlgorithm" without actions',
    ],
    ['KEY', '{"for":"x","actions":["kms:Sign"],"conditions":{"algorithm":"x"}}', 'got "algorithm"'],
    ['KEY', '{"for":"x","actions":["kms:Sign","kms:Get?"]}', 'got "kms:Get?"'],
  ])('%s: %s is refused, and the error says what was got and expected', (name, need, message) => {
    expect(() => needOf(name, untyped(need))).toThrow(message);
  });
});
