import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';

let calculator: Awaited<ReturnType<typeof startCalculator>>;
beforeAll(async () => {
  calculator = await startCalculator();
});
afterAll(() => calculator.close());

const accept = 'application/json, text/event-stream';
const headers = { 'content-type': 'application/json', accept };

function post(body: unknown, more: Record<string, string> = {}): Promise<Response> {
  return fetch(calculator.url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
}

async function openSession(protocolVersion = '2025-11-25'): Promise<Record<string, string>> {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const reply = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  expect(await reply.text()).toContain(`"protocolVersion":"${protocolVersion}"`);
  const session = {
    'mcp-session-id': reply.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': protocolVersion,
  };
  expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session)).status).toBe(202);
  return session;
}

test.each(['2025-03-26', '2025-06-18', '2025-11-25'])('a session can be opened in %s', async (version) => {
  const session = await openSession(version);
  const reply = await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, session);
  expect(await reply.text()).toContain('"result":{}');
});

test('DELETE ends a session, and its id is unknown from then on', async () => {
  const session = await openSession();
  expect((await fetch(calculator.url, { method: 'DELETE', headers: session })).status).toBe(200);
  expect((await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, session)).status).toBe(404);
});

test('a call whose stream was cut is finished by a GET with Last-Event-ID', async () => {
  const session = await openSession();
  const call = { name: 'countdown', arguments: { steps: 3, intervalMs: 50 }, _meta: { progressToken: 'p' } };
  const reply = await post({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: call }, session);
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('"progress":1')) seen += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  const lastEventId = [...seen.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
  const rest = await (
    await fetch(calculator.url, { headers: { ...session, accept, 'last-event-id': lastEventId } })
  ).text();
  expect(rest).not.toContain('"progress":1,');
  expect(rest).toContain('"progress":2');
  expect(rest).toContain('lift-off');
  expect(rest).toContain('"id":7');
});

test('a modern call needs no session and streams only if there are events', async () => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'add' };
  const reply = await post(
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add', arguments: { a: 2, b: 2 }, _meta } },
    modern,
  );
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(await reply.json()).toMatchObject({
    id: 1,
    result: { resultType: 'complete', structuredContent: { result: 4 } },
  });
});

test.each(['GET', 'DELETE'])('%s is not allowed in the modern era', async (method) => {
  const reply = await fetch(calculator.url, { method, headers: { accept, 'mcp-protocol-version': '2026-07-28' } });
  expect(reply.status).toBe(405);
});

test.each([
  ['an unknown session', { 'mcp-session-id': 'nobody' }, 404],
  ['no session', {}, 400],
])('a legacy call with %s is refused', async (_what, more, status) => {
  expect((await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, more)).status).toBe(status);
});

test.each([{ host: 'evil.example' }, { origin: 'http://evil.example' }])('%j is refused', async (foreign) => {
  const status = await new Promise((resolve, reject) => {
    const outgoing = request(calculator.url, { method: 'POST', headers: { ...headers, ...foreign } }, (reply) =>
      resolve(reply.resume().statusCode),
    );
    outgoing.on('error', reject).end('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  });
  expect(status).toBe(403);
});
