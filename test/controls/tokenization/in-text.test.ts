/** Tokens in a tool's result are restored directly in its text if possible; the result is the same as after parsing. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '../../../proxy/base/turns.ts';
import { restoredIn } from '../../../proxy/controls/tokenization/in-text.ts';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import type { Next } from '../../../proxy/pipeline/next.ts';
import { transformText } from '../../../proxy/reply/transform.ts';
import type { Treatments } from '../../../proxy/reply/treatment.ts';
import { callOf, replyOf } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';
import { bindRing, emails, names, TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const make = (type: string, value: string): string =>
  tokens.token(TENANT, { type, value, percent: false }, type === 'email' ? 'email' : 'plain') ?? '';
const token = fc.oneof(
  fc
    .constantFrom('mara@example.com', 'mara+x@example.com', 'a.very.long.address.indeed@mail.example.com')
    .map((value) => make('email', value)),
  fc
    .constantFrom('Mara Inventado', 'Zoë 50%', 'O"Neil', 'back\\slash', 'two\nlines', 'a/b')
    .map((value) => make('name', value)),
);
const word = fc.constantFrom(
  'x',
  ' ',
  '\n',
  'https://h.example/?q=',
  'mailto:',
  'www.',
  'h.example/',
  'h.example?',
  '.h.example#',
  '](',
  ']:',
  ' src=',
  '"',
  '\\',
  '{',
  '}',
  ',',
  '%40',
  '%2520',
  '\u00ad',
  '<wbr>',
  '/',
  'é',
  '😀',
  'Qtk_',
  '',
);
const text = fc.array(fc.oneof(word, token), { maxLength: 6 }).map((parts) => parts.join(''));
const leaf = fc.oneof(
  text,
  fc.integer(),
  fc.constant(null),
  fc.array(text, { maxLength: 2 }),
  // If keys are renamed, a parse decides their order; and V8 13 to 14 reads a last key `"` as the `\\` of an earlier
  // object.
  fc.dictionary(
    word.filter((key) => !['Qtk_', '"', '\\'].includes(key)),
    text,
    { maxKeys: 2 },
  ),
);
const nested = fc.oneof(
  leaf,
  leaf.map((value) => JSON.stringify({ a: value })),
  leaf.map((value) => JSON.stringify([JSON.stringify({ b: value })])),
);
const result = fc.record({
  content: fc.array(
    fc.record({
      type: fc.constant('text'),
      text: fc.oneof(
        text,
        nested.filter((value) => typeof value === 'string'),
      ),
    }),
    { maxLength: 2 },
  ),
  structuredContent: fc.record({ a: nested, b: nested }),
});

const FIXED = 'fixed@example.com';
/** Added to an object to give it a duplicate key. */
const TWICE = '"twice":1,"twice":2';
const fixedToken = make('email', FIXED);

const plain = fc.oneof(
  fc.constantFrom('mara@example.com', 'ann@example.org').map((value) => `to ${make('email', value)}.`),
  fc.constantFrom('nothing', 'a "b" c', '1/2', 'see: x'),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const fixed = maybe(fc.constant(fixedToken));
const block = fc.record({
  type: fc.oneof({ weight: 8, arbitrary: fc.constant('text') }, { weight: 1, arbitrary: fc.constant(fixedToken) }),
  text: plain,
  mimeType: fixed,
  annotations: maybe(fc.record({ audience: fc.array(fc.constant(fixedToken), { maxLength: 1 }) })),
  resource: maybe(fc.record({ uri: plain, mimeType: fixed, text: plain })),
  _meta: maybe(fc.record({ traceparent: fixed, note: plain })),
});
const envelope = fc.record({
  jsonrpc: fc.constant('2.0'),
  id: fc.constant(1),
  result: fc.record({
    content: fc.oneof(
      { weight: 6, arbitrary: fc.array(block, { maxLength: 2 }) },
      { weight: 1, arbitrary: block },
      { weight: 1, arbitrary: plain },
    ),
    structuredContent: maybe(
      fc.record({
        a: plain,
        mimeType: plain,
        nextCursor: plain,
        list: fc.array(fc.oneof(plain, fc.array(plain, { maxLength: 1 })), { maxLength: 2 }),
      }),
    ),
    requestState: fixed,
    nextCursor: fixed,
    resultType: maybe(fc.constant('input_required')),
    inputRequests: maybe(
      fc.constant({
        q: {
          method: 'elicitation/create',
          params: {
            message: 'ok?',
            requestedSchema: { type: 'object', properties: { a: { type: 'string', default: fixedToken } } },
          },
        },
      }),
    ),
    task: maybe(fc.record({ taskId: fc.constant(fixedToken) })),
    more: maybe(plain),
  }),
  method: maybe(fc.constant('notifications/message')),
});

/** Other spellings of the same JSON, some of which must be refused. */
const spelling = fc
  .record({
    escaped: fc.array(fc.nat(9), { maxLength: 12 }),
    twice: fc.integer({ min: -12, max: 8 }),
    spaced: fc.boolean(),
    cut: fc.integer({ min: -8, max: 3 }),
  })
  .map(({ escaped, twice, spaced, cut }) => (json: string): string => {
    let key = 0;
    let object = 0;
    const out = json
      .replace(/"([A-Za-z_]+)":/g, (whole, name: string) => {
        const at = escaped[key++] ?? 9;
        return at < name.length && at < 4
          ? `"${name.slice(0, at)}\\u00${name.charCodeAt(at).toString(16)}${name.slice(at + 1)}":`
          : spaced
            ? `"${name}" : `
            : whole;
      })
      .replace(/\{(?=")/g, (whole) => (object++ === twice ? `{${TWICE},` : whole));
    return cut > 0 ? out.slice(0, -cut) : out;
  });

/** With a policy that permits everything, every reply is parsed, because the policy is asked by field. */
async function treatments(
  decided: boolean,
  call = callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } }),
): Promise<Treatments> {
  const control = await tokenization({
    tenant: TENANT,
    detectors: [emails, names()],
    ...(decided ? { decide: () => ({ verdict: 'allow', policies: [] }) } : {}),
  }).setup({ bindings: bindRing() });
  const reply = replyOf();
  const next: Next = () => Promise.resolve(reply);
  if (typeof control !== 'function') throw new Error('expected a function');
  await control(call, next);
  return {
    own: {
      transforms: reply.transforms,
      refused: { kind: 'request', method: 'tools/call', id: '1', era: 'modern', dispatched: true },
      progressToken: undefined,
    },
    elsewhere: undefined,
  };
}

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

describe('a result with tokens', () => {
  let quick: Treatments;
  let parsed: Treatments;
  beforeAll(async () => {
    [quick, parsed] = [await treatments(false), await treatments(true)];
  });

  test('is the same, parsed or not', async () => {
    let withoutParse = 0;
    await fc.assert(
      fc.asyncProperty(result, fc.boolean(), async (value, last) => {
        const json = last
          ? JSON.stringify({ result: value, jsonrpc: '2.0', id: 1 })
          : JSON.stringify({ jsonrpc: '2.0', id: 1, result: value });
        const expected = await (async () => transformText(json, parsed))().catch((error: unknown) => error);
        if (expected instanceof Error) return;
        if ((await quick.own.transforms[0]?.text?.(json)) !== undefined) withoutParse++;
        expect(await transformText(json, quick)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(withoutParse).toBeGreaterThan(120);
  });

  test('is the same for tokens at any place and in any spelling, and nothing is restored that software relies on or that is sent on', async () => {
    let withoutParse = 0;
    await fc.assert(
      fc.asyncProperty(envelope, spelling, async (value, spelled) => {
        const json = spelled(JSON.stringify(value));
        const expected = await (async () => transformText(json, parsed))().catch((error: unknown) => error);
        const short = await quick.own.transforms[0]?.text?.(json);
        if (short !== undefined) withoutParse++;
        expect(short ?? '').not.toContain(FIXED);
        if (!(expected instanceof Error)) expect(await transformText(json, quick)).toBe(expected);
        else if (!json.includes(TWICE)) expect(short).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
    expect(withoutParse).toBeGreaterThan(100);
  });

  test.each([
    ['is restored in the text', {}],
    ['must be parsed for another control', { map: (message: JsonObject) => message }],
    ['must be parsed because of a restored value', { map: (message: JsonObject) => message, contains: 'mara@' }],
    [
      'must be parsed because of its contents',
      { map: (message: JsonObject) => message, when: (json: string | Buffer) => json.includes('said') },
    ],
  ])('notes the restoring once if it %s', async (_what, after) => {
    const call = callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } });
    const { own, elsewhere } = await treatments(false, call);
    const transforms = 'map' in after ? [...own.transforms, { contains: undefined, ...after }] : own.transforms;
    const text = (value: string): string =>
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: `said ${value}` }] } });
    expect(
      await transformText(text(make('email', 'mara@example.com')), { own: { ...own, transforms }, elsewhere }),
    ).toBe(text('mara@example.com'));
    expect(call.facts).toEqual([{ control: 'tokenization', restored: 1, to: 'client' }]);
  });

  test('is read once, however many tokens it contains', () => {
    const many = `${make('email', 'mara@example.com')} `.repeat(20_000);
    const json = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: many }] } });
    const edits = atOnce(restoredIn(json, TENANT, tokens)) ?? [];
    expect(edits).toHaveLength(20_000);
    expect(new Set(edits.map(({ start, end, text }) => `${json.slice(start, end)} ${text}`))).toEqual(
      new Set([`${make('email', 'mara@example.com')} mara@example.com`]),
    );
  });

  test.each([
    [
      'a value that JSON writes with escapes',
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: { a: make('name', 'O"Neil') } }),
    ],
    ['a cursor', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { nextCursor: make('name', 'Mara') } })],
    ['slashes with escapes', `{"jsonrpc":"2.0","id":1,"result":{"a":"https:\\/\\/x\\/${make('name', 'Mara')}"}}`],
    [
      'what only looks like a token',
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: { a: `${make('name', 'Mara')} Qtk_` } }),
    ],
  ])('is parsed if it contains %s', async (_what, json) => {
    expect(await quick.own.transforms[0]?.text?.(json)).toBeUndefined();
    expect(await transformText(json, quick)).toBe(await transformText(json, parsed));
  });

  test('is parsed if it is not a result or may be the response to another call', async () => {
    const mara = make('name', 'Mara');
    const asked = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${mara}","message":"${mara}"}}`;
    expect(await transformText(asked, quick)).toBe(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${mara}","message":"Mara"}}`,
    );
    const elsewhere = { everything: false, byId: () => undefined, byProgress: () => undefined };
    const foreign = `{"jsonrpc":"2.0","id":2,"result":{"a":"${mara}"}}`;
    expect(await transformText(foreign, { ...quick, elsewhere })).toContain('unmatched-stream');
    expect(await transformText(foreign.replace('"id":2', '"id":1'), { ...quick, elsewhere })).toContain('"a":"Mara"');
  });
});
