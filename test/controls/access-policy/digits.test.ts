/** Policies compare numbers in arguments by their digits, because the upstream receives the digits. */
import { describe, expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { accessPolicy, validation } from '../../../proxy/controls/index.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { responseOf, ways } from '../../dispatch/forms.ts';
import { startFront } from '../../support/front.ts';
import { respondJson, startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';
import { startListed } from '../validation/listing.ts';

const TOOL = { name: 'pay', inputSchema: { type: 'object', properties: { amount: { type: 'number' } } } };
const LIMITED = {
  name: 'pay',
  inputSchema: { type: 'object', properties: { amount: { type: 'number', maximum: 1000 } } },
};
const when = (condition: string): string =>
  `permit (principal, action == Action::"tools/call", resource == Tool::"pay") when { ${condition} };`;
const WHOLE = when('context.arguments.amount <= 1000');
const FORBIDDING = `permit (principal, action, resource); forbid (principal, action == Action::"tools/call", resource) when { context.arguments.amount > 1000 };`;
const DECIMAL = when('context.arguments.amount.lessThanOrEqual(decimal("1000.0"))');
const EQUAL = when('context.arguments.amount == 1000');
const ONE_OF = when('[1, 1000, 9007199254740992].contains(context.arguments.amount)');
const SAME = when('context.arguments.amount == context.arguments.other');
const UNLESS =
  'permit (principal, action == Action::"tools/call", resource == Tool::"pay") unless { context.arguments has amount && context.arguments.amount > 1000 };';

/** The arguments as JSON text. */
const cases: readonly (readonly [policy: string, name: string, json: string, permitted: boolean])[] = [
  [WHOLE, 'whole', '{"amount":1000}', true],
  [WHOLE, 'whole', '{"amount":1000.0}', true],
  [WHOLE, 'whole', '{"amount":1000.00000000000000000000}', true],
  [WHOLE, 'whole', '{"amount":1e3}', true],
  [WHOLE, 'whole', '{"amount":-0}', true],
  [WHOLE, 'whole', '{"amount":-0.0e5}', true],
  [WHOLE, 'whole', '{"amount":1000.00000000000000001}', false],
  [WHOLE, 'whole', '{"am\\u006funt":1000.00000000000000001}', false],
  [WHOLE, 'whole', '{"amount":10000000000000000001e-16}', false],
  [WHOLE, 'whole', '{"amount":999.99999999999999999999}', false],
  [WHOLE, 'whole', '{"amount":1e-400}', false],
  [WHOLE, 'whole', '{"amount":1e400}', false],
  [WHOLE, 'whole', '{"amount":-1e400}', false],
  [WHOLE, 'whole', '{"amount":9007199254740993}', false],
  [WHOLE, 'whole', '{"amount":1e99999999999999999999}', false],
  [UNLESS, 'unless', '{"amount":1000.00000000000000001}', false],
  [UNLESS, 'unless', '{"amount":1000}', true],
  [FORBIDDING, 'forbidding', '{"amount":1000.00000000000000001}', false],
  [FORBIDDING, 'forbidding', '{"amount":1000}', true],
  [FORBIDDING, 'forbidding', '{"amount":-1e400}', false],
  [DECIMAL, 'decimal', '{"amount":999.5}', true],
  [DECIMAL, 'decimal', '{"amount":999.50000000000000000}', true],
  [DECIMAL, 'decimal', '{"amount":999.50000000000000001}', false],
  [
    when('context.arguments.amount.lessThan(decimal("12345678901234.5679"))'),
    'decimal',
    '{"amount":12345678901234.5678}',
    true,
  ],
  [
    when('context.arguments.amount.lessThan(decimal("12345678901234.5678"))'),
    'decimal',
    '{"amount":12345678901234.5678}',
    false,
  ],
  [EQUAL, 'equal', '{"amount":1000.0}', true],
  [EQUAL, 'equal', '{"amount":1000.00000000000000001}', false],
  [ONE_OF, 'one of', '{"amount":1}', true],
  [ONE_OF, 'one of', '{"amount":1.00000000000000000001}', false],
  [ONE_OF, 'one of', '{"amount":9007199254740993}', false],
  [SAME, 'same', '{"amount":9007199254740993,"other":9007199254740993.0}', true],
  [SAME, 'same', '{"amount":9007199254740993,"other":9007199254740992}', false],
  [SAME, 'same', '{"amount":1000.00000000000000001,"other":1000.00000000000000002}', false],
  [when('context.arguments.order.lines.contains({"price": 5})'), 'within', '{"order":{"lines":[{"price":5}]}}', true],
  [
    when('context.arguments.order.lines.contains({"price": 5})'),
    'within',
    '{"order":{"lines":[{"price":5.00000000000000000001}]}}',
    false,
  ],
];

describe.each(ways)('decides by the digits of a number (%s)', (_name, way) => {
  test.each(cases)('%s (%s) of %s: %s', async (policy, _which, json, permitted) => {
    await using world = await startListed([accessPolicy({ policies: [policy] })], [TOOL], {
      caller: fixed({ sub: 'ann' }),
    });
    const { body, headers } = way.call('tools/call', { name: 'pay', arguments: {} });
    const response = responseOf(
      await world.ask({ body: body.replace('"arguments":{}', `"arguments":${json}`), headers }),
    );
    expect(isObject(response.result), JSON.stringify(response)).toBe(permitted);
    expect(world.passed.filter(({ text }) => text.includes('"tools/call"'))).toHaveLength(permitted ? 1 : 0);
    if (permitted) expect(world.passed.at(-1)?.text).toContain(json);
  });
});

test('a policy and a schema with the same limit decide the same', async () => {
  const [way] = ways.map(([, each]) => each);
  if (way === undefined) throw new Error('no way');
  await using policed = await startListed([accessPolicy({ policies: [WHOLE] })], [TOOL], {
    caller: fixed({ sub: 'ann' }),
  });
  await using checked = await startListed([validation()], [LIMITED], {});
  for (const text of [
    '1000',
    '1000.0',
    '1e3',
    '1000.00000000000000001',
    '1000.5',
    '9007199254740993',
    '1e400',
    '100000000000000000000000000',
    '0.1e4',
    '10001e-1',
  ]) {
    const { body, headers } = way.call('tools/call', { name: 'pay', arguments: {} });
    const sent = { body: body.replace('"arguments":{}', `"arguments":{"amount":${text}}`), headers };
    const [byPolicy, bySchema] = [responseOf(await policed.ask(sent)), responseOf(await checked.ask(sent))];
    expect(isObject(byPolicy.result) && byPolicy.result['isError'] !== true, text).toBe(
      isObject(bySchema.result) && bySchema.result['isError'] !== true,
    );
  }
});

test("decides by digits in prompts and in the upstream's requests, too", async () => {
  const policy =
    'permit (principal, action, resource) when { !(context.arguments has amount) || context.arguments.amount <= 1000 }; permit (principal, action == Action::"tools/call", resource);';
  const control = accessPolicy({ policies: [policy] });
  const permits = async (amount: string): Promise<readonly boolean[]> => {
    await using upstream = await startUpstream((received, response) => {
      const asked = (amount: string): string =>
        `{"method":"elicitation/create","params":{"message":"m","amount":${amount},"requestedSchema":{"type":"object","properties":{}}}}`;
      const results: Readonly<Record<string, string>> = {
        'tools/call': `{"resultType":"input_required","inputRequests":{"before":${asked('1')},"q":${asked(amount)}}}`,
        'prompts/get': '{"resultType":"complete","messages":[]}',
      };
      const { id, method } = JSON.parse(received.text) as { readonly id: unknown; readonly method: string };
      respondJson(
        response,
        `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${results[method] ?? '{"resultType":"complete","tools":[{"name":"x","inputSchema":{"type":"object"}}],"prompts":[{"name":"p"}]}'}}`,
      );
    });
    await using front = await startFront(upstream, { controls: [control], caller: fixed({ sub: 'ann' }) });
    const prompt = modern('prompts/get', { name: 'p', arguments: { amount: 'AMOUNT' } });
    const replies = [
      await send(front, { ...prompt, body: prompt.body.replace('"AMOUNT"', amount) }),
      await send(front, modern('tools/call', { name: 'x', arguments: {} })),
    ];
    return replies.map((reply) => isObject(responseOf(reply).result));
  };
  expect(await permits('1000')).toEqual([true, true]);
  expect(await permits('1000.00000000000000001')).toEqual([false, false]);
});
