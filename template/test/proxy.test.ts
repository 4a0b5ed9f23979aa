/** Run by `npm test`. The upstream is in this process, and answers as the test says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from 'agentcore-mcp-proxy/testing';
import config from '../proxy.config.ts';

const inputSchema = { type: 'object' };
const TOOLS = [
  { name: 'find_order', inputSchema, annotations: { readOnlyHint: true } },
  { name: 'delete_order', inputSchema, annotations: { readOnlyHint: false } },
];

for (const era of ['legacy', 'modern'] as const)
  void test(`a tool that reads is called, and one that writes never reaches the upstream (${era})`, async (context) => {
    const proxy = await startTestProxy(config, {
      answer: ({ method }) =>
        method === 'tools/list' ? { tools: TOOLS } : { content: [{ type: 'text', text: 'order 7' }] },
    });
    context.after(() => proxy[Symbol.asyncDispose]());
    const call = async (name: string): Promise<string> =>
      JSON.stringify(await proxy.request('tools/call', { name, arguments: {} }, { era }));

    assert.match(await call('find_order'), /order 7/);
    assert.match(await call('delete_order'), /only tools that read may be called/);
    assert.match(JSON.stringify(proxy.received), /find_order/);
    assert.doesNotMatch(JSON.stringify(proxy.received), /delete_order/);
  });
