import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Denied } from '../../../proxy/base/errors.ts';
import { atOnce } from '../../../proxy/base/turns.ts';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { truncated } from '../../../proxy/controls/validation/truncate.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { responseOf, ways } from '../../dispatch/forms.ts';
import { idOf, respondJson } from '../../support/upstream.ts';
import { startListed } from './listing.ts';

const TOOL = {
  name: 'x',
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
};
const text = (value: string): object => ({ type: 'text', text: value });

describe.each(ways)('results (%s)', (_name, way) => {
  test('lose invisible characters in text and structured content; without any they are sent byte for byte', async () => {
    await using world = await startListed([validation({ results: { stripHiddenUnicode: true } })], [TOOL]);
    world.answer = way.result({
      content: [text('{"m":1.0,"n":"a\u200bb"}')],
      structuredContent: { n: 'a\u200bb', 'k\u200bey': 1 },
    });
    expect(await world.call(way, 'x', {})).toMatchObject({
      result: { content: [{ text: '{"m":1.0,"n":"ab"}' }], structuredContent: { n: 'ab', key: 1 } },
    });
    const plain = '{"content":[{"type":"text","text":"caf\u00e9 \\n 1"}] , "n":1.0}';
    world.answer = way.result(plain);
    expect((await world.ask(way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(plain);
  });

  test('that are too large are cut, with a notice', async () => {
    await using world = await startListed([validation({ results: { maxCharacters: 2_000 } })], [TOOL]);
    world.answer = way.result({
      content: [
        text('a'.repeat(1_000)),
        text('b'.repeat(5_000)),
        text('c'),
        { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      ],
    });
    const { result } = (await world.call(way, 'x', {})) as unknown as {
      result: { content: readonly { text: string }[]; isError?: boolean };
    };
    expect(result.content).toHaveLength(3);
    expect(result.content[0]?.text).toBe('a'.repeat(1_000));
    expect(result.content[1]?.text).toMatch(
      /^b{300,700}\n\[truncated: \d+ of 5000 characters of this text; the whole result has \d{4} characters?, more|^b{300,700}\n\[truncated: \d+ of 5000/,
    );
    expect(result.content[2]?.text).toMatch(/^\[truncated: 2 more parts of the result left out/);
    world.answer = way.result({ content: [text('small')] });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { content: [{ text: 'small' }] } });
  });

  test('of a task are checked and cut like those of the call that started it', async () => {
    await using world = await startListed(
      [validation({ results: { checkOutputSchema: true, maxCharacters: 2_000 } })],
      [TOOL],
    );
    world.answer = way.result({
      ...(way.era === 'modern' ? { resultType: 'task', taskId: 't-1', status: 'working' } : {}),
      task: { taskId: 't-1', status: 'working', ttl: null, createdAt: '', lastUpdatedAt: '' },
    });
    expect(await world.call(way, 'x', {})).toHaveProperty('result');
    const method = way.era === 'modern' ? 'tasks/get' : 'tasks/result';
    const answer = async (result: object) => {
      world.answer = way.result(
        way.era === 'modern' ? { resultType: 'complete', taskId: 't-1', status: 'completed', result } : result,
      );
      return responseOf(await world.ask(way.call(method, { taskId: 't-1' })));
    };
    expect(await answer({ content: [], structuredContent: { n: 1 } })).toHaveProperty('result');
    expect(await answer({ content: [], structuredContent: { n: 'SECRET' } })).toHaveProperty('error.code', -32603);
    const long = JSON.stringify(await answer({ content: [text('x'.repeat(50_000))], structuredContent: { n: 1 } }));
    expect(long.length).toBeLessThan(2_200);
  });

  test('are checked by the digits that the client gets, also in a task', async () => {
    const tool = {
      ...TOOL,
      outputSchema: { type: 'object', properties: { n: { type: 'integer', maximum: 9_007_199_254_740_992 } } },
    };
    await using world = await startListed([validation({ results: { checkOutputSchema: true } })], [tool]);
    const asked = async (number: string): Promise<unknown> => {
      world.answer = way.result(`{"content":[],"structuredContent":{"n":${number}}}`);
      return world.call(way, 'x', {});
    };
    for (const number of ['9007199254740992', '1.0', '4e0'])
      expect(await asked(number), number).toHaveProperty('result');
    for (const number of ['9007199254740993', '1.00000000000000000001'])
      expect(await asked(number), number).toHaveProperty('error.code', -32603);
    // A list of replies, as in 2025-03-26.
    if (way.era === 'legacy' && way.form === 'json') {
      world.answer = (received, response) =>
        respondJson(
          response,
          `[{"jsonrpc":"2.0","id":${idOf(received)},"result":{"content":[],"structuredContent":{"n":9007199254740993}}}]`,
        );
      expect((await world.ask(way.call('tools/call', { name: 'x', arguments: {} }))).text).not.toContain(
        '9007199254740993',
      );
    }
    world.answer = way.result({
      ...(way.era === 'modern' ? { resultType: 'task', taskId: 't-2', status: 'working' } : {}),
      task: { taskId: 't-2', status: 'working', ttl: null, createdAt: '', lastUpdatedAt: '' },
    });
    await world.call(way, 'x', {});
    const result = '{"content":[],"structuredContent":{"n":9007199254740993}}';
    world.answer = way.result(
      way.era === 'modern'
        ? `{"resultType":"complete","taskId":"t-2","status":"completed","result":${result}}`
        : result,
    );
    expect(
      responseOf(await world.ask(way.call(way.era === 'modern' ? 'tasks/get' : 'tasks/result', { taskId: 't-2' }))),
    ).toHaveProperty('error.code', -32603);
  });

  test('with too much structured content become errors that say what to do', async () => {
    await using world = await startListed([validation({ results: { maxCharacters: 2_000 } })], [TOOL]);
    world.answer = way.result({
      content: [text('short')],
      structuredContent: { n: 1, list: Array.from({ length: 2_000 }, () => 1) },
    });
    expect(await world.call(way, 'x', {})).toMatchObject({
      result: {
        isError: true,
        content: [
          {
            text: expect.stringMatching(
              /^The result is too large for the proxy to pass on: \d+ characters\. Ask for less\.$/,
            ),
          },
          { text: 'short' },
        ],
      },
    });
  });

  test('are checked against the output schema with checkOutputSchema', async () => {
    await using world = await startListed([validation({ results: { checkOutputSchema: true } })], [TOOL]);
    world.answer = way.result({ content: [], structuredContent: { n: 1 } });
    expect(await world.call(way, 'x', {})).toMatchObject({ result: { structuredContent: { n: 1 } } });
    world.answer = way.result({ content: [], structuredContent: { n: 'SECRET' } });
    const refused = await world.call(way, 'x', {});
    expect(refused).toMatchObject({
      error: {
        code: -32603,
        message:
          'the upstream sent a result that its own output schema does not allow: n: expected an integer, got a string',
      },
    });
    world.answer = way.result({ content: [] });
    expect(await world.call(way, 'x', {})).toMatchObject({
      error: { message: 'the upstream sent a result without the structured content that its output schema promises' },
    });
    for (const result of [
      { content: [text('no')], isError: true },
      { resultType: 'input_required', inputRequests: {} },
      { resultType: 'task', task: { taskId: 't' } },
      { task: { taskId: 't' } },
    ]) {
      world.answer = way.result(result);
      expect(await world.call(way, 'x', {})).toHaveProperty('result');
    }
  });

  test('are checked whatever their resultType says, unless they have no content yet', async () => {
    await using world = await startListed([validation({ results: { checkOutputSchema: true } })], [TOOL]);
    const wrong = { content: [text('no')], structuredContent: { n: 'SECRET' } };
    for (const result of [
      { ...wrong, resultType: 'made_up' },
      { ...wrong, resultType: 'input_required' },
      { ...wrong, resultType: 'task' },
      { ...wrong, task: {} },
      { content: [text('no')], resultType: 'input_required' },
      { content: [text('no')], resultType: 'made_up' },
      { content: [text('no')], task: {} },
    ]) {
      world.answer = way.result(result);
      expect(await world.call(way, 'x', {}), JSON.stringify(result)).toMatchObject({ error: { code: -32603 } });
    }
    world.answer = way.result({ structuredContent: { n: 1 }, content: [], resultType: 'made_up' });
    expect(await world.call(way, 'x', {})).toHaveProperty('result.structuredContent.n', 1);
  });

  test('are not changed without the option results', async () => {
    await using world = await startListed([validation()], [TOOL]);
    const odd = `{"content":[{"type":"text","text":"a\u200b${'x'.repeat(5_000)}"}],"structuredContent":{"n":"no"}}`;
    world.answer = way.result(odd);
    expect((await world.ask(way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(odd);
  });
});

/** Members of any size, at any place. */
const size = fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, fc.nat(5_000));
const filled = size.chain((length) =>
  fc.constantFrom('x', '\n', '\u0001', '🙂', '"').map((unit) => unit.repeat(length)),
);
const more = fc.record(
  {
    _meta: filled.map((a) => ({ a })),
    annotations: filled.map((audience) => ({ audience: [audience] })),
    unknown: filled,
  },
  { requiredKeys: [] },
);
const withMore = (known: fc.Arbitrary<object>): fc.Arbitrary<JsonObject> =>
  fc.tuple(known, more).map(([own, others]) => given({ ...others, ...own }));
const textPart = withMore(filled.map((value) => ({ type: 'text', text: value })));
const block = fc.oneof(
  textPart,
  withMore(filled.map((data) => ({ type: 'image', data, mimeType: 'image/png' }))),
  withMore(filled.map((value) => ({ type: 'resource', resource: { uri: 'x:a', text: value } }))),
);
const results: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  'tools/call': withMore(
    fc.record(
      {
        content: fc.oneof({ weight: 6, arbitrary: fc.array(block, { maxLength: 6 }) }, filled),
        structuredContent: fc.dictionary(fc.string({ maxLength: 5 }), filled, { maxKeys: 3, noNullPrototype: true }),
        isError: fc.boolean(),
        resultType: fc.constantFrom('complete', 'input_required', 'made_up'),
        toolResult: filled,
      },
      { requiredKeys: ['content'] },
    ),
  ),
  'resources/read': withMore(
    fc.record({
      contents: fc.array(withMore(fc.record({ uri: filled.map((path) => `x:${path.slice(0, 300)}`), text: filled })), {
        maxLength: 4,
      }),
    }),
  ),
  'prompts/get': withMore(
    fc.record({
      messages: fc.array(withMore(fc.record({ role: fc.constant('user'), content: block })), { maxLength: 4 }),
      description: filled,
    }),
  ),
};

test.each(Object.entries(results))(
  'a cut result of %s is never larger than the limit, or it is refused',
  (method, result) => {
    fc.assert(
      fc.property(result, fc.integer({ min: 1_000, max: 4_000 }), (whole, most) => {
        let cut: JsonObject;
        try {
          cut = atOnce(truncated(whole, method, most));
        } catch (error) {
          expect(error).toBeInstanceOf(Denied);
          return;
        }
        if (JSON.stringify(whole).length <= most) expect(cut).toBe(whole);
        else {
          expect(JSON.stringify(cut).length).toBeLessThanOrEqual(most);
          expect(JSON.stringify(cut)).toMatch(/truncated|too large/);
        }
      }),
      { numRuns: 500 },
    );
  },
);

test('members besides the contents do not get around the limit, and only they are removed', () => {
  const big = 'x'.repeat(50_000);
  const notice = expect.stringMatching(/^\[truncated: 1 more part of the result left out/);
  const cut = (method: string, result: object): JsonObject => atOnce(truncated(given(result), method, 1_000));
  expect(cut('tools/call', { content: [text('hi')], _meta: { big } })).toEqual({
    content: [text('hi'), { type: 'text', text: notice }],
  });
  expect(cut('tools/call', { content: [text('hi')], extra: big, isError: false })).toEqual({
    isError: false,
    content: [text('hi'), { type: 'text', text: notice }],
  });
  expect(cut('tools/call', { content: [{ ...text(big), _meta: { big } }] })).toEqual({
    content: [{ type: 'text', text: expect.stringMatching(/^x{300,}\n\[truncated: /) }],
  });
  expect(cut('tools/call', { content: [{ ...text(big), annotations: { priority: 1 } }] })).toHaveProperty(
    'content[0].annotations.priority',
    1,
  );
  for (const [method, result] of [
    ['resources/read', { contents: [{ uri: 'x:a', text: 'hi' }], _meta: { big } }],
    ['prompts/get', { messages: [], description: big }],
    ['tools/call', { resultType: 'input_required', inputRequests: { big } }],
    ['tasks/get', { result: { content: [text(big)] } }],
  ] as const) {
    expect(() => cut(method, result)).toThrow(Denied);
  }
});

/** The result as parsed from JSON. */
function given(result: object): JsonObject {
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}
