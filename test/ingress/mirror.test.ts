import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
