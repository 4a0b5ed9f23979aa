/** Lists whose entries are not made: what is read of them, and what is left out, is as if the text had been parsed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atOnce } from '../../proxy/base/turns.ts';
import { outlined } from '../../proxy/json/entries-in-text.ts';
import { layoutOf, PART } from '../../proxy/json/layout.ts';
import { JsonText } from '../../proxy/json/lossless.ts';
import { checkJson } from '../../proxy/json/strict.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';

const WANTED = { member: 'tools', key: 'name' };

const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r');
const string = fc.oneof(
  fc.constantFrom(
    '',
    'name',
    'tools',
    'result',
    'a',
    'é',
    '\u2122',
    '"',
    '\\',
    '\n',
    '\u{1f600}',
    '}]',
    '{"name":"x"}',
  ),
  fc.string({ maxLength: 4 }),
);
const quoted = fc.oneof(
  { weight: 20, arbitrary: string.map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: fc.constantFrom('"\\/"', '"\\ud800"', '"\\u00E9"', `"${'x'.repeat(90)}"`) },
  { weight: 1, arbitrary: fc.constantFrom('"\\u006eame"', '"\\x"', '"\\u12g4"', '"\t"', '"\\u\u00103a4"') },
);
const scalar = fc.oneof(
  { weight: 12, arbitrary: quoted },
  {
    weight: 12,
    arbitrary: fc.constantFrom('0', '-1', '1.50', '1e9', '2E-3', '12345678901234567890', 'true', 'false', 'null'),
  },
  { weight: 1, arbitrary: fc.constantFrom('01', '1.', '.5', '+1', '1e', 'True', 'nul', '-', 'NaN') },
);
const list = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(items, { maxLength: 3 }), space).map(([all, gap]) => `[${gap}${all.join(`${gap},${gap}`)}]`);
const object = (members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> =>
  fc
    .tuple(members, space)
    .map(([all, gap]) => `{${gap}${all.map(([key, value]) => `${key}${gap}:${gap}${value}`).join(`,${gap}`)}${gap}}`);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    list(tie('value')),
    object(fc.array(fc.tuple(quoted, tie('value')), { maxLength: 3 })),
  ),
}));
const good = fc.constantFrom('"a"', '"b\\u0041"', '"c"', '1', 'null', '[]', '{"name":"d"}');
const entry = fc.oneof(
  { weight: 6, arbitrary: object(fc.tuple(good).map(([name]) => [['"name"', name]])) },
  {
    weight: 6,
    arbitrary: object(
      fc.tuple(good, value).map(([name, more]) => [
        ['"inputSchema"', more],
        ['"name"', name],
      ]),
    ),
  },
  { weight: 1, arbitrary: object(fc.tuple(fc.tuple(quoted, value))) },
);
const response = object(
  fc
    .tuple(
      list(entry),
      fc.array(fc.tuple(quoted, value), { maxLength: 2 }),
      fc.constantFrom('"tools"', '"tools"', '"Tools"'),
    )
    .chain(([tools, more, member]) =>
      fc
        .tuple(
          object(fc.constant([[member, tools] as const, ...more])),
          fc.constantFrom('1', '"x"', 'null'),
          fc.nat(20),
        )
        .map(([result, id, odd]) => [
          ['"jsonrpc"', '"2.0"'] as const,
          ['"id"', id] as const,
          [odd === 0 ? '"Result"' : '"result"', result] as const,
          ...(odd === 1 ? [['"error"', '{}'] as const] : []),
        ]),
    ),
);
const CHARACTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  'a',
  ' ',
  '\n',
  '\u0001',
  '"name":1,',
  '{"name":"a"},',
];
const mutated = fc.tuple(response, fc.nat(), fc.constantFrom(...CHARACTERS)).map(([text, at, more]) => {
  const i = at % (text.length + 1);
  return text.slice(0, i) + more + text.slice(i + (at % 3));
});

/** The message with entries that have the wanted key only. */
function expectedOf(text: string): JsonValue {
  const message = JSON.parse(text) as { result: { tools: JsonObject[] } };
  return {
    ...message,
    result: {
      ...message.result,
      tools: message.result.tools.map(({ name }) =>
        name === undefined ? {} : { name: typeof name === 'object' ? null : name },
      ),
    },
  };
}

function everySecond(message: JsonValue): JsonValue {
  const { result } = message as { result: { tools: readonly JsonValue[] } };
  return { ...(message as JsonObject), result: { ...result, tools: result.tools.filter((_, i) => i % 2 === 1) } };
}

it('a list is read as if it had been parsed, and changed in the same way', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(response, response, mutated), fc.constantFrom(0, 0, PART), fc.nat(), (text, part, before) => {
      const given = ' '.repeat(part === 0 ? 0 : part - (before % (text.length + 1))) + text;
      const found = atOnce(outlined(given, WANTED));
      if (found === undefined) return;
      read++;
      checkJson(given);
      expect(found.message).toEqual(expectedOf(given));
      expect(found.result).toBe(found.message['result']);
      expect(found.text.edit(found.message)).toBe(given);
      const { ends } = atOnce(layoutOf(given));
      for (const [start, end] of ends) expect(() => JSON.parse(given.slice(start, end)) as unknown).not.toThrow();
      const parsed = JsonText.parse(given);
      expect(found.text.edit(everySecond(found.message))).toBe(parsed.edit(everySecond(parsed.value)));
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(500);
});

const of = (entries: string, more = ''): string => `{"jsonrpc":"2.0","id":1,"result":{"tools":[${entries}]${more}}}`;

it.each([
  ['{"name":"a","x":{"b":[1,"}",{}]}},{"title":"name"}', ''],
  ['', ',"nextCursor":"x","_meta":{"a":{"tools":[{"name":"b"}]}}'],
  [`{"name":"${'é'.repeat(PART / 2)}"}`, ''],
])('the list of %s is read without a parse', (entries, more) => {
  const text = of(entries, more);
  expect(atOnce(outlined(text, WANTED))?.message).toEqual(expectedOf(text));
});

it.each([
  ['a key that occurs twice', of('{"name":"a","name":"b"}')],
  ['a key that occurs twice deep in an entry', of('{"name":"a","x":[{"y":{"b":1,"c":2,"b":3}}]}')],
  ['a list that occurs twice', of('', ',"tools":[]')],
  ['a key with an escape', of('{"n\\u0061me":"a"}')],
  ['an entry that is no object', of('"a"')],
  ['a list as an entry', of('[]')],
  ['a comma too many', of('{"name":"a"},')],
  ['brackets that do not match', of('{"name":"a","x":[}]')],
  ['a control character', of('{"name":"a\u0000"}')],
  ['a wrong escape', of('{"name":"\\q"}')],
  ['an escape with a control character for a digit', of('{"name":"\\u\u00100041"}')],
  ['a wrong number', of('{"name":01}')],
  ['something after the end', `${of('')} 1`],
  ['a missing end', of('').slice(0, -1)],
  ['another member', of('').replace('"id"', '"Result":{},"id"')],
  ['no list', '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ['a list elsewhere', '{"jsonrpc":"2.0","id":1,"result":{"x":{"tools":[]}}}'],
  ['a string longer than a part', of(`{"name":"${'x'.repeat(PART)}"}`)],
  ['many keys', of(`{${Array.from({ length: 65 }, (_, i) => `"k${i}":0`).join(',')}}`)],
  ['a value nested too deeply', of(`{"x":${'['.repeat(125)}${']'.repeat(125)}}`)],
  ['a list', `[${of('')}]`],
  ['a string', '"a"'],
  ['nothing', ''],
])('%s is left to a parse', (_, text) => {
  expect(atOnce(outlined(text, WANTED))).toBeUndefined();
});
