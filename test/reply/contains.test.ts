/** Whether the bytes of a message may contain a string, also in a body whose chunks cut it. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { holds, mayContain, mayContainAny, mayContainAnyIn } from '../../proxy/reply/contains.ts';
import { isResponse } from '../../proxy/reply/transform.ts';
import { control, responseOf, withSessions, ways } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import { type Answer, idOf, startUpstream } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';

const piece = fc.constantFrom('Qtk_', 'taskId', 'kId', 'Qt', 'k_', 'I', 'task', '"', '\\', 'é', ' ', 'x');

describe('a search', () => {
  test('finds what includes() finds, in texts and in bytes', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        fc.constantFrom('Qtk_', 'taskId', 'x', '"a"', 'kk'),
        (text, wanted) => {
          expect(holds(text, wanted)).toBe(text.includes(wanted));
          expect(holds(Buffer.from(text), wanted)).toBe(text.includes(wanted));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('in double quotes means a whole string, such as a key, in any spelling', () => {
    const word = fc.constantFrom('method', 'a method', '"method"', '\\"method', 'x');
    const data = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    const has = (value: unknown): boolean =>
      value === 'method' ||
      (typeof value === 'object' &&
        value !== null &&
        (Object.values(value).some(has) || (!Array.isArray(value) && Object.hasOwn(value, 'method'))));
    // It may find more if a text ends like one: that only costs a parse.
    fc.assert(fc.property(data.filter(has), (value) => mayContain(JSON.stringify(value), '"method"')));
    expect(mayContain('{"text":"the method of payment","methods":1}', '"method"')).toBe(false);
    expect(mayContain('{"m\\u0065thod":1}', '"method"')).toBe(true);
  });

  test('for several strings at once finds what a search for each finds', () => {
    const wanted = fc.record({
      contains: fc.constantFrom('Qtk_', '"method"', 'a/b', 'x.y', '\u0024(', 'taskId'),
      verbatim: fc.boolean(),
    });
    const text = fc
      .array(
        fc.constantFrom(
          'Qtk_',
          '"method"',
          'method',
          'a/b',
          'a\\\\/b',
          '\\\\u0051',
          '\\u00',
          '\\u00e9',
          '4',
          'x.y',
          'xzy',
          '$(',
          'taskId',
          'é',
          ' ',
        ),
        { maxLength: 4 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(wanted, { minLength: 1, maxLength: 4 }), (text, several) => {
        expect(mayContainAny(text, several)).toBe(
          several.some(({ contains, verbatim }) => mayContain(text, contains, verbatim)),
        );
        // Around it, what makes one or another of its characters the rarest, or none of them rare.
        for (const around of ['', 'x', 'Qmethod"', 'a/b\\u00e9 ', 'taskI$']) {
          const long = around.repeat(5_000 / Math.max(1, around.length));
          const bytes = Buffer.from(`${long}${text}${long}`);
          expect(mayContainAnyIn(bytes, several)).toBe(mayContainAny(bytes.toString('latin1'), several));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['made against the samples', 'a'.repeat(15) + 'b', (i: number) => (i % 64 === 0 ? 'x' : 'a')],
    ['full of escapes of non-ASCII characters', 'Qtk_', (i: number) => String.raw`xxxxxxxx\u00e9`[i % 14] ?? ''],
  ])('looks at few places in vain in a text %s', (_what, contains, at) => {
    const bytes = Buffer.from(Array.from({ length: 64 * 1024 }, (_, i) => at(i)).join(''));
    const looked = vi.spyOn(Buffer.prototype, 'toString');
    try {
      expect(mayContainAnyIn(bytes, [{ contains }])).toBe(false);
      // At the places of both strings, and the whole text for the pattern.
      expect(looked.mock.calls.length).toBeLessThan(140);
    } finally {
      looked.mockRestore();
    }
  });

  test('also finds other spellings, unless only the plain string counts', () => {
    expect([
      mayContain('"\\u0051tk_"', 'Qtk_'),
      mayContain('"\\u0051tk_"', 'Qtk_', true),
      mayContain('"Qtk_"', 'Qtk_', true),
    ]).toEqual([true, false, true]);
  });

  test.each([
    ['text', (text: string) => text],
    ['bytes', (text: string) => Buffer.from(text)],
  ] as const)('is not misled by escapes of non-ASCII characters (%s)', (_, as) => {
    expect(mayContain(as(String.raw`"caf\u00e9 \u00fc \u0000"`), 'Qtk_')).toBe(false);
    expect(mayContain(as(String.raw`"caf\u00e9 \u0051tk_"`), 'Qtk_')).toBe(true);
    expect(mayContain(as(String.raw`"a \u00`), 'Qtk_')).toBe(false);
  });
});

describe('a JSON body', () => {
  const long = 'x'.repeat(200_000);

  test.each([
    ['{"jsonrpc":"2.0","id":7,"result":{}}', true],
    ['{"jsonrpc":"2.0","id":"7","error":{}}', true],
    ['{"jsonrpc":"2.0","id":7,"resul\\u0074":{}}', true],
    [`{"result":{"a":"${long}"},"jsonrpc":"2.0","id":7}`, true],
    ['{"jsonrpc":"2.0","method":"x","id":7,"params":{}}', false],
    ['{"jsonrpc":"2.0","\\u006dethod":"x","params":{"result":{}}}', false],
    [`{"${long}":1,"result":{}}`, false],
    ['[{"jsonrpc":"2.0","id":7,"result":{}}]', false],
    ['no JSON', false],
  ])('is recognised as one response by its beginning (%#)', (text, expected) => {
    expect(isResponse(Buffer.from(text))).toBe(expected);
  });
});

describe.each(ways)('%s', (_name, way) => {
  test('a string is found wherever the body was cut, and a body without it passes unchanged', async () => {
    let result = '';
    let cut = 0;
    const answer: Answer = withSessions(async (received, response) => {
      const message = `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"a":"${result}"}}`;
      const text = way.form === 'json' ? message : `data: ${message}\n\n`;
      response.writeHead(200, { 'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream' });
      response.write(text.slice(0, cut));
      await new Promise((resolve) => setTimeout(resolve, 2));
      response.end(text.slice(cut));
    });
    await using upstream = await startUpstream(answer);
    const seen: string[] = [];
    const sizes: number[] = [];
    const looking = control('looking', async (call, next) =>
      (await next(call)).mapResult((value) => (seen.push('contains'), value), { contains: 'Qtk_', verbatim: true }),
    );
    const sizing = control('sizing', async (call, next) =>
      (await next(call)).mapResult((value) => (seen.push('when'), value), {
        when: (text) => (sizes.push(text.length), text.length > 150_000),
      }),
    );
    for (const [controls, found] of [
      [[looking], ['contains']],
      [[sizing], ['when']],
      [
        [looking, sizing],
        ['when', 'contains'],
      ],
    ] as const) {
      await using front = await startFront(upstream, { controls });
      for (const at of [60_000, 65_530, 99_990]) {
        result = `${'x'.repeat(100_000)}Qtk_${'y'.repeat(60_000)}`;
        for (cut of [at, result.indexOf('Qtk_') + 42, result.indexOf('Qtk_') + 44]) {
          seen.length = 0;
          expect(responseOf(await send(front, way.call('tools/call', { name: 'x' }))).result).toEqual({ a: result });
          expect(seen).toEqual(found);
        }
        result = 'z'.repeat(120_000);
        seen.length = 0;
        expect(responseOf(await send(front, way.call('tools/call', { name: 'x' }))).result).toEqual({ a: result });
        expect(seen).toEqual([]);
      }
    }
    // The check gets the whole text, never a part.
    expect(sizes.every((size) => size > 120_000)).toBe(true);
  });
});
