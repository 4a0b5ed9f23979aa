import { expect, it } from 'vitest';
import { scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

it.each([
  ['no _meta', undefined, {}, -32602, 'expected params._meta to be an object'],
  [
    'no capabilities',
    { ...META, 'io.modelcontextprotocol/clientCapabilities': undefined },
    {},
    -32602,
    'clientCapabilities',
  ],
  ['no Mcp-Method', META, { 'Mcp-Method': undefined }, -32020, 'expected Mcp-Method: tools/list, got none'],
])('a list request with %s is refused, since no upstream sees it', async (_, meta, headers, code, message) => {
  await using one = await scripted({ 'tools/list': { tools: [tool('a')] } });
  await using two = await scripted({ 'tools/list': { tools: [tool('b')] } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const sent = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/list',
    ...headers,
  };
  const reply = await fetch(several.proxy.url, {
    method: 'POST',
    headers: Object.fromEntries(Object.entries(sent).filter((entry) => entry[1] !== undefined)) as Record<
      string,
      string
    >,
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: meta === undefined ? {} : { _meta: meta },
    }),
  });
  const { error } = (await reply.json()) as { error: { code: number; message: string } };
  expect([reply.status, error.code, error.message]).toEqual([400, code, expect.stringContaining(message)]);
});
