/** The whole proxy that tests of a team's controls start, with several upstreams. */
import { describe, expect, it } from 'vitest';
import { defineProxy } from '../../proxy/index.ts';
import { startTestProxy } from '../../testing/index.ts';

const config = defineProxy({ upstreams: { math: { prefix: true }, crm: { prefix: 'sales' } }, controls: [] });
const said = (text: string): object => ({ content: [{ type: 'text', text }] });

describe('a test proxy with several upstreams', () => {
  it('tells the function that answers which upstream is asked', async () => {
    await using proxy = await startTestProxy(config, { answer: (_, upstream) => said(upstream) });
    const { response } = await proxy.request('tools/call', { name: 'sales___find', arguments: {} });
    expect(response['result']).toMatchObject(said('crm'));
    expect(proxy.receivedBy['crm']).toMatchObject([{ method: 'tools/call', params: { name: 'find' } }]);
    expect(proxy.receivedBy['math']).toEqual([]);
  });

  it('answers with the function of that upstream', async () => {
    const answer = { math: () => said('a sum'), crm: () => said('a customer') };
    await using proxy = await startTestProxy(config, { answer });
    const calls = ['math___add', 'sales___find'].map((name) => proxy.request('tools/call', { name, arguments: {} }));
    const replies = await Promise.all(calls);
    expect(replies.map(({ response }) => response['result'])).toMatchObject([said('a sum'), said('a customer')]);
    expect(proxy.received).toHaveLength(2);
  });

  it('refuses a function for an upstream that the config does not have', async () => {
    await expect(startTestProxy(config, { answer: { maths: () => ({}) } })).rejects.toThrow(
      'answer: expected functions for math, crm, got one for "maths"',
    );
  });
});
