/** No request waits for an upstream that it does not concern. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { event, openEvents, respondJson } from '../support/upstream.ts';
import { type Handle, legacy, LegacyClient } from './legacy.ts';
import { post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const RESOURCES = {
  'resources/list': { resources: [{ uri: 'a://1', name: 'a' }] },
  'resources/templates/list': { resourceTemplates: [] },
};

describe('a notification', () => {
  it.each([
    'notifications/initialized',
    'notifications/cancelled',
    'notifications/roots/list_changed',
    'notifications/x',
  ])('is taken without waiting for an upstream that hangs (%s)', async (method) => {
    await using one = await legacy('one');
    await using two = await legacy('two', { handle: (_, asked) => asked.method === method });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      expect((await client.post({ method, params: {} })).status).toBe(202);
      expect((await client.call('one___who')).text).toContain('ok of one');
      expect(two.received.some(({ text }) => text.includes(method))).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that says that a session is initialized arrives before any request in it', async () => {
    const order: unknown[] = [];
    let answer = (): void => {};
    const handle: Handle = (response, { method }) => {
      order.push(method);
      if (method !== 'notifications/initialized') return false;
      answer = () => {
        order.push('answered');
        response.writeHead(202).end();
      };
      return true;
    };
    await using one = await legacy('one');
    await using two = await legacy('two', { handle });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    expect((await client.post({ method: 'notifications/initialized' })).status).toBe(202);
    const called = client.call('two___who');
    await client.call('one___who');
    answer();
    expect((await called).text).toContain('ok of two');
    expect(order).toEqual(['initialize', 'notifications/initialized', 'answered', 'tools/call']);
  });

  it('that an upstream answers with events is taken without them, also in a batch', async () => {
    const handle: Handle = (response, { method }) => {
      if (method !== 'notifications/cancelled') return false;
      openEvents(response);
      response.end(
        event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'uncalled' } }),
      );
      return true;
    };
    const slow: Handle = (response, asked, request) => {
      if (asked.method === 'tools/call') return true;
      return handle(response, asked, request);
    };
    const version = '2025-03-26';
    await using one = await legacy('one', { handle: slow, version });
    await using two = await legacy('two', { version });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    client.version = version;
    void client.call('one___who', 5).catch(() => {});
    await one.arrival(1);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } };
    const call = { jsonrpc: '2.0', id: 6, method: 'tools/call', params: { name: 'two___who' } };
    const { status, text } = await client.post(JSON.stringify([cancelled, call]));
    expect([status, text]).toEqual([200, expect.stringContaining('ok of two')]);
    expect(text).not.toContain('uncalled');
    expect(JSON.parse(text)).toHaveLength(1);
  });
});

describe('a method of an extension', () => {
  it('is answered by another upstream if the first hangs', async () => {
    await using one = await scripted({});
    one.answer = () => {}; // hangs
    await using two = await scripted({ 'acme/do': { done: true } });
    await using several = await startSeveral({ one: one.url, two: two.url });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = post(several.proxy.url, 'acme/do');
      await one.arrival(0);
      await vi.advanceTimersByTimeAsync(1_000);
      await one.arrival(1);
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await asked).message.result).toEqual({ done: true });
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes as long as it does at an upstream that answers anything else', async () => {
    const waiting: (() => void)[] = [];
    await using one = await scripted({ 'server/discover': { supportedVersions: ['2026-07-28'], capabilities: {} } });
    const { answer } = one;
    one.answer = (request, response) => {
      if (!request.text.includes('acme/do')) return answer(request, response);
      waiting.push(() => respondJson(response, { jsonrpc: '2.0', id: 1, result: { of: 'one' } }));
    };
    await using two = await scripted({ 'acme/do': { of: 'two' } });
    await using several = await startSeveral({ one: one.url, two: two.url });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = post(several.proxy.url, 'acme/do');
      await one.arrival(0);
      await vi.advanceTimersByTimeAsync(1_000);
      await one.arrival(1);
      // The proxy has to see the answer before the time is up.
      for (let turn = 0; turn < 200; turn++) await setImmediate();
      await vi.advanceTimersByTimeAsync(60_000);
      for (const each of waiting) each();
      expect((await asked).message.result).toEqual({ of: 'one' });
      expect(two.received).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that no upstream of its era knows is unknown, whatever those of the other era answer', async () => {
    await using one = await scripted({});
    one.answer = (_, response) =>
      respondJson(response, { jsonrpc: '2.0', error: { code: -32000, message: 'no' }, id: null }, { status: 400 });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { message } = await post(several.proxy.url, 'acme/do');
    expect(message.error?.code).toBe(-32601);
  });
});

it('a URI that one upstream listed is read while the other one hangs', async () => {
  await using one = await scripted({ ...RESOURCES, 'resources/read': { contents: [{ uri: 'a://1', text: 'x' }] } });
  await using two = await scripted({
    'resources/list': { resources: [], ttlMs: 0 },
    'resources/templates/list': { resourceTemplates: [], ttlMs: 0 },
  });
  await using several = await startSeveral({ one: one.url, two: two.url });
  await post(several.proxy.url, 'resources/list');
  const arrived = two.received.length;
  two.answer = () => {}; // hangs
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const read = post(several.proxy.url, 'resources/read', { uri: 'a://1' });
    await two.arrival(arrived + 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await read).text).toContain('"text":"x"');
  } finally {
    vi.useRealTimers();
  }
});

it('a control that looks at all tools waits 10 seconds at most for one upstream', async () => {
  const names: string[][] = [];
  const look = defineControl({
    name: 'look',
    setup: () => async (call, next) => {
      names.push((await call.upstream.tools()).map(({ name }) => name));
      return next(call);
    },
  });
  await using one = await scripted({ 'tools/list': { tools: [tool('a')] }, 'tools/call': { content: [] } });
  await using two = await scripted({});
  two.answer = () => {}; // hangs
  await using several = await startSeveral({ one: one.url, two: two.url }, { controls: [look] });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const called = post(several.proxy.url, 'tools/call', { name: 'one___a' });
    await Promise.all([one.arrival(0), two.arrival(0)]);
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await called).message.result).toEqual({ content: [] });
    expect(names).toEqual([['one___a']]);
  } finally {
    vi.useRealTimers();
  }
});

it('a subscription is acknowledged a second after the first upstream did', async () => {
  await using one = await scripted({});
  one.answer = (_, response) => {
    openEvents(response);
    response.write(
      event({
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: { toolsListChanged: true } },
      }),
    );
  };
  await using two = await scripted({});
  two.answer = (_, response) => openEvents(response); // acknowledges nothing
  await using several = await startSeveral({ one: one.url, two: two.url });
  const abort = new AbortController();
  const reply = await fetch(several.proxy.url, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'subscriptions/listen',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  const { value } = (await reply.body?.getReader().read()) ?? {};
  expect(new TextDecoder().decode(value)).toContain('"toolsListChanged":true');
  abort.abort();
});
