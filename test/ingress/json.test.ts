import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../support/front.ts';
import { post } from '../support/raw.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { modern } from './messages.ts';

let upstream: Upstream;
let front: Front;

beforeAll(async () => {
  upstream = await startUpstream();
  front = await startFront(upstream);
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function forwarded(body: string): Promise<void> {
  const seen = upstream.received.length;
  expect((await post(front.port, body)).status).toBeLessThan(300);
  expect(upstream.received.slice(seen).map(({ text }) => text)).toEqual([body]);
}

async function refused(body: string, code = -32600): Promise<string> {
  const seen = upstream.received.length;
  const reply = await post(front.port, body);
  expect([reply.status, reply.json().error?.code]).toEqual([400, code]);
  expect(upstream.received).toHaveLength(seen);
  return reply.json().error?.message ?? '';
}

const list = (params: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`;
const call = (params: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
const nested = (levels: number): string => list(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);

describe('depth', () => {
  it('is limited to 128 levels by default', async () => {
    await forwarded(nested(126));
    expect(await refused(nested(127))).toContain('more than 128 levels');
  });

  it.each(['[', '{"a":'])('of 100,000 levels of %s is refused like any other, in linear time', async (open) => {
    expect(await refused(list(`{"a":${open.repeat(100_000)}`))).toContain('nested too deeply');
    expect(await refused(open.repeat(100_000))).toContain('nested too deeply');
  });

  it('can have another limit', async () => {
    await using shallow = await startFront(upstream, { limits: { maxDepth: 3 } });
    expect((await post(shallow.port, list('{"a":{}}'))).status).toBe(200);
    expect((await post(shallow.port, list('{"a":{"b":{}}}'))).status).toBe(400);
  });
});

describe('a repeated key', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","\\u006dethod":"tools/call"}'],
    [call('{"name":"a","name":"b"}')],
    [call('{"name":"a","n\\u0061me":"b"}')],
    [call('{"name":"a","arguments":{"x":1,"x":1}}')],
    [call('{"name":"a","arguments":{"deep":[{"er":{"k":1,"\\u006B":2}}]}}')],
    [call('{"name":"a","arguments":{"":1,"":2}}')],
    [call('{"name":"a","arguments":{"__proto__":1,"__proto__":2}}')],
    [call('{"name":"a","arguments":{"\\ud83d\\ude00":1,"😀":2}}')],
  ])('is refused: %s', async (body) => {
    expect(await refused(body)).toContain('the same key twice');
  });

  it('is allowed in different objects', () =>
    forwarded(call('{"name":"a","arguments":{"name":"b","list":[{"name":1},{"name":2}]}}')));
});

describe('a key that differs from a known one only in case', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call"}'],
    ['{"jsonrpc":"2.0","id":1,"Method":"tools/call"}'],
    ['{"JSONRPC":"2.0","jsonrpc":"2.0","id":1,"method":"tools/list"}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","ID":2}'],
    ['{"j\u017fonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"tools/list"}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","param\\u017f":{}}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","\u0130d":2}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","x":1,"X":1}'],
    [call('{"name":"a","Name":"b"}')],
    [call('{"NAME":"b"}')],
    [call('{"name":"a","argument\u017f":{}}')],
    [call('{"name":"a","Arguments":{}}')],
    [call('{"name":"a","_Meta":{}}')],
    ['{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"tas\u212aId":"x"}}'],
    ['{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskid":"x"}}'],
    ['{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:","URI":"b:"}}'],
    ['{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a","nAme":"b"}}'],
    [
      '{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a"},"Ref":{},"argument":{}}}',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a","Name":"b"},"argument":{"name":"x","value":""}}}',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":[],"ResourceSubscriptions":["x:y"]}}}',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceſubscriptions":["x:y"]}}}',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"Notifications":{"resourceSubscriptions":["x:y"]}}}',
    ],
    ['{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{},"NOTIFICATIONS":{}}}'],
    [list('{"_meta":{},"_META":{}}')],
    [list('{"_meta":{"io.modelcontextprotocol/ProtocolVersion":"2026-07-28"}}')],
  ])('is refused: %s', async (body) => {
    expect(await refused(body)).toMatch(/only in case/);
  });

  it.each([
    ['among the arguments', call('{"name":"a","arguments":{"Name":1,"name":2,"NAME":3}}')],
    ['deep in _meta', call('{"name":"a","_meta":{"x":{"a":1,"A":2}}}')],
    ['as an extension that is not similar to a known key', '{"jsonrpc":"2.0","id":1,"method":"tools/list","extra":1}'],
    ['of a method that has no such key', list('{"notifications":{"a":1,"A":2}}')],
    ['of a method without a name', list('{"Name":1,"arguments":2}')],
    [
      'in a completion',
      '{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"x","value":"y"},"context":{"arguments":{"a":"1","A":"2"}}}}',
    ],
  ])('is allowed if the protocol gives it no meaning: %s', (_, body) => forwarded(body));
});

describe('the envelope', () => {
  it.each([
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"x"}'],
    ['no version', '{"id":1,"method":"x"}'],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"x"}'],
    ['an id with a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"x"}'],
    ['an id with an exponent', '{"jsonrpc":"2.0","id":1e400,"method":"x"}'],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"x"}'],
    ['a method that is not a string', '{"jsonrpc":"2.0","id":1,"method":5}'],
    ['an empty method', '{"jsonrpc":"2.0","id":1,"method":""}'],
    ['neither method nor result', '{"jsonrpc":"2.0","id":1}'],
    ['both method and result', '{"jsonrpc":"2.0","id":1,"method":"x","result":{}}'],
    ['both result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'],
    ['a result without an id', '{"jsonrpc":"2.0","result":{}}'],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"x","params":[]}'],
  ])('is refused with %s', async (_, body) => {
    await refused(body);
  });

  it.each(['5', '["a"]', 'null', '{}'])('is refused with a tool name that is %s, naming the request', async (name) => {
    const reply = await post(front.port, call(`{"name":${name}}`));
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({
      id: 1,
      error: { code: -32602, message: 'tools/call: expected params.name to be a string' },
    });
  });

  it('is refused with a protocol version in _meta that is not a string', async () => {
    await refused(modern('tools/list').replace('"2026-07-28"', '20260728'), -32602);
  });

  it.each([
    ['"a\\u0062\\n"', '{"jsonrpc":"2.0","id":"a\\u0062\\n","method":""}'],
    ['9007199254740993', '{"jsonrpc":"2.0","id":9007199254740993,"method":"x","params":[]}'],
  ])('that is refused with a plain id has that id in the refusal, as written: %s', async (id, body) => {
    expect((await post(front.port, body)).text).toContain(`"id":${id},`);
  });

  it.each([
    ['twice', '{"jsonrpc":"2.0","id":1,"id":1,"method":"x"}'],
    ['null', '{"jsonrpc":"2.0","id":null,"method":"x"}'],
    ["a response's", '{"jsonrpc":"2.0","id":1}'],
    ['missing', '{"jsonrpc":"2.0","method":""}'],
  ])('that is refused with an id that is %s has no id in the refusal', async (_, body) => {
    const reply = await post(front.port, body);
    expect(reply.status).toBe(400);
    expect(reply.json()).not.toHaveProperty('id');
  });

  it('accepts notifications and responses, which are answered with 202', async () => {
    await forwarded('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    await forwarded('{"jsonrpc":"2.0","id":"q","result":{"action":"accept"}}');
    await forwarded('{"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"no"}}');
  });
});

describe('the time that reading takes', () => {
  const size = 3_000_000;
  it.each([
    ['one text with many escapes', `{"text":"${'an ordinary line of some text\\n'.repeat(size / 31)}"}`],
    ['one text with many quotes', `{"text":"${'an ordinary line of some text\\"'.repeat(size / 31)}"}`],
    ['many texts', `{"texts":[${'"an ordinary line of some text",'.repeat(size / 32)}""]}`],
    ['many keys', `{${Array.from({ length: size / 12 }, (_, i) => `"k${i}":0`).join(',')}}`],
  ])('grows only with the size: 3 MB of %s are read without delay', async (_, args) => {
    await forwarded(call(`{"name":"a","arguments":${args}}`));
  });
});
