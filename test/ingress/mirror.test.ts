import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { eraOf, inboundOf } from '../../proxy/ingress/mirror.ts';
import { type Front, startFront } from '../support/front.ts';
import { post } from '../support/raw.ts';
import { startUpstream, type Received, type Upstream } from '../support/upstream.ts';
import { CALL, LIST, MODERN, modern, PLATFORM } from './messages.ts';

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

async function seen(body: string, headers: readonly string[]): Promise<Received> {
  const before = upstream.received.length;
  const reply = await post(front.port, body, headers);
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"result"')]);
  expect(upstream.received).toHaveLength(before + 1);
  const [request] = upstream.received.slice(before);
  if (request === undefined) throw new Error('nothing arrived');
  expect(request.text).toBe(body);
  return request;
}

async function mismatch(body: string, headers: readonly string[]): Promise<string> {
  const before = upstream.received.length;
  const reply = await post(front.port, body, headers);
  expect(reply.status).toBe(400);
  expect(reply.json()).toMatchObject({
    jsonrpc: '2.0',
    id: 1,
    error: { code: -32020, data: { reason: 'header-mismatch' } },
  });
  expect(upstream.received).toHaveLength(before);
  return reply.json().error?.message ?? '';
}

const ADD = modern('tools/call', '"name":"add"');
const mirrored = (request: Received): (string | undefined)[] =>
  ['mcp-protocol-version', 'mcp-method', 'mcp-name'].map((name) => request.header(name));

describe('mirrored headers', () => {
  it('are sent upstream if they equal the body', async () => {
    expect(mirrored(await seen(ADD, [MODERN, 'Mcp-Method: tools/call', 'Mcp-Name: add']))).toEqual([
      '2026-07-28',
      'tools/call',
      'add',
    ]);
  });

  it.each([
    ['Mcp-Method', ['Mcp-Method: tools/list'], 'Mcp-Method is "tools/list", the body says "tools/call"'],
    ['Mcp-Method in another case', ['Mcp-Method: Tools/Call'], 'Mcp-Method is "Tools/Call"'],
    ['Mcp-Name', ['Mcp-Name: sub'], 'Mcp-Name is "sub", the body says "add"'],
    ['Mcp-Name in another case', ['Mcp-Name: ADD'], 'Mcp-Name is "ADD"'],
    ['a repeated Mcp-Name', ['Mcp-Name: add', 'Mcp-Name: add'], 'Mcp-Name is "add, add"'],
    ['Mcp-Name that is not base64', ['Mcp-Name: =?base64?YWRk*?='], 'Mcp-Name is'],
    ['Mcp-Name with the base64 of another', ['Mcp-Name: =?base64?c3Vi?='], 'Mcp-Name is "sub"'],
    [
      'MCP-Protocol-Version',
      ['MCP-Protocol-Version: 2025-11-25'],
      'MCP-Protocol-Version is "2025-11-25", the body says "2026-07-28"',
    ],
  ])('that differ from the body are refused: %s', async (_, headers, message) => {
    const version = headers.some((line) => line.startsWith('MCP-Protocol')) ? [] : [MODERN];
    expect(await mismatch(ADD, [...version, ...headers])).toContain(message);
  });

  it('are refused in the legacy era, too, if they contradict the body', async () => {
    await mismatch(CALL.replace('"id":7', '"id":1'), ['Mcp-Name: sub']);
    await mismatch(LIST, ['Mcp-Method: tools/call']);
  });

  it('cannot name what the body does not name, since no control would see it', async () => {
    expect(await mismatch(modern('tools/call', '"arguments":{}'), [MODERN, 'Mcp-Name: add'])).toContain(
      'the body says nothing',
    );
    expect(await mismatch('{"jsonrpc":"2.0","id":1,"method":"tools/call"}', [MODERN, 'Mcp-Name: add'])).toContain(
      'the body says nothing',
    );
  });

  it('carry as base64 what a header cannot hold', async () => {
    const name = 'añadir ☃';
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
    const request = await seen(modern('tools/call', `"name":"${name}"`), [
      MODERN,
      'Mcp-Method: tools/call',
      `Mcp-Name: ${encoded}`,
    ]);
    expect(request.header('mcp-name')).toBe(encoded);
  });

  it.each(['caf\u00e9', 'a\u00f1adir \u2603', '\u{1f527} fix', '\u00c3\u00a9'])(
    'may carry a name as raw UTF-8, as some clients do: %s',
    async (name) => {
      const raw = Buffer.from(name).toString('latin1');
      const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
      const request = await seen(modern('tools/call', `"name":"${name}"`), [
        MODERN,
        'Mcp-Method: tools/call',
        `Mcp-Name: ${raw}`,
      ]);
      expect(request.header('mcp-name')).toBe(encoded);
      const uri = await seen(modern('resources/read', `"uri":"file:///${name}"`), [MODERN, `Mcp-Name: file:///${raw}`]);
      expect(uri.text).toContain(name);
    },
  );

  it('that carry other bytes are refused, and the message quotes them as the sender meant them', async () => {
    const utf8 = Buffer.from('caf\u00e9').toString('latin1');
    expect(await mismatch(modern('tools/call', '"name":"cafe"'), [MODERN, `Mcp-Name: ${utf8}`])).toContain(
      'Mcp-Name is "caf\u00e9", the body says "cafe"',
    );
    // Each sequence of bytes has one reading, since a hop in front may have relied on it.
    expect(await mismatch(modern('tools/call', '"name":"caf\u00c3\u00a9"'), [MODERN, `Mcp-Name: ${utf8}`])).toContain(
      'Mcp-Name is "caf\u00e9", the body says "caf\u00c3\u00a9"',
    );
    expect(await mismatch(modern('tools/call', '"name":"a"'), [MODERN, `Mcp-Method: t\u00c3\u00b6ols/call`])).toContain(
      'Mcp-Method is "t\u00f6ols/call"',
    );
    expect(await mismatch(modern('tools/call', '"name":"\ufffd"'), [MODERN, 'Mcp-Name: =?base64?/w==?='])).toContain(
      'which is not base64 of UTF-8',
    );
  });

  it('mirror the URI of a resource and the id of a task', async () => {
    expect(
      (await seen(modern('resources/read', '"uri":"file:///a b"'), [MODERN, 'Mcp-Name: file:///a b'])).header(
        'mcp-name',
      ),
    ).toBe('file:///a b');
    await mismatch(modern('resources/read', '"uri":"file:///a"'), [MODERN, 'Mcp-Name: file:///b']);
    await mismatch(modern('tasks/get', '"taskId":"t1"'), [MODERN, 'Mcp-Name: t2']);
  });

  it('cannot smuggle a line break, which is sent as base64', async () => {
    const request = await seen(modern('tools/call', '"name":"a\\r\\nX-Evil: 1"'), [PLATFORM]);
    expect(request.header('mcp-name')).toBe(`=?base64?${Buffer.from('a\r\nX-Evil: 1').toString('base64')}?=`);
    expect(request.headerNames).not.toContain('x-evil');
  });
});

describe('a missing mirrored header', () => {
  it('is derived behind the platform, which may have dropped it', async () => {
    expect(mirrored(await seen(ADD, [PLATFORM]))).toEqual(['2026-07-28', 'tools/call', 'add']);
    expect(mirrored(await seen(ADD, [PLATFORM, MODERN]))).toEqual(['2026-07-28', 'tools/call', 'add']);
  });

  it('is derived even if the version header did not arrive either', async () => {
    expect(mirrored(await seen(ADD, []))).toEqual(['2026-07-28', 'tools/call', 'add']);
    expect(mirrored(await seen(modern('tools/list'), []))).toEqual(['2026-07-28', 'tools/list', undefined]);
  });

  it('is not derived if the client talks to the proxy directly: the upstream decides', async () => {
    expect(mirrored(await seen(ADD, [MODERN]))).toEqual(['2026-07-28', undefined, undefined]);
    expect(mirrored(await seen(ADD, [MODERN, 'Mcp-Method: tools/call']))).toEqual([
      '2026-07-28',
      'tools/call',
      undefined,
    ]);
  });

  it('is not derived in the legacy era, which has none', async () => {
    expect(mirrored(await seen(LIST, ['MCP-Protocol-Version: 2025-06-18']))).toEqual([
      '2025-06-18',
      undefined,
      undefined,
    ]);
  });
});

describe('the headers that the rest of the proxy sees', () => {
  it.each([
    ['accept', 'accept'],
    ['accept-encoding', 'acceptEncoding'],
    ['mcp-protocol-version', 'protocolVersion'],
    ['last-event-id', 'lastEventId'],
    ['traceparent', 'traceparent'],
    ['tracestate', 'tracestate'],
    ['mcp-session-id', 'sessionId'],
    ['x-amzn-bedrock-agentcore-runtime-session-id', 'runtimeSessionId'],
  ])('include %s, as %s and as nothing else', (header, member) => {
    expect(inboundOf(undefined, { [header]: 'value', cookie: 'c' }, 'legacy')).toEqual({
      ...NO_HEADERS,
      [member]: 'value',
    });
  });

  it('include that Mcp-Method and Mcp-Name came, and the latter as it came', () => {
    expect(inboundOf(undefined, { 'mcp-method': 'm' }, 'legacy')).toEqual({ ...NO_HEADERS, mirrorMethod: true });
    expect(inboundOf(undefined, { 'mcp-name': 'n' }, 'legacy')).toEqual({
      ...NO_HEADERS,
      mirrorName: true,
      nameHeader: 'n',
    });
  });

  it('include Mcp-Param-* in the modern era only', () => {
    const headers = {
      'mcp-param-a': '1',
      'mcp-param-mcp-param-b': '2',
      'x-mcp-param-c': '3',
      'mcp-param-d': undefined,
    };
    expect(inboundOf(undefined, headers, 'modern').params).toEqual(
      new Map([
        ['a', '1'],
        ['mcp-param-b', '2'],
      ]),
    );
    expect(inboundOf(undefined, headers, 'legacy').params).toBeUndefined();
    expect(inboundOf(undefined, { 'x-mcp-param-c': '3' }, 'modern').params).toBeUndefined();
  });

  it.each([
    ['modern', {}, true],
    ['modern', { 'mcp-protocol-version': '2026-07-28' }, false],
    ['modern', { 'mcp-protocol-version': '2026-07-28', 'x-amzn-bedrock-agentcore-runtime-session-id': 'p' }, true],
    ['legacy', {}, false],
    ['legacy', { 'x-amzn-bedrock-agentcore-runtime-session-id': 'p' }, false],
  ] as const)('have missing mirrored ones derived: %s, %o: %s', (era, headers, derive) => {
    expect(inboundOf(undefined, headers, era)).toMatchObject({ derive, mirrorMethod: derive, mirrorName: derive });
  });

  it('are not compared with a response, which has no method', () => {
    const response = readMessage('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect(inboundOf(response, { 'mcp-method': 'tools/call', 'mcp-name': 'add' }, 'legacy').nameHeader).toBe('add');
  });

  it('may have a name where the body has no parameter to compare it with', () => {
    expect(inboundOf(readMessage(LIST), { 'mcp-name': 'anything' }, 'legacy').nameHeader).toBe('anything');
  });

  it('may have a version that the body leaves open', () => {
    expect(inboundOf(readMessage(LIST), { 'mcp-protocol-version': 'x' }, 'legacy').protocolVersion).toBe('x');
  });

  it('are quoted in a refusal up to the 200th character', () => {
    const name = `${'x'.repeat(199)}yz`;
    const quoted = JSON.stringify(name.slice(0, 200));
    expect(() => inboundOf(readMessage(ADD), { 'mcp-name': name }, 'modern')).toThrow(
      expect.objectContaining({ message: `header mismatch: Mcp-Name is ${quoted}, the body says "add"` }),
    );
    expect(() => inboundOf(readMessage(ADD), { 'mcp-name': '=?base64?*?=' }, 'modern')).toThrow(
      expect.objectContaining({ message: 'header mismatch: Mcp-Name is "=?base64?*?=", which is not base64 of UTF-8' }),
    );
  });
});

describe('the era of a message', () => {
  const initialize = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}';

  it.each([
    ['modern', ADD, undefined],
    ['modern', ADD, '2025-11-25'],
    ['legacy', LIST, undefined],
    ['legacy', LIST, '2025-11-25'],
    ['legacy', LIST, '2026-07-27'],
    ['modern', LIST, '2026-07-28'],
    ['modern', LIST, '2030-01-01'],
    ['legacy', initialize, '2026-07-28'],
    ['legacy', LIST, '3'],
    ['legacy', LIST, 'x2026-07-28'],
    ['legacy', LIST, '2026-07-28x'],
    ['legacy', LIST, '9999-1-01'],
    ['legacy', LIST, '9999-01-1'],
    ['legacy', LIST, '9-01-01'],
    ['legacy', LIST, 'zzzz-zz-zz'],
  ])('is %s for %s with the version header %s', (era, body, version) => {
    expect(eraOf(readMessage(body), { 'mcp-protocol-version': version })).toBe(era);
  });

  it('is that of the header if there is no message', () => {
    expect([eraOf(undefined, {}), eraOf(undefined, { 'mcp-protocol-version': '2026-07-28' })]).toEqual([
      'legacy',
      'modern',
    ]);
  });
});
