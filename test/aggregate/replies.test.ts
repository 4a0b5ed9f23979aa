import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { event, openEvents, respondJson } from '../support/upstream.ts';
import { type Handle, legacy, LegacyClient } from './legacy.ts';
import { post, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

const RESULT = { content: [{ type: 'text', text: 'made up' }] };

/** What a legacy client gets for a call, if its upstream answers so. */
async function called(handle: Handle, id: number | string = 1): Promise<string> {
  await using one = await legacy('one', {
    handle: (response, asked, request) => asked.method === 'tools/call' && handle(response, asked, request),
  });
  await using two = await legacy('two');
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  return (await client.call('one___who', id)).text;
}

describe('a reply', () => {
  it('with a content coding is refused, since ids in it could not be translated', async () => {
    const text = await called((response, { id }) => {
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
        .end(gzipSync(JSON.stringify({ jsonrpc: '2.0', id, result: RESULT })));
      return true;
    });
    expect(text).toContain('the upstream one answered in a content coding that was not asked for');
  });

  it.each(['text/plain; type=text/event-stream', 'application/json-seq', 'text/html'])(
    'of another type (%s) is refused, since a client might read it',
    async (type) => {
      const text = await called((response, { id }) => {
        response.writeHead(200, { 'Content-Type': type }).end(event({ jsonrpc: '2.0', id, result: RESULT }));
        return true;
      });
      expect(text).toContain('the upstream one answered in another form');
    },
  );

  it.each([
    ['as JSON', (body: object) => ({ json: body })],
    ['in a list', (body: object) => ({ json: [body] })],
    ['before its own', (body: object) => ({ events: [body] })],
    ['in an event of another type', (body: object) => ({ events: [body], type: 'ping' })],
  ])('has no response to another request (%s)', async (_, form) => {
    const forged = { jsonrpc: '2.0', id: 7, result: RESULT };
    const { json, events, type } = form(forged) as { json?: object; events?: object[]; type?: string };
    const text = await called((response, { id }) => {
      if (json !== undefined) {
        respondJson(response, json);
        return true;
      }
      openEvents(response);
      for (const each of events ?? []) response.write(event(each).replace('message', type ?? 'message'));
      response.end(event({ jsonrpc: '2.0', id, result: { content: [] } }));
      return true;
    });
    expect(text).not.toContain('made up');
    expect(text).toContain(json === undefined ? '"content":[]' : 'the upstream one answered another request');
  });

  it.each([
    [1, '1'],
    ['a', 'a'],
    ['1', 1],
  ])('may write the id %j as %j', async (id, written) => {
    const text = await called((response) => {
      respondJson(response, { jsonrpc: '2.0', id: written, result: RESULT });
      return true;
    }, id);
    expect(text).toContain('made up');
  });

  it('that is an error without an id becomes an error of the call', async () => {
    const text = await called((response) => {
      respondJson(
        response,
        { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } },
        { status: 400 },
      );
      return true;
    });
    expect(text).toContain(
      '"id":1,"error":{"code":-32603,"message":"the upstream one answered HTTP 400 with the error -32700',
    );
  });

  it('that is not JSON though it says so is a fault of its upstream', async () => {
    await using one = await scripted({});
    one.answer = (_, response) => respondJson(response, '<html>"uri"', { status: 502 });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { status, message } = await post(several.proxy.url, 'tools/call', { name: 'one___a' });
    expect([status, message.error?.data?.['reason']]).toEqual([502, 'upstream-invalid']);
  });
});

it.each(['12345678901234567890', '1.50', '"12"', '"\\ud800"', '"two:1"', '0'])(
  'returns the id %s of a question to its upstream as it was',
  async (id) => {
    const answers: string[] = [];
    await using one = await legacy('one', {
      handle: (response, asked, { text }) => {
        if (asked.result !== undefined) answers.push(text);
        if (asked.method !== 'tools/call') return false;
        openEvents(response);
        response.write(event(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`));
        response.end(event({ jsonrpc: '2.0', id: asked.id, result: { content: [] } }));
        return true;
      },
    });
    await using two = await legacy('two');
    await using several = await startSeveral({ one: one.url, two: two.url });
    const client = await LegacyClient.open(several.proxy.url);
    const { text } = await client.call('one___who');
    const shown = /"id":("(?:[^"\\]|\\.)*"),"method":"roots/.exec(text)?.[1];
    await client.post(`{"jsonrpc":"2.0","id":${shown},"result":{"roots":[]}}`);
    expect(answers).toEqual([`{"jsonrpc":"2.0","id":${id},"result":{"roots":[]}}`]);
  },
);

describe('a stream that ends without the response to its call', () => {
  const NOTE = event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } });

  it.each([
    ['breaks off', NOTE, (response: ServerResponse) => response.destroy(), 'stream broke off'],
    ['breaks off in an event', 'data: {"jsonrpc', (response: ServerResponse) => response.destroy(), 'stream broke off'],
    ['ends', NOTE, (response: ServerResponse) => response.end(), 'ended its stream without a response'],
    ['goes on with what is not JSON', 'data: {"a\n\n', () => {}, 'sent a message that is not JSON'],
  ])('ends with an error that names the upstream, if it %s', async (_, sent, end, why) => {
    const text = await called((response) => {
      openEvents(response);
      response.write(sent, () => end(response));
      return true;
    }, 'a');
    const last = /event: message\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '{}';
    expect(JSON.parse(last)).toMatchObject({ id: 'a', error: { message: expect.stringContaining(why) as string } });
    expect(last).toContain('the upstream one');
  });

  it('breaks off if its events have ids, so that a client can fetch the rest', async () => {
    const text = called((response) => {
      openEvents(response);
      response.write('id: 1\ndata: \n\n', () => response.destroy());
      return true;
    });
    await expect(text).rejects.toThrow('terminated');
  });
});
