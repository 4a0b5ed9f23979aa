import type http from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import { event, openEvents, respondJson } from '../support/upstream.ts';
import { type Handle, legacy, LegacyClient, streaming } from './legacy.ts';
import { postText, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

const LOG = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
const FORGED = { jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: 'made up' }] } };

describe('a stream of all upstreams', () => {
  it('carries no response to a request that went to another upstream', async () => {
    const streams: http.ServerResponse[] = [];
    const waiting: (() => void)[] = [];
    const slow: Handle = (response, { id, method }) => {
      if (method !== 'tools/call') return false;
      waiting.push(() => respondJson(response, { jsonrpc: '2.0', id, result: { content: [] } }));
      return true;
    };
    await using evil = await legacy('evil', { handle: streaming(streams) });
    await using crm = await legacy('crm', { handle: slow });
    await using several = await startSeveral({ evil: evil.url, crm: crm.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    const called = client.call('crm___who', 7);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    streams[0]?.write(event(FORGED) + event(LOG));
    await vi.waitFor(() => expect(stream.text).toContain('notifications/message'));
    waiting[0]?.();
    await called;
    expect(stream.text).not.toContain('made up');
  });

  it('carries a response that its own upstream sends there', async () => {
    const streams: http.ServerResponse[] = [];
    const handle: Handle = (response, { method }, request) => {
      if (method !== 'tools/call') return streaming(streams)(response, {}, request);
      response.writeHead(202).end();
      return true;
    };
    await using one = await legacy('one', { handle });
    await using two = await legacy('two');
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    await client.call('one___who', 7);
    streams[0]?.write(event({ ...FORGED, result: { content: [{ type: 'text', text: 'real' }] } }));
    await vi.waitFor(() => expect(stream.text).toContain('real'));
  });

  it('keeps the events of one upstream apart from one that another left open', async () => {
    const streams: http.ServerResponse[] = [];
    await using one = await legacy('one', { handle: streaming(streams) });
    await using two = await legacy('two', { handle: streaming(streams) });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    streams[0]?.end(': never ended');
    await vi.waitFor(() => expect(stream.text).toContain('never ended'));
    streams[1]?.write(event(LOG));
    await vi.waitFor(() => expect(stream.text).toContain('"x"'));
    expect(stream.text).toBe(`: never ended\n\n${event(LOG)}`);
  });

  it('begins without an upstream that does not answer, which joins it later', async () => {
    const streams: http.ServerResponse[] = [];
    const waiting: http.ServerResponse[] = [];
    const late: Handle = (response, _, { method }) => method === 'GET' && waiting.push(response) > 0;
    await using one = await legacy('one', { handle: streaming(streams) });
    await using two = await legacy('two', { handle: late });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    streams[0]?.write(event(LOG));
    await vi.waitFor(() => expect(stream.text).toBe(event(LOG)));
    for (const response of waiting) {
      openEvents(response);
      response.write(event(LOG));
    }
    await vi.waitFor(() => expect(stream.text).toBe(event(LOG) + event(LOG)));
  });

  it('is resumed at all upstreams, also if only one of them gives ids to its events', async () => {
    const asked: string[] = [];
    const ending =
      (name: string, id?: string): Handle =>
      (response, _, request) => {
        if (request.method !== 'GET') return false;
        asked.push(`${name} after ${request.header('last-event-id') ?? 'nothing'}`);
        openEvents(response);
        response.end(event(LOG, id));
        return true;
      };
    await using one = await legacy('one', { handle: ending('one', 'ä→1') });
    await using two = await legacy('two', { handle: ending('two') });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    await vi.waitFor(() => expect(stream.isOver).toBe(true));
    const id = /^id: (.+)$/m.exec(stream.text)?.[1] ?? '';
    using again = await client.get({ 'Last-Event-ID': id });
    await vi.waitFor(() => expect(again.isOver).toBe(true));
    const sent = Buffer.from('ä→1').toString('latin1');
    expect(asked.slice(2).toSorted()).toEqual([`one after ${sent}`, 'two after nothing']);
  });

  it('does not repeat ids of events that are too long to be returned', async () => {
    const streams: http.ServerResponse[] = [];
    await using one = await legacy('one', { handle: streaming(streams) });
    await using two = await legacy('two');
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    streams[0]?.write(event(LOG, 'short') + event(LOG, 'x'.repeat(100_000)));
    await vi.waitFor(() => expect(stream.text.match(/^data/gm)).toHaveLength(2));
    expect(new Set(stream.text.match(/^id: .*/gm)).size).toBe(1);
  });

  it.each([
    ['of no upstream', { nope: '1' }, 200],
    ['of a request to no upstream', ['nope', '1', '2'], 400],
    ['with a line break', { one: 'a\nb: c' }, 400],
    ['with a broken request', ['one', '1', '"'], 400],
    ['that is no object', 'x', 400],
  ])('resumed at an id %s is no fault of the proxy', async (_, id, status) => {
    await using one = await legacy('one', { handle: streaming([]) });
    await using two = await legacy('two');
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get({ 'Last-Event-ID': Buffer.from(JSON.stringify(id)).toString('base64url') });
    expect(stream.status).toBe(status);
  });

  it('frees the streams of the others if the session is gone at one upstream', async () => {
    const gone: Promise<void>[] = [];
    const streams = streaming([]);
    const noting: Handle = (response, asked, request) => {
      if (request.method === 'GET') gone.push(request.gone);
      return streams(response, asked, request);
    };
    const lost: Handle = (response, _, { method }) => {
      if (method !== 'GET') return false;
      response.writeHead(401, { 'Content-Type': 'text/plain' }).end('Unauthorized: Session not found');
      return true;
    };
    await using one = await legacy('one', { handle: noting });
    await using two = await legacy('two', { handle: lost });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using stream = await client.get();
    expect(stream.status).toBe(404);
    await Promise.all(gone);
  });
});

it('a subscription begins without an upstream that does not answer', async () => {
  const acknowledged = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: {} },
  };
  await using one = await scripted({});
  one.answer = (_, response) => {
    openEvents(response);
    response.write(event(acknowledged));
  };
  await using two = await scripted({});
  two.answer = () => {}; // hangs
  await using several = await startSeveral({ one: one.url, two: two.url });
  const abort = new AbortController();
  const reply = await listen(several.proxy.url, abort.signal);
  expect(reply.status).toBe(200);
  abort.abort();
});

it('goes on after an upstream that grants nothing ended its part, and ends with the last', async () => {
  const acknowledged = (notifications: object): string =>
    event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: { notifications } });
  const ended = event({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete' } });
  let open: http.ServerResponse | undefined;
  await using one = await scripted({});
  one.answer = (_, response) => {
    openEvents(response);
    response.end(acknowledged({}) + ended);
  };
  await using two = await scripted({});
  two.answer = (_, response) => {
    openEvents(response);
    response.write(acknowledged({ toolsListChanged: true }));
    open = response;
  };
  await using several = await startSeveral({ one: one.url, two: two.url });
  const reply = await listen(several.proxy.url);
  await vi.waitFor(() => expect(open).toBeDefined());
  open?.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
  open?.end(ended);
  const messages = [...(await reply.text()).matchAll(/^data: (.*)$/gm)].map(([, data = '']) => {
    const message = JSON.parse(data) as { method?: string; params?: { notifications?: object } };
    return message.method === undefined ? 'response' : [message.method, message.params?.notifications];
  });
  expect(messages).toEqual([
    ['notifications/subscriptions/acknowledged', { toolsListChanged: true }],
    ['notifications/tools/list_changed', undefined],
    'response',
  ]);
});

/** A modern client that listens for changes of tools. */
function listen(url: string, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    ...(signal === undefined ? {} : { signal }),
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
}

describe('a stream that its client gives up', () => {
  it('is no failure of its upstreams, if they had not answered', async () => {
    let asked = 0;
    const hangs: Handle = (_response, _asked, { method }) => method === 'GET' && ++asked > 0;
    await using one = await legacy('one', { handle: hangs });
    await using two = await legacy('two', { handle: hangs });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using warned = vi.spyOn(log, 'warn');
    const abort = new AbortController();
    const headers = { Accept: 'text/event-stream', ...client.headers };
    const got = fetch(client.url, { headers, signal: abort.signal }).catch(() => {});
    await vi.waitFor(() => expect(asked).toBe(2));
    const gone = [one, two].map(async (upstream) => (await upstream.arrival(upstream.received.length - 1)).gone);
    abort.abort();
    await Promise.all([got, ...gone]);
    await setImmediate();
    expect(warned.mock.calls).toEqual([]);
  });

  it('is no failure of its upstreams, if the proxy ends meanwhile', async () => {
    await using one = await legacy('one', { handle: streaming([]) });
    await using two = await legacy('two', { handle: streaming([]) });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    using warned = vi.spyOn(log, 'warn');
    using stream = await client.get();
    await several.proxy.close(0);
    await vi.waitFor(() => expect(stream.isOver).toBe(true));
    expect(warned.mock.calls).toEqual([]);
  });
});

it('a subscription has the form of each URI in which it was asked for', async () => {
  const lists = {
    'resources/list': { resources: [{ uri: 'x://u', name: 'u' }] },
    'resources/templates/list': { resourceTemplates: [] },
  };
  await using one = await scripted(lists);
  const { answer } = one;
  one.answer = (request, response) => {
    if (!request.text.includes('subscriptions/listen')) return answer(request, response);
    openEvents(response);
    const { params } = JSON.parse(request.text) as { params: { notifications: object } };
    const { notifications } = params;
    response.write(
      event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: { notifications } }),
    );
    response.write(event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'x://u' } }));
    response.end(event({ jsonrpc: '2.0', id: 1, result: {} }));
  };
  await using two = await scripted({
    'resources/list': { resources: [] },
    'resources/templates/list': { resourceTemplates: [] },
  });
  await using several = await startSeveral({ one: one.url, two: two.url });
  for (const uri of ['one+x://u', 'x://u']) {
    const { text } = await postText(several.proxy.url, 'subscriptions/listen', {
      notifications: { resourceSubscriptions: [uri] },
    });
    expect(text).toContain(`"resourceSubscriptions":["${uri}"]`);
    expect(text).toContain(`"params":{"uri":"${uri}"}`);
  }
});

it('a stream of all has no time to reconnect of one upstream', async () => {
  const streams: http.ServerResponse[] = [];
  await using one = await legacy('one', { handle: streaming(streams) });
  await using two = await legacy('two', { handle: streaming(streams) });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  using stream = await client.get();
  await vi.waitFor(() => expect(streams).toHaveLength(2));
  const message = '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"retry: é"}}';
  streams[0]?.write(`retry: 86400000\nid: 1\ndata: ${message}\n\nretry: 1\n\n`);
  streams[1]?.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
  await vi.waitFor(() => expect(stream.text).toContain('list_changed'));
  await vi.waitFor(() => expect(stream.text).toContain(message));
  expect(stream.text).not.toMatch(/^retry/m);
});
