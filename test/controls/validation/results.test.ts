import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validation } from '../../../proxy/controls/validation.ts';
import { truncated } from '../../../proxy/controls/validation/truncate.ts';
import type { JsonObject } from '../../../proxy/json/lossless.ts';
import { ways } from '../../dispatch/forms.ts';
import { startListed } from './listing.ts';

const TOOL = { name: 'x', inputSchema: { type: 'object' }, outputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } };
const text = (value: string): object => ({ type: 'text', text: value });

describe.each(ways)('results (%s)', (_name, way) => {
  test('lose what nobody sees, in text and structured content alike; without it they leave byte for byte', async () => {
    await using world = await startListed([validation({ results: { stripHiddenUnicode: true } })], [TOOL]);
    world.answer = way.result({ content: [text('{"m":1.0,"n":"a\u200bb"}')], structuredContent: { n: 'a\u200bb', 'k\u200bey': 1 } });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { content: [{ text: '{"m":1.0,"n":"ab"}' }], structuredContent: { n: 'ab', key: 1 } } });
    const plain = '{"content":[{"type":"text","text":"caf\u00e9 \\n 1"}] , "n":1.0}';
    world.answer = way.result(plain);
    expect((await world.ask(way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(plain);
  });

  test('that are too large are cut, and say so', async () => {
    await using world = await startListed([validation({ results: { maxCharacters: 2_000 } })], [TOOL]);
    world.answer = way.result({ content: [text('a'.repeat(1_000)), text('b'.repeat(5_000)), text('c'), { type: 'image', data: 'AAAA', mimeType: 'image/png' }] });
    const { result } = (await world.call(way, 'x', {})) as unknown as { result: { content: readonly { text: string }[]; isError?: boolean } };
    expect(result.content).toHaveLength(3);
    expect(result.content[0]?.text).toBe('a'.repeat(1_000));
    expect(result.content[1]?.text).toMatch(/^b{300,700}\n\[truncated: \d+ of 5000 characters of this text; the whole result has \d{4} characters?, more|^b{300,700}\n\[truncated: \d+ of 5000/);
    expect(result.content[2]?.text).toMatch(/^\[truncated: 2 more parts of the result left out/);
    world.answer = way.result({ content: [text('small')] });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { content: [{ text: 'small' }] } });
  });

  test('with too much structured content become errors that say what to do', async () => {
    await using world = await startListed([validation({ results: { maxCharacters: 2_000 } })], [TOOL]);
    world.answer = way.result({ content: [text('short')], structuredContent: { n: 1, list: Array.from({ length: 2_000 }, () => 1) } });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { isError: true, content: [{ text: expect.stringMatching(/^The result is too large to be passed on: \d+ characters\. Ask for less\.$/) }, { text: 'short' }] } });
  });

  test('are checked against the output schema where that is asked for', async () => {
    await using world = await startListed([validation({ results: { checkOutputSchema: true } })], [TOOL]);
    world.answer = way.result({ content: [], structuredContent: { n: 1 } });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { structuredContent: { n: 1 } } });
    world.answer = way.result({ content: [], structuredContent: { n: 'SECRET' } });
    const refused = await world.call(way, 'x', {});
    expect(refused).toMatchObject({ error: { code: -32603, message: 'the upstream sent a result that its own output schema does not allow: n: expected an integer, got a string' } });
    world.answer = way.result({ content: [] });
    expect(await world.call(way, 'x', {})).toMatchObject({ error: { message: 'the upstream sent a result without the structured content that its output schema promises' } });
    for (const result of [{ content: [text('no')], isError: true }, { resultType: 'input_required', inputRequests: {} }]) {
      world.answer = way.result(result);
      expect(await world.call(way, 'x', {})).toHaveProperty('result');
    }
  });

  test('pass as they are where the config says nothing of them', async () => {
    await using world = await startListed([validation()], [TOOL]);
    const odd = `{"content":[{"type":"text","text":"a\u200b${'x'.repeat(5_000)}"}],"structuredContent":{"n":"no"}}`;
    world.answer = way.result(odd);
    expect((await world.ask(way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(odd);
  });
});

test('whatever a result is, it is no larger than allowed once it was cut, or it is refused', () => {
  const block = fc.oneof(fc.string({ unit: 'binary', maxLength: 3_000 }).map(text), fc.string({ maxLength: 2_000 }).map((data) => ({ type: 'image', data, mimeType: 'image/png' })));
  const result = fc.record({ content: fc.array(block, { maxLength: 6 }), structuredContent: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 2_000 }), { maxKeys: 3, noNullPrototype: true }) }, { requiredKeys: ['content'] });
  fc.assert(
    fc.property(result, fc.integer({ min: 1_000, max: 4_000 }), (given, most) => {
      const cut = truncated(given as unknown as JsonObject, 'tools/call', most);
      if (JSON.stringify(given).length <= most) expect(cut).toBe(given);
      else {
        expect(JSON.stringify(cut).length).toBeLessThanOrEqual(most + 200);
        expect(JSON.stringify(cut)).toMatch(/truncated|too large/);
      }
    }),
  );
});
