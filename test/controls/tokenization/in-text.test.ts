/** Tokens in a tool's result are turned back in its text where that can be done; what comes out is what a parse would have made. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Next } from '../../../proxy/control.ts';
import { tokenization } from '../../../proxy/controls/tokenization.ts';
import { transformText, type Treatments } from '../../../proxy/reply/transform.ts';
import { callOf, replyOf } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';
import { bindRing, emails, names, TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const make = (type: string, value: string): string => tokens.token(TENANT, { type, value, percent: false }, type === 'email' ? 'email' : 'plain') ?? '';
const token = fc.oneof(
  fc.constantFrom('mara@example.com', 'mara+x@example.com', 'a.very.long.address.indeed@mail.example.com').map((value) => make('email', value)),
  fc.constantFrom('Mara Inventado', 'Zoë 50%', 'O"Neil', 'back\\slash', 'two\nlines', 'a/b').map((value) => make('name', value)),
);
const word = fc.constantFrom('x', ' ', '\n', 'https://h.example/?q=', 'mailto:', '"', '\\', '{', '}', ',', '%40', '/', 'é', '😀', 'Qtk_', '');
const text = fc.array(fc.oneof(word, token), { maxLength: 6 }).map((parts) => parts.join(''));
const leaf = fc.oneof(
  text,
  fc.integer(),
  fc.constant(null),
  fc.array(text, { maxLength: 2 }),
  // Of keys that are renamed, the order is a parse's own; and V8 13 to 14 take a last key `"` for a `\\` of an object before.
  fc.dictionary(word.filter((key) => !['Qtk_', '"', '\\'].includes(key)), text, { maxKeys: 2 }),
);
const nested = fc.oneof(leaf, leaf.map((value) => JSON.stringify({ a: value })), leaf.map((value) => JSON.stringify([JSON.stringify({ b: value })])));
const result = fc.record({ content: fc.array(fc.record({ type: fc.constant('text'), text: fc.oneof(text, nested.filter((value) => typeof value === 'string')) }), { maxLength: 2 }), structuredContent: fc.record({ a: nested, b: nested }) });

/** With a policy that permits everything, since that one has to be asked by field, every reply is parsed. */
async function treatments(decided: boolean): Promise<Treatments> {
  const control = await tokenization({ tenant: TENANT, detectors: [emails, names()], ...(decided ? { decide: () => ({ verdict: 'allow', policies: [] }) } : {}) }).setup({ bindings: bindRing() });
  const reply = replyOf();
  const next: Next = () => Promise.resolve(reply);
  const call = callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } });
  if (typeof control !== 'function') throw new Error('expected a function');
  await control(call, next);
  return { own: { transforms: reply.transforms, refused: { kind: 'request', method: 'tools/call', id: '1', era: 'modern' } }, elsewhere: undefined };
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

  test('comes out the same, parsed or not', async () => {
    let withoutParse = 0;
    await fc.assert(
      fc.asyncProperty(result, fc.boolean(), async (value, last) => {
        const json = last ? JSON.stringify({ result: value, jsonrpc: '2.0', id: 1 }) : JSON.stringify({ jsonrpc: '2.0', id: 1, result: value });
        const expected = await transformText(json, parsed).catch((error: unknown) => error);
        if (expected instanceof Error) return;
        if ((await quick.own.transforms[0]?.text?.(json)) !== undefined) withoutParse++;
        expect(await transformText(json, quick)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(withoutParse).toBeGreaterThan(300);
  }, 60_000);

  test.each([
    ['a value that JSON writes with escapes', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { a: make('name', 'O"Neil') } })],
    ['a cursor', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { nextCursor: make('name', 'Mara') } })],
    ['slashes with escapes', `{"jsonrpc":"2.0","id":1,"result":{"a":"https:\\/\\/x\\/${make('name', 'Mara')}"}}`],
    ['what only looks like a token', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { a: `${make('name', 'Mara')} Qtk_` } })],
  ])('is parsed where it has %s', async (_what, json) => {
    expect(await quick.own.transforms[0]?.text?.(json)).toBeUndefined();
    expect(await transformText(json, quick)).toBe(await transformText(json, parsed));
  });

  test('is not touched without a parse where it is no result, or may be the response to another call', async () => {
    const mara = make('name', 'Mara');
    const asked = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${mara}","message":"${mara}"}}`;
    expect(await transformText(asked, quick)).toBe(`{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${mara}","message":"Mara"}}`);
    const elsewhere = { everything: false, byId: () => undefined, byProgress: () => undefined };
    const foreign = `{"jsonrpc":"2.0","id":2,"result":{"a":"${mara}"}}`;
    expect(await transformText(foreign, { ...quick, elsewhere })).toContain('unmatched-stream');
    expect(await transformText(foreign.replace('"id":2', '"id":1'), { ...quick, elsewhere })).toContain('"a":"Mara"');
  });
});
