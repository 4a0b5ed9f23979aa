import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Limits } from '../../proxy/config/config.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import { callTool, control, responseOf, TOOL, textsOf, type Way, way, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { errorData } from '../support/error-data.ts';
import { startFront } from '../support/front.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { type Answer, emptyResult, startUpstream } from '../support/upstream.ts';
import { legacy, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const looking: Control = async (call, next) => (await next(call)).mapMessages((message) => message);
const untouching: Control = (call, next) => next(call);

async function call(
  way: Way,
  answer: Answer,
  controls: readonly DefinedControl[],
  limits: Limits = {},
): Promise<RawReply> {
  await using upstream = await startUpstream(withSessions(answer));
  await using front = await startFront(upstream, { controls, limits });
  return await callTool(front, way);
}

describe.each(ways)('%s', (_name, way) => {
  const tools = Array.from(
    { length: 1000 },
    (_, i) =>
      `{"name":"t${i}", "inputSchema":{"type":"object","maximum":1.0,"x":9007199254740993},"description":"caf\\u00e9 ${i}"}`,
  );

  test('filtering one of 1,000 tools does not change the bytes of the others', async () => {
    const filter: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({
        ...result,
        tools: (result['tools'] as { name: string }[]).filter(({ name }) => name !== 't500') as never,
      }));
    const reply = await call(way, way.result(`{"tools":[${tools.join(',')}],"nextCursor":"c"}`), [
      control('filter', filter),
    ]);
    expect(textsOf(reply)).toEqual([
      `{"jsonrpc":"2.0","id":1,"result":{"tools":[${tools.filter((_, i) => i !== 500).join(',')}],"nextCursor":"c"}}`,
    ]);
  });

  test('numbers beyond 2^53, 1.0, white space, escapes and key order stay next to a changed string', async () => {
    const rename: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'new' }));
    const before = String.raw`{ "big":12345678901234567890, "2":1.0,"1":[1e2 ,-0], "text":"old", "e":"\u0061\/" }`;
    const reply = await call(way, way.result(before), [control('rename', rename)]);
    expect(textsOf(reply)).toEqual([`{"jsonrpc":"2.0","id":1,"result":${before.replace('"old"', '"new"')}}`]);
  });

  test.each([
    ['an array', '[1]'],
    ['a string', '"text"'],
    ['null', 'null'],
  ])('a result that is %s does not pass a control that maps results', async (_what, result) => {
    const map: Control = async (call, next) => (await next(call)).mapResult((value) => value);
    expect(responseOf(await call(way, way.result(result), [control('map', map)])).error?.data).toEqual(
      errorData('inspection-failed'),
    );
  });

  test.each([
    ['no JSON', 'no JSON, ID'],
    ['a string', '"ID"'],
    ['a number', '17'],
  ])('a body that is %s is denied if a control must look; an event like that is not a message', async (_what, text) => {
    const reply = await call(way, way.messages(text), [control('looking', looking)]);
    if (way.form === 'json')
      expect(responseOf(reply)).toMatchObject({ id: 1, error: { data: { reason: 'inspection-failed' } } });
    // A caller that waits for a response learns that there is none.
    else
      expect(textsOf(reply)).toEqual([
        text.replace('ID', '1'),
        expect.stringMatching(/"id":1,"error":.*no response in it/),
      ]);
    expect(textsOf(await call(way, way.messages(text), [control('ignoring', untouching, 'ignores')]))).toEqual([
      text.replace('ID', '1'),
    ]);
  });

  const twice = '{"content":[],"content":[{"type":"text","text":"other"}]}';
  test('duplicate keys are denied if a control must look', async () => {
    const reply = await call(way, way.result(twice), [control('looking', looking)]);
    expect(responseOf(reply)).toMatchObject({ id: 1, error: { data: { reason: 'inspection-failed' } } });
    expect(reply.text).not.toContain('other');
  });

  test.each([
    ['a request and a response at once', '{"jsonrpc":"2.0","id":ID,"method":"x","result":{}}'],
    ['a key in another case', '{"jsonrpc":"2.0","id":ID,"Result":{}}'],
    ['no JSON', '{no JSON, ID'],
  ])('a message that is %s is denied if a control must look, and passes unchanged otherwise', async (_what, text) => {
    expect(responseOf(await call(way, way.messages(text), [control('looking', looking)]))).toMatchObject({
      id: 1,
      error: { data: { reason: 'inspection-failed' } },
    });
    expect(textsOf(await call(way, way.messages(text), [control('ignoring', untouching, 'ignores')]))).toEqual([
      text.replace('ID', '1'),
    ]);
  });

  test.each([
    ['no control', []],
    ['the audit control', [audit()]],
    ['a control that ignores replies', [control('c', untouching, 'ignores')]],
    ['one that could transform them, but does not', [control('c', untouching)]],
    ['one that would, but only observes', [auditOnly(control('c', looking))]],
  ] as const)('with %s a reply is not parsed: invalid JSON and duplicates pass unchanged', async (_what, controls) => {
    for (const text of ['{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}', '{not json', '\u0001"']) {
      expect(textsOf(await call(way, way.messages(text), controls))[0]).toBe(text);
    }
  });

  test('a reply of exactly maxInspectedReply passes a control that looks, a larger one is denied, and without inspection there is no limit', async () => {
    const size = 100_000;
    const result = (more: number): Answer => way.result(`{"t":"${'x'.repeat(size - 200 + more)}"}`);
    const limits = { maxInspectedReply: size };
    expect(responseOf(await call(way, result(0), [control('looking', looking)], limits)).result).toBeDefined();
    const denied = await call(way, result(300), [control('looking', looking)], limits);
    expect(responseOf(denied)).toMatchObject({
      id: 1,
      error: { data: { reason: 'inspection-failed' }, message: expect.stringContaining('limits.maxInspectedReply') },
    });
    expect(denied.text).not.toContain('xxx');
    // Bytes that must be cut into events are held as well; bytes that only pass are not.
    if (way.form === 'json')
      expect(responseOf(await call(way, result(300), [control('c', untouching)], limits)).result).toBeDefined();
  });

  test('if a control may look, the proxy requests no content coding, and denies a reply that has one', async () => {
    const asked: (string | undefined)[] = [];
    const coded: Answer = (request, response) => {
      asked.push(request.header('accept-encoding'));
      const message = '{"jsonrpc":"2.0","id":1,"result":{"text":"hidden"}}';
      const body = gzipSync(way.form === 'json' ? message : `data: ${message}\n\n`);
      response
        .writeHead(200, {
          'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream',
          'Content-Encoding': 'gzip',
        })
        .end(body);
    };
    const reply = await call(way, coded, [control('looking', looking)]);
    expect(new Set(asked)).toEqual(new Set(['identity']));
    expect(reply.json().error?.data).toEqual(errorData('inspection-failed'));
    const untouched = await call(way, coded, []);
    expect([untouched.header('content-encoding'), untouched.body.subarray(0, 2)]).toEqual([
      'gzip',
      Buffer.from([0x1f, 0x8b]),
    ]);
  });

  test('bytes that are not UTF-8 are denied if a control must look', async () => {
    const bytes = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}', 'latin1');
    const answer: Answer = (_request, response) =>
      void response
        .writeHead(200, { 'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream' })
        .end(way.form === 'json' ? bytes : Buffer.concat([Buffer.from('data: '), bytes, Buffer.from('\n\n')]));
    expect(responseOf(await call(way, answer, [control('looking', looking)])).error?.data).toEqual(
      errorData('inspection-failed'),
    );
  });

  test('a mapping for a marker is only called for replies that may contain it, and no other reply is parsed', async () => {
    const seen: unknown[] = [];
    const marked: Control = async (call, next) =>
      (await next(call)).mapMessages(
        (message) => {
          seen.push(message['id']);
          return message;
        },
        { contains: 'tok_' },
      );
    const plain = await call(way, way.result('{"a":1,"text":"x"}'), [control('marked', marked)]);
    expect([responseOf(plain).result, seen]).toEqual([{ a: 1, text: 'x' }, []]);
    await call(way, way.result('{"text":"tok_1"}'), [control('marked', marked)]);
    await call(way, way.result(String.raw`{"text":"\u0074ok_1"}`), [control('marked', marked)]);
    expect(seen).toEqual([1, 1]);
  });

  test('a mapping for a marker also sees it if JSON escapes a slash, and for a marker beyond ASCII every reply is parsed', async () => {
    const hide =
      (contains: string): Control =>
      async (call, next) =>
        (await next(call)).mapResult(() => ({ text: 'hidden' }), { contains });
    for (const [marker, written] of [
      ['tok/', String.raw`tok\/1`],
      ['«tok', String.raw`\u00abtok`],
      ['łtok', String.raw`\u0142tok`],
    ] as const) {
      expect(
        responseOf(await call(way, way.result(`{"text":"${written}"}`), [control('hide', hide(marker))])).result,
      ).toEqual({ text: 'hidden' });
    }
  });

  test('a mapping for a marker sees text that an inner control added', async () => {
    const insert: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'tok_1' }));
    const restore: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'restored' }), { contains: 'tok_' });
    const reply = await call(way, way.result('{"text":"x"}'), [control('restore', restore), control('insert', insert)]);
    expect(responseOf(reply).result).toEqual({ text: 'restored' });
  });

  test('the return value of one control is frozen at every depth for the next, also below what it froze itself', async () => {
    const inner: Control = async (call, next) =>
      (await next(call)).mapResult(() => Object.freeze({ nested: { list: ['a'] } }));
    const outer: Control = async (call, next) =>
      (await next(call)).mapResult((result) => {
        const { nested } = result;
        if (isObject(nested)) (nested['list'] as string[]).push('b');
        return result;
      });
    expect(
      responseOf(await call(way, way.result({}), [control('outer', outer), control('inner', inner)])).error?.code,
    ).toBe(-32603);
  });
});

describe('in a stream', () => {
  const events = way('legacy', 'events');

  test('one string replaced in an event of many lines does not change any other character, line and field', async () => {
    const raw =
      ': hello\r\nretry: 5\r\nid: e-1\r\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata:   "id": 1,\r\ndata:   "result": { "text": "old", "n": 1.0 }}\r\n\r\n';
    const answer: Answer = (_request, response) =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(raw);
    const rename: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'new' }));
    const reply = await call(events, answer, [control('rename', rename)]);
    expect(reply.text).toBe(raw.replace('"old"', '"new"').replace('data:   "id"', 'data:   "id"'));
  });

  test('a declared length is dropped for a stream that may change, since excess bytes would be read as the next reply', async () => {
    const raw = 'data: {"jsonrpc":"2.0","id":1,"result":{"text":"old"}}\n\n';
    const answer: Answer = (_request, response) =>
      void response
        .writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Length': raw.length, ETag: '"x"' })
        .end(raw);
    const lengthen: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'longer'.repeat(10) }));
    const reply = await call(events, answer, [control('lengthen', lengthen)]);
    expect([reply.header('content-length'), reply.header('etag'), reply.complete]).toEqual([
      undefined,
      undefined,
      true,
    ]);
    expect(reply.text).toBe(raw.replace('old', 'longer'.repeat(10)));
    expect((await call(events, answer, [control('c', untouching)])).text).toBe(raw);
  });

  const ending = 'data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';
  const raw =
    (text: string): Answer =>
    (_request, response) =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(text);

  test.each([
    ': c\n\n',
    'id: 0\ndata:\n\n',
    'retry: 7\n\n',
    'event: ping\n\n',
    'event: ping\ndata: 2026-11-29 00:00:00\n\n',
    'event: ping\ndata: {}\n\n',
    'event: heartbeat\ndata: {"type":"ping"}\n\n',
    'event: ping\ndata: null\n\n',
    'event: endpoint\nid: 5\ndata: /mcp?s=1\n\n',
    'data: ok\n\n',
    'data: [DONE]\n\n',
    'data: ["x"]\r\n\r\n',
    'data: 5\rdata: 6\r\r',
  ])(
    '%j, which is not a message, passes a control that looks and does not change it, before and after the response',
    async (event) => {
      for (const text of [event + ending, ending + event]) {
        expect((await call(events, raw(text), [control('looking', looking)])).text).toBe(text);
        expect((await call(events, raw(text), [control('c', untouching)])).text).toBe(text);
      }
    },
  );

  test.each([
    ['event: ping\ndata: secret\n\n', ''],
    ['data: "secret"\n\n', ''],
    ['event: ping\nretry: 5\ndata: secret\n: c\n\n', 'retry: 5\n: c\n\n'],
    ['event: ping\nid: 7\ndata: a\ndata: secret\n\n', 'event: ping\nid: 7\ndata: \n\n'],
    ['id: 7\rdata: secret\r\r', 'id: 7\rdata: \r\r'],
  ])('%j leaves without its text if a control would change or refuse it', async (event, left) => {
    const hide: Control = async (call, next) =>
      (await next(call)).mapMessages((message) => JSON.parse(JSON.stringify(message).replaceAll('secret', 'x')));
    const refuse: Control = async (call, next) =>
      (await next(call)).mapMessages((message) => {
        if (JSON.stringify(message).includes('secret')) throw new TypeError('no');
        return message;
      });
    for (const act of [hide, refuse])
      expect((await call(events, raw(event + ending), [control('c', act)])).text).toBe(left + ending);
  });

  test('an object that is not a message is treated as one', async () => {
    const hide: Control = async (call, next) =>
      (await next(call)).mapMessages((message) => JSON.parse(JSON.stringify(message).replaceAll('secret', 'x')));
    expect((await call(events, raw(`event: ping\ndata: {"a":"secret"}\n\n${ending}`), [control('c', hide)])).text).toBe(
      `event: ping\ndata: {"a":"x"}\n\n${ending}`,
    );
  });

  test('a failure after the response does not cause a second one with the same id', async () => {
    for (const after of [
      'data: {not json\n\n',
      'data: {"jsonrpc":"2.0","method":"x","method":"y"}\n\n',
      'id: 9\ndata: {"a":1,"a":2}\n\n',
    ]) {
      const reply = await call(events, raw(ending + after + ending), [control('looking', looking)]);
      expect(reply.text).toBe(ending + (after.startsWith('id') ? 'id: 9\ndata: \n\n' : ''));
    }
  });

  test('a byte order mark before a message, or at the beginning of the stream, is kept', async () => {
    const rename: Control = async (call, next) =>
      (await next(call)).mapResult((result) => ({ ...result, text: 'new' }));
    for (const text of [
      '\ufeffdata: {"jsonrpc":"2.0","id":1,"result":{"text":"old"}}\n\n',
      'data: \ufeff{"jsonrpc":"2.0","id":1,"result":{"text":"old"}}\n\n',
    ]) {
      expect((await call(events, raw(text), [control('c', rename)])).text).toBe(text.replace('old', 'new'));
    }
  });

  test('the event that a mapping fails on is never sent, nor any after it; earlier ones are', async () => {
    const failing: Control = async (call, next) =>
      (await next(call)).mapMessages((message) => {
        if (JSON.stringify(message).includes('second')) throw new TypeError('second');
        return message;
      });
    const log = (data: string): string =>
      `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${data}"}}`;
    const open: Answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // The upstream has not ended its stream: the failure is the control's all the same.
      response.write(`data: ${log('first')}\n\ndata: ${log('second')}\n\ndata: ${log('third')}\n\n`);
    };
    const reply = await call(events, open, [control('failing', failing)]);
    expect(textsOf(reply)).toEqual([
      log('first'),
      expect.stringMatching(/^\{"jsonrpc":"2.0","id":1,"error":\{"code":-32603,"message":"internal error"/),
    ]);
    expect(reply.complete).toBe(true);
  });
});

test('a JSON body that begins with a byte order mark is inspected, and keeps it', async () => {
  const body = `\ufeff{"jsonrpc":"2.0","id":1,"result":{"text":"old"}}`;
  const rename: Control = async (call, next) => (await next(call)).mapResult((result) => ({ ...result, text: 'new' }));
  const answer: Answer = (_request, response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  for (const era of ['legacy', 'modern'] as const)
    expect((await call(way(era, 'json'), answer, [control('c', rename)])).body.toString('utf8')).toBe(
      body.replace('old', 'new'),
    );
});

describe('a body that is neither JSON nor a stream', () => {
  const text =
    (status: number): Answer =>
    (_request, response) =>
      void response.writeHead(status, { 'Content-Type': 'text/plain' }).end('some text');

  test.each([
    [200, 200],
    [404, 404],
    [503, 503],
  ])('with status %i does not pass a control that looks; the client gets %i', async (status, expected) => {
    await using upstream = await startUpstream(text(status));
    await using front = await startFront(upstream, { controls: [control('looking', looking)] });
    const reply = await send(front, legacy('tools/call', TOOL));
    expect([reply.status, reply.json().error?.data]).toEqual([expected, errorData('inspection-failed')]);
    expect(reply.text).not.toContain('some text');
  });

  test('in answer to a notification is left out, and its status is kept', async () => {
    await using upstream = await startUpstream(text(202));
    await using front = await startFront(upstream, { controls: [control('looking', looking)] });
    const reply = await send(front, { body: '{"jsonrpc":"2.0","method":"notifications/initialized"}', headers: [] });
    expect([reply.status, reply.text]).toEqual([202, '']);
  });

  test('passes unchanged if no control looks', async () => {
    await using upstream = await startUpstream(text(200));
    await using front = await startFront(upstream, { controls: [control('c', untouching)] });
    expect((await send(front, legacy('tools/call', TOOL))).text).toBe('some text');
  });

  test('405 to GET stays 405 if a control looks at replies', async () => {
    await using upstream = await startUpstream((request, response) => {
      if (request.method === 'GET')
        response
          .writeHead(405, { 'Content-Type': 'application/json' })
          .end('{"jsonrpc":"2.0","error":{"code":-32000,"message":"Method not allowed."},"id":null}');
      else void emptyResult(request, response);
    });
    await using front = await startFront(upstream, { controls: [control('looking', looking)] });

    const reply = await exchange(front.port, request('GET', '/mcp', ['Accept: text/event-stream'], undefined));
    expect([reply.status, reply.json().error?.message]).toEqual([405, 'Method not allowed.']);
  });
});
