/** Web pages of other origins: only those that the deployment lists, with the headers that MCP's clients need. */
import { describe, expect, it } from 'vitest';
import { jwks } from '../../proxy/callers/jwks.ts';
import { startFront } from '../support/front.ts';
import { exchange, post } from '../support/raw.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { LIST } from './messages.ts';

const APP = 'https://app.example.com';
const LISTED = { ALLOWED_ORIGINS: `${APP} http://localhost:6274` };
const preflight = (port: number, origin: string, headers = '', path = '/mcp') =>
  exchange(
    port,
    `OPTIONS ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n${headers === '' ? '' : `Access-Control-Request-Headers: ${headers}\r\n`}Connection: close\r\n\r\n`,
  );

describe('a listed origin', () => {
  it('may send what MCP needs, and nothing else', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { environment: LISTED });
    const asked = 'authorization,content-type, mcp-protocol-version,mcp-session-id,Mcp-Param-Region,cookie,x-other';
    const reply = await preflight(front.port, APP, asked);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(
      Object.fromEntries(
        ['allow-origin', 'allow-methods', 'allow-headers', 'max-age', 'allow-credentials'].map((name) => [
          name,
          reply.header(`access-control-${name}`),
        ]),
      ),
    ).toEqual({
      'allow-origin': APP,
      'allow-methods': 'POST, GET, DELETE',
      'allow-headers': 'authorization, content-type, mcp-protocol-version, mcp-session-id, mcp-param-region',
      'max-age': '600',
      'allow-credentials': undefined,
    });
    expect(upstream.received).toEqual([]);
  });

  it('may read replies, with the headers that clients need, instead of what the upstream says about origins', async () => {
    await using upstream = await startUpstream((_, response) =>
      respondJson(
        response,
        { jsonrpc: '2.0', id: 1, result: {} },
        { headers: { 'Access-Control-Allow-Origin': '*', 'X-Other': 'kept' } },
      ),
    );
    await using front = await startFront(upstream, { environment: LISTED });
    const reply = await post(front.port, LIST, [`Origin: ${APP}`]);
    expect(reply.status).toBe(200);
    expect(reply.raw.split('\r\n').filter((line) => /^access-control|^vary|^x-other/i.test(line))).toEqual([
      'X-Other: kept',
      `Access-Control-Allow-Origin: ${APP}`,
      'Access-Control-Expose-Headers: Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After',
      'Vary: Origin',
    ]);
  });

  it('may read refusals and where to get a token', async () => {
    await using upstream = await startUpstream();
    const caller = jwks({ issuer: 'https://login.example.com', audience: 'mcp' });
    await using front = await startFront(upstream, { environment: LISTED, caller });
    const refused = await post(front.port, LIST, [`Origin: ${APP}`]);
    expect([refused.status, refused.header('access-control-allow-origin')]).toEqual([401, APP]);
    const path = '/.well-known/oauth-protected-resource/mcp';
    expect((await preflight(front.port, APP, 'mcp-protocol-version', path)).status).toBe(204);
    const document = await exchange(
      front.port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${APP}\r\nConnection: close\r\n\r\n`,
    );
    expect([document.status, document.header('access-control-allow-origin')]).toEqual([200, APP]);
  });
});

describe('any other origin', () => {
  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
    'is refused and gets no header: %s',
    async (origin) => {
      await using upstream = await startUpstream();
      await using front = await startFront(upstream, { environment: LISTED });
      const asked = await preflight(front.port, origin, 'authorization');
      const called = await post(front.port, LIST, [`Origin: ${origin}`]);
      expect([asked.status, called.status]).toEqual([403, 403]);
      for (const reply of [asked, called]) expect(reply.header('access-control-allow-origin')).toBeUndefined();
      expect(upstream.received).toEqual([]);
    },
  );

  it('is refused without a list, and replies have no header about origins', async () => {
    await using upstream = await startUpstream((_, response) =>
      respondJson(
        response,
        { jsonrpc: '2.0', id: 1, result: {} },
        { headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' } },
      ),
    );
    await using front = await startFront(upstream);
    expect((await preflight(front.port, APP)).status).toBe(403);
    const reply = await post(front.port, LIST);
    expect(reply.raw.split('\r\n').filter((line) => /^access-control|^vary/i.test(line))).toEqual([]);
  });
});

it.each(['app.example.com', 'https://app.example.com/', 'https://app.example.com:443', '*', 'null', 'ftp://a.example'])(
  'the list may not have %s',
  async (origin) => {
    await using upstream = await startUpstream();
    await expect(startFront(upstream, { environment: { ALLOWED_ORIGINS: origin } })).rejects.toThrow(
      'ALLOWED_ORIGINS: expected origins such as https://app.example.com, separated by commas',
    );
  },
);
