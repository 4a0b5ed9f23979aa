/** A client that has no token learns where it gets one (RFC 9728; MCP, authorization). */
import { describe, expect, it } from 'vitest';
import { jwks } from '../../proxy/callers/jwks.ts';
import { identify } from '../callers/seen-caller.ts';
import { exchange } from '../support/raw.ts';

const caller = jwks([
  { issuer: 'https://login.example.com/', audience: 'mcp', scopes: ['read', 'write'] },
  {
    issuer: 'https://machines.example.com/.well-known/openid-configuration',
    clientIds: ['robot'],
    scopes: ['read'],
    prefix: 'machines/',
    claims: [],
  },
]);
const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const get = (port: number, path: string, host: string, method = 'GET') =>
  exchange(port, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe('with a public URL', () => {
  const environment = { PUBLIC_URL: 'https://tools.example.com/team/mcp', HOST: '0.0.0.0' };
  const metadata = `https://tools.example.com${WELL_KNOWN}/team/mcp`;

  it('a refusal points to the document, and says whether another token is needed', async () => {
    await using proxy = await identify(caller, environment);
    const none = await proxy.send();
    expect([none.status, none.header('www-authenticate')]).toEqual([401, `Bearer resource_metadata="${metadata}"`]);
    const other = await proxy.send('Authorization: Basic YTpi');
    expect([other.status, other.header('www-authenticate')]).toEqual([401, `Bearer resource_metadata="${metadata}"`]);
    const wrong = await proxy.send('Authorization: Bearer e30.e30.e30');
    expect([wrong.status, wrong.header('www-authenticate')]).toEqual([
      401,
      `Bearer resource_metadata="${metadata}", error="invalid_token"`,
    ]);
    expect(proxy.upstream.received).toEqual([]);
  });

  it.each([WELL_KNOWN, `${WELL_KNOWN}/mcp`, `${WELL_KNOWN}/team/mcp`, `${WELL_KNOWN}?x=1`])(
    'the document is at %s, whatever the Host',
    async (path) => {
      await using proxy = await identify(caller, environment);
      const reply = await get(proxy.front.port, path, 'internal.example');
      expect([reply.status, JSON.parse(reply.text)]).toEqual([
        200,
        {
          resource: 'https://tools.example.com/team/mcp',
          authorization_servers: ['https://login.example.com/', 'https://machines.example.com'],
          scopes_supported: ['read', 'write'],
          bearer_methods_supported: ['header'],
        },
      ]);
    },
  );

  it('only reading is a method of the document, and other paths below are not found', async () => {
    await using proxy = await identify(caller, environment);
    expect((await get(proxy.front.port, WELL_KNOWN, 'a', 'POST')).status).toBe(405);
    expect((await get(proxy.front.port, `${WELL_KNOWN}/other`, 'a')).status).toBe(404);
  });
});

describe('without a public URL', () => {
  it('the resource is the URL of the request on this machine', async () => {
    await using proxy = await identify(caller);
    const { port } = proxy.front;
    const refused = await proxy.send(`Host: localhost:${port}`);
    const url = /^Bearer resource_metadata="(.*)"$/.exec(refused.header('www-authenticate') ?? '')?.[1] ?? '';
    expect(url).toBe(`http://localhost:${port}${WELL_KNOWN}/mcp`);
    const document: unknown = await (await fetch(url)).json();
    expect(document).toMatchObject({ resource: `http://localhost:${port}/mcp` });
  });

  it('no other Host is taken for the resource: the challenge is bare, and there is no document', async () => {
    await using proxy = await identify(caller, { HOST: '0.0.0.0' });
    const refused = await proxy.send('Host: evil.example');
    expect([refused.status, refused.header('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await get(proxy.front.port, WELL_KNOWN, 'evil.example')).status).toBe(404);
  });

  it.each(['evil.example@localhost', 'localhost/..//evil.example', 'localhost?x', 'localhost/other'])(
    'nor is a Host that says more than a host: %s',
    async (host) => {
      await using proxy = await identify(caller);
      expect((await get(proxy.front.port, WELL_KNOWN, host)).text).not.toContain('evil.example');
      expect((await get(proxy.front.port, WELL_KNOWN, host)).status).toBe(404);
    },
  );

  it('where clients get tokens elsewhere, there is neither', async () => {
    await using proxy = await identify(undefined);
    expect((await get(proxy.front.port, WELL_KNOWN, 'localhost')).status).toBe(404);
  });
});

it.each([
  'http://tools.example.com/mcp',
  'tools.example.com/mcp',
  'https://user@tools.example.com/mcp',
  'https://tools.example.com/mcp?x=1',
  'https://tools.example.com/mcp#x',
])('the public URL may not be %s', async (url) => {
  await expect(identify(caller, { PUBLIC_URL: url })).rejects.toThrow(
    'PUBLIC_URL: expected the https URL of /mcp (http on this machine) without a query',
  );
});
