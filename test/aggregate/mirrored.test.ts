/** `Mcp-Param-*` (MCP 2026-07-28) through several upstreams: they are compared with what the call really says. */
import { expect, it } from 'vitest';
import { Naming } from '../../proxy/aggregate/naming.ts';
import { post, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

const LONG = `deploy_${'x'.repeat(60)}`;
const described = (name: string): object => ({
  name,
  inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
});

it.each([
  ['a name with a prefix', 'crm___deploy'],
  ['a shortened name', new Naming('crm').shown(LONG)],
])('of %s', async (_case, name) => {
  await using crm = await scripted({
    'tools/list': { tools: [described('deploy'), described(LONG)], ttlMs: 60_000 },
    'tools/call': { content: [] },
  });
  await using other = await scripted({ 'tools/list': { tools: [] } });
  await using several = await startSeveral({ crm: crm.url, other: other.url });
  const call = async (region: string, mirrored: string) => {
    const before = crm.received.length;
    const { status, message } = await post(
      several.proxy.url,
      'tools/call',
      { name, arguments: { region } },
      { 'Mcp-Param-Region': mirrored },
    );
    const sent = crm.received.slice(before).find(({ text }) => text.includes('tools/call'));
    return { status, code: message.error?.code, sent: sent?.header('mcp-param-region') };
  };
  await post(several.proxy.url, 'tools/list');
  expect(await call('eu', 'eu')).toEqual({ status: 200, code: undefined, sent: 'eu' });
  expect(await call('eu', 'us')).toEqual({ status: 400, code: -32020, sent: undefined });
});
