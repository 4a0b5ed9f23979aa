import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findTokens, MARKERS } from '../../../proxy/controls/tokenization/token.ts';
import { formsOf } from '../../../proxy/controls/tokenization/tokens.ts';
import { KEY, OTHER_KEY, TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const [MARKER = ''] = MARKERS;
const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
const address = fc.emailAddress();
const part = (
  text: string,
  type = 'name',
): { readonly type: string; readonly value: string; readonly percent: boolean } => ({
  type,
  value: text,
  percent: false,
});

describe('a token', () => {
  test('can be opened to its value in each form with a marker, with any text beside it', () => {
    fc.assert(
      fc.property(
        fc.oneof(value, address),
        fc.string(),
        fc.string(),
        fc.constantFrom('plain' as const, 'email' as const, 'url' as const),
        (text, before, after, form) => {
          const token = tokens.token(TENANT, part(text), form);
          if (token === undefined) return expect(form).toBe('email');
          const found = findTokens(`${before.replaceAll(/qtk_/gi, '')}${token}${after}`);
          expect(found.length).toBeGreaterThan(0);
          expect(tokens.open(TENANT, found[0] as never)).toEqual({ type: 'name', value: text });
        },
      ),
    );
  });

  test('is found exactly next to letters, digits and other tokens', () => {
    const [a = '', b = ''] = ['Mara', 'O"Neil'].map((name) => tokens.token(TENANT, part(name), 'plain'));
    const found = findTokens(`x${a}${b}abc_${a}9`);
    expect(found.map(({ text }) => text)).toEqual([a, b, a]);
    expect(found.map((token) => tokens.open(TENANT, token)?.value)).toEqual(['Mara', 'O"Neil', 'Mara']);
  });

  test('is always the same for the same value, and differs by tenant, type and value', () => {
    const again = tokensWith();
    expect(again.token(TENANT, part('Mara'), 'plain')).toBe(tokens.token(TENANT, part('Mara'), 'plain'));
    const all = [
      tokens.token(TENANT, part('Mara'), 'plain'),
      tokens.token('other', part('Mara'), 'plain'),
      tokens.token(TENANT, part('Mara', 'us-ssn'), 'plain'),
      tokens.token(TENANT, part('mara'), 'plain'),
    ];
    expect(new Set(all).size).toBe(4);
  });

  test('consists of letters, digits, _ and - (as an address also @ and dots), which JSON and URLs leave unchanged', () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(tokens.token(TENANT, part(text), 'plain')).toMatch(/^[\w-]+$/);
        const mail = tokens.token(TENANT, part(text), 'email');
        if (mail !== undefined) expect(mail).toMatch(/^[a-z0-9_-]{1,64}@(?:[a-z0-9]{1,63}\.)*q\.invalid$/);
      }),
    );
  });

  test("that was changed, cut, or made for another tenant or key can't be opened", () => {
    const token = tokens.token(TENANT, part('Mara Inventado'), 'plain') ?? '';
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABCxyz019-_'.split('')), (at, c) => {
        const changed = token.slice(0, at) + c + token.slice(at + 1);
        if (changed !== token)
          for (const found of findTokens(changed)) expect(tokens.open(TENANT, found)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(findTokens(token.slice(0, -1))).toEqual([]);
    expect(findTokens(token).map((found) => tokens.open('other', found))).toEqual([undefined]);
    const others = tokensWith(JSON.stringify({ current: 'k1', keys: { k1: OTHER_KEY } }));
    expect(findTokens(token).map((found) => others.open(TENANT, found))).toEqual([undefined]);
  });

  test('of an earlier key can still be opened after a rotation; new tokens use the new key', () => {
    const before = tokens.token(TENANT, part('Mara'), 'plain') ?? '';
    const rotated = tokensWith(JSON.stringify({ current: 'k2', keys: { k1: KEY, k2: OTHER_KEY } }));
    const after = rotated.token(TENANT, part('Mara'), 'plain') ?? '';
    expect(after).toContain(`${MARKER}k2_`);
    for (const token of [before, after])
      expect(findTokens(token).map((found) => rotated.open(TENANT, found)?.value)).toEqual(['Mara']);
    // Tokens that can't name their key don't change.
    expect(rotated.token(TENANT, part('078-05-1120', 'us-ssn'), 'shaped')).toBe(
      tokens.token(TENANT, part('078-05-1120', 'us-ssn'), 'shaped'),
    );
  });

  test('can be searched for in any text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            ...MARKERS,
            'k1',
            '_',
            '-',
            'Vb',
            'w',
            'AAAA',
            '@',
            '.',
            '%40',
            '=\r\n',
            'q.invalid',
            'qtk.invalid',
          ),
          { maxLength: 60 },
        ),
        (pieces) => void findTokens(pieces.join('')),
      ),
    );
  });

  test('does not exist for a value that could not be restored exactly, or that is too large', () => {
    for (const text of ['\ud800', 'x'.repeat(64 * 1024 + 1)])
      for (const form of ['plain', 'email', 'url'] as const)
        expect(tokens.token(TENANT, part(text), form)).toBeUndefined();
  });

  test('has the form of an address first if it stands for an address', () => {
    expect([formsOf('email')[0], formsOf('name')[0]]).toEqual(['email', 'plain']);
  });
});
