import { describe, expect, test } from 'vitest';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { parsed, startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, LEGACY, MODERN, modern, send } from './messages.ts';

describe.each(['2025-03-26', '2025-06-18', '2025-11-25'])('version %s', (version) => {
  test('is negotiated, and every later request is forwarded as the client sent it', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const opened = await send(front, initialize(version));
    expect(opened.json().result?.['protocolVersion']).toBe(version);
    const session = opened.header('mcp-session-id');
    const reply = await send(front, legacy('tools/call', { name: 'x', arguments: {} }, { session, version }));
    expect(reply.json().result).toEqual({ session: 'upstream-session-1', version });
  });

  test('needs no header, like 2025-03-26', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = (await send(front, initialize(version))).header('mcp-session-id');
    const { body } = legacy('tools/list');
    const reply = await send(front, { body, headers: [`Mcp-Session-Id: ${session}`] });
    expect(reply.json().result).toEqual({ session: 'upstream-session-1' });
  });

  test('works with an upstream that keeps no sessions', async () => {
    await using upstream = await startUpstream((request, response) =>
      respondJson(response, { jsonrpc: '2.0', id: parsed(request)['id'], result: { protocolVersion: version } }),
    );
    await using front = await startFront(upstream);
    const opened = await send(front, initialize(version));
    expect(opened.header('mcp-session-id')).toBeUndefined();
    expect((await send(front, legacy('tools/list', {}, { version }))).status).toBe(200);
    expect(upstream.received.map((request) => request.header('mcp-session-id'))).toEqual([undefined, undefined]);
  });
});

test('an upstream that only speaks an older version tells the client so, and later requests name that version', async () => {
  await using upstream = await startLegacyUpstream({ version: '2025-03-26' });
  await using front = await startFront(upstream);
  const opened = await send(front, initialize('2025-11-25'));
  expect(opened.json().result?.['protocolVersion']).toBe('2025-03-26');
  const reply = await send(
    front,
    legacy('tools/list', {}, { session: opened.header('mcp-session-id'), version: '2025-03-26' }),
  );
  expect(reply.json().result?.['version']).toBe('2025-03-26');
});

test('after the proxy reopened a session, the version is the one agreed with the upstream, whatever the client says', async () => {
  let version = '2025-11-25';
  await using upstream = await startLegacyUpstream();
  const { answer } = upstream;
  // An older build starts after the restart.
  upstream.answer = (request, response) => {
    if (!request.text.includes('"initialize"') || version === '2025-11-25') return answer(request, response);
    return answer(
      { ...request, header: request.header.bind(request), text: request.text.replace('2025-11-25', version) },
      response,
    );
  };
  await using front = await startFront(upstream, { upstreams: { default: { reopen: true } } });
  const session = (await send(front, initialize('2025-11-25'))).header('mcp-session-id');
  upstream.forget();
  version = '2025-06-18';
  const reply = await send(front, legacy('tools/list', {}, { session, version: '2025-11-25' }));
  expect(reply.json().result).toEqual({ session: 'upstream-session-2', version: '2025-06-18' });
  const again = await send(front, legacy('tools/list', {}, { session, version: '2025-11-25' }));
  expect(again.json().result).toEqual({ session: 'upstream-session-2', version: '2025-06-18' });
});

test('a session that the proxy opens for an unknown client uses the version of that client', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream, { upstreams: { default: { reopen: true } } });
  const platform = ['X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: 11111111-1111-1111-1111-111111111111'];
  expect(
    (await send(front, legacy('tools/list', {}, { version: '2025-06-18' }), platform)).json().result?.['version'],
  ).toBe('2025-06-18');
  expect(upstream.initialized[0]).toMatchObject({ protocolVersion: '2025-06-18' });
});

describe(`version ${MODERN}`, () => {
  test('has neither handshake nor session: a request arrives with only its own headers', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const sent = modern('tools/call', { name: 'add', arguments: { a: 1 } }, 7);
    expect((await send(front, sent)).json()).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
    expect(upstream.received).toHaveLength(1);
    const [request] = upstream.received;
    expect(request?.text).toBe(sent.body);
    expect(request?.header('mcp-protocol-version')).toBe(MODERN);
    expect(request?.header('mcp-method')).toBe('tools/call');
    expect(request?.header('mcp-name')).toBe('add');
    expect(request?.headerNames.toSorted()).toEqual([
      'accept',
      'connection',
      'content-length',
      'content-type',
      'host',
      'mcp-method',
      'mcp-name',
      'mcp-protocol-version',
    ]);
  });

  test('has no GET and no DELETE, and the upstream is not asked', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(front.proxy.url, {
        method,
        headers: { 'MCP-Protocol-Version': MODERN, Accept: 'text/event-stream' },
      });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect(upstream.received).toHaveLength(0);
  });

  test('is refused by a legacy upstream in its own words, not bridged', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const reply = await send(front, modern('server/discover'));
    expect(reply.status).toBe(404);
    expect(reply.json().error).toEqual({ code: -32001, message: 'Session not found' });
    expect(upstream.initialized).toHaveLength(0);
  });
});

test('if an upstream refuses a version, its answer and status reach the client', async () => {
  const body =
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2025-06-18"]}}}';
  await using upstream = await startUpstream((_request, response) => respondJson(response, body, { status: 400 }));
  await using front = await startFront(upstream);
  const reply = await send(front, legacy('tools/list', {}, { version: LEGACY }));
  expect([reply.status, reply.text]).toEqual([400, body]);
});
