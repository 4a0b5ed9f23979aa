/** The code in docs/moving.md compiles, and does what the Python beside it does. */
import { expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { startTestProxy } from '../../testing/index.ts';
import { startFront } from '../support/front.ts';
import { modern, send } from '../upstream/messages.ts';
import { usePages } from './page.ts';

const page = usePages(['docs/moving.md'], ['admins.config.ts', 'middleware.config.ts']);

test.each([
  ['admins', { sub: 'ann', groups: ['admins'] }, true],
  ['others', { sub: 'bob' }, false],
])('tools that delete are there for %s: %s', async (_, claims, permitted) => {
  const config = { ...(await page.load('admins.config.ts')), caller: fixed(claims) };
  const tools = ['delete_order', 'find_order'].map((name) => ({ name, inputSchema: { type: 'object' } }));
  await using proxy = await startTestProxy(config, {
    answer: ({ method }) => (method === 'tools/list' ? { tools } : { content: [] }),
  });
  for (const era of ['modern', 'legacy'] as const) {
    const { response } = await proxy.request('tools/list', {}, { era });
    expect(JSON.stringify(response).includes('delete_order')).toBe(permitted);
    expect(JSON.stringify(response)).toContain('find_order');
    const call = (name: string) => proxy.request('tools/call', { name, arguments: {} }, { era });
    expect((await call('delete_order')).response).toHaveProperty(permitted ? 'result' : 'error');
    expect((await call('find_order')).response).toHaveProperty('result');
  }
});

test('the middleware refuses one tool in words for the model, and removes a field of the others', async () => {
  const calculator = await startCalculator();
  await using front = await startFront(calculator, await page.load('middleware.config.ts'));
  const call = async (name: string, args: object): Promise<unknown> =>
    (await send(front, modern('tools/call', { name, arguments: args }))).json();
  expect(await call('confirm_reset', {})).toMatchObject({
    result: { isError: true, content: [{ text: 'ask an operator to reset' }] },
  });
  const found = await call('lookup_customer', { id: 'C-1001' });
  expect(found).toHaveProperty('result.structuredContent.name', 'Mara Inventado');
  expect(found).not.toHaveProperty('result.structuredContent.nationalId');
  expect(await call('add', { a: 2, b: 3 })).toHaveProperty('result.structuredContent.result', 5);
  await calculator.close();
});
