import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHidden, mayHold, withoutHidden } from '../../proxy/base/hidden-characters.ts';

const moved = (text: string, by: number): string =>
  Array.from(text, (c) => String.fromCodePoint(by + (c.codePointAt(0) ?? 0))).join('');

describe('invisible characters', () => {
  test.each([
    ['a zero-width space', 'ab\u200bc', 'abc'],
    ['a text in tags', `hello${moved('ignore', 0xe0000)}`, 'hello'],
    ['marks of direction', 'user\u202Egpj.exe\u2066x\u2069', 'usergpj.exex'],
    ['bytes in variation selectors', `😀${moved('data', 0xe0100)}`, '😀'],
    ['a run of variation selectors', '😀\ufe00\ufe01\ufe02', '😀\ufe00'],
    ['joiners between letters of a script without them', 'a\u200db\u200cc', 'abc'],
    ['a run of joiners', '👩\u200d\u200d\u200d👧', '👩\u200d👧'],
    ['an escape sequence of a terminal', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['a byte order mark within', 'a\ufeffb', 'ab'],
    ['a soft hyphen and a filler', 'co\u00adop\u3164', 'coop'],
  ])('are removed: %s', (_name, text, visible) => {
    expect(isHidden(text)).toBe(true);
    expect(withoutHidden(text)).toBe(visible);
  });

  test.each([
    ['tabs and line ends', 'a\tb\r\nc'],
    ['an emoji of a family', '👨‍👩‍👧‍👦'],
    ['a heart between two people', '👩‍❤️‍👨'],
    ['a keycap', '1️⃣'],
    ['skin and sign', '👍🏽 ☺️ ✈︎'],
    ['Persian with a non-joiner', 'می‌خواهم'],
    ['Hindi with joiners', 'क्‍ष'],
    ['a flag', '🇩🇪'],
    ['accents', 'e\u0301 ñ Ł'],
  ])('are kept if they are needed: %s', (_name, text) => {
    expect(isHidden(text)).toBe(false);
    expect(withoutHidden(text)).toBe(text);
  });

  const text = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom('\u200b', '\u200d', '\ufe0f', '\u{e0041}', '👩', '❤', '\u202e', 'a', '\u007f', '\u0008'),
    ),
  });

  test('are all removed by one pass, and nothing else is', () => {
    fc.assert(
      fc.property(text, (given) => {
        const left = withoutHidden(given);
        expect(left).not.toMatch(/[\0-\x08\x7f\u200b\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e0fff}]/u);
        const visible = (of: string): string =>
          of.replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\ufff0-\ufff8]/gu, '');
        expect(visible(left)).toBe(visible(given));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are always found by the check of the bytes before any parse', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (given, escaped) => {
        const json = escaped
          ? JSON.stringify(given).replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : JSON.stringify(given);
        if (!isHidden(given)) return;
        expect(mayHold(json)).toBe(true);
        expect(mayHold(Buffer.from(json))).toBe(true);
      }),
    );
    expect([
      mayHold('{"a":"plain\\ntext"}'),
      mayHold(Buffer.from('{"a":"plain"}')),
      mayHold(Buffer.from('{"a":"日本語 é"}')),
    ]).toEqual([false, false, false]);
  });
});
