/** What each of several upstreams gets of the proxy's credentials and sessions. */
import { describe, expect, it, vi } from 'vitest';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

vi.stubEnv('MATH_KEY', 'key-of-math');
vi.stubEnv('CRM_KEY', 'key-of-crm');
const AUTHENTICATED = {
  UPSTREAM_MATH_AUTH: 'bearer',
  UPSTREAM_MATH_SECRET: 'env:MATH_KEY',
  UPSTREAM_CRM_AUTH: 'bearer',
  UPSTREAM_CRM_SECRET: 'env:CRM_KEY',
  UPSTREAM_CRM_HEADER: 'X-Api-Key',
};

/** The different values of a header in all requests; `none` where it is missing. */
function values({ received }: Upstream, header: string): string[] {
  return [...new Set(received.map((request) => request.header(header) ?? 'none'))];
}

/** All headers of all requests, to look for what belongs to the other upstream. */
function headersOf({ received }: Upstream): string {
  return received.flatMap(({ rawHeaders }) => rawHeaders).join('\n');
}

function expectOwnCredentials(math: Upstream, crm: Upstream): void {
  expect(values(math, 'authorization')).toEqual(['Bearer key-of-math']);
  expect(values(crm, 'x-api-key')).toEqual(['key-of-crm']);
  expect(headersOf(math)).not.toContain('key-of-crm');
  expect(headersOf(crm)).not.toContain('key-of-math');
}

describe('each of several upstreams', () => {
  it('gets only its own credentials, whatever is sent to it (2026-07-28)', async () => {
    const results = {
      'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
      'tools/list': { tools: [tool('who')] },
      'tools/call': { content: [] },
    };
    await using math = await scripted(results);
    await using crm = await scripted(results);
    await using several = await startSeveral({ math: math.url, crm: crm.url }, {}, AUTHENTICATED);
    const { url } = several.proxy;
    for (const method of ['server/discover', 'tools/list']) expect((await post(url, method)).status).toBe(200);
    for (const name of ['math___who', 'crm___who'])
      expect((await post(url, 'tools/call', { name })).message).toHaveProperty('result');
    for (const { received } of [math, crm])
      expect(received.map(({ text }) => (JSON.parse(text) as { method: string }).method)).toContain('tools/call');
    expectOwnCredentials(math, crm);
  });

  it('gets only its own credentials and session id, whatever is sent to it (2025-11-25)', async () => {
    await using math = await legacy('math');
    await using crm = await legacy('crm');
    await using several = await startSeveral({ math: math.url, crm: crm.url }, {}, AUTHENTICATED);
    const { url } = several.proxy;
    const opened = await send(url, 'POST', {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    });
    const session = { 'Mcp-Session-Id': opened.headers.get('mcp-session-id') ?? '' };
    await send(url, 'POST', { method: 'notifications/initialized' }, session);
    await send(url, 'POST', { id: 2, method: 'tools/list' }, session);
    for (const name of ['math___who', 'crm___who'])
      expect((await send(url, 'POST', { id: 3, method: 'tools/call', params: { name } }, session)).text).toContain(
        '"result"',
      );
    await send(url, 'DELETE', undefined, session);
    for (const { received } of [math, crm]) expect(received.map(({ method }) => method)).toContain('DELETE');
    expectOwnCredentials(math, crm);
    expect(values(math, 'mcp-session-id')).toEqual(['none', 'session-of-math']);
    expect(values(crm, 'mcp-session-id')).toEqual(['none', 'session-of-crm']);
  });
});

function legacy(name: string): Promise<Upstream> {
  return startUpstream((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    const { id, method } = JSON.parse(request.text) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') response.setHeader('Mcp-Session-Id', `session-of-${name}`);
    const opening = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name, version: '1' } };
    const others = method === 'tools/list' ? { tools: [tool('who')] } : { content: [] };
    respondJson(response, { jsonrpc: '2.0', id, result: method === 'initialize' ? opening : others });
  });
}

async function send(url: string, method: string, message?: object, headers: Readonly<Record<string, string>> = {}) {
  const reply = await fetch(url, {
    method,
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
      ...headers,
    },
    ...(message === undefined ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
  });
  return { headers: reply.headers, text: await reply.text() };
}
