/** Who may use the console's server. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console, NotLocal } from '../../console/start.ts';
import { defineProxy } from '../../proxy/index.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { startWatched, type Watched } from './consoles.ts';

let upstream: Upstream;
let watched: Watched;

beforeAll(async () => {
  upstream = await startUpstream();
  watched = await startWatched(defineProxy({ controls: [] }), upstream.url);
});

afterAll(async () => {
  await watched[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** With exactly these headers: `fetch` sets some itself. */
function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  body?: string,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: watched.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const authorization = (): string => `Bearer ${watched.key}`;

describe('the console', () => {
  it('shows the empty page to anybody on this machine, and everything else to who has the key', async () => {
    expect((await ask('/')).status).toBe(200);
    expect((await ask('/')).body).not.toContain(watched.key);
    expect((await ask('/api/calls')).status).toBe(401);
    expect((await ask('/api/live')).status).toBe(401);
    expect((await ask('/api/calls', { authorization: `Bearer ${watched.key}x` })).status).toBe(401);
    expect((await ask('/api/calls', { authorization: authorization() })).status).toBe(200);
  });

  it('makes another key at each start', async () => {
    await using other = await startWatched(defineProxy({ controls: [] }), upstream.url);
    expect(other.key).not.toBe(watched.key);
    expect(other.key.length).toBeGreaterThanOrEqual(32);
  });

  it.each(['attacker.example', 'attacker.example:PORT', '127.0.0.1', 'localhost:1', '127.0.0.1.attacker.example:PORT'])(
    'refuses the Host %s, even with the key',
    async (host) => {
      const headers = { host: host.replace('PORT', String(watched.port)), authorization: authorization() };
      expect((await ask('/', headers)).status).toBe(403);
      expect((await ask('/api/calls', headers)).status).toBe(403);
    },
  );

  it('takes localhost for the Host', async () => {
    const host = `localhost:${watched.port}`;
    expect((await ask('/api/calls', { host, authorization: authorization() })).status).toBe(200);
  });

  it.each(['https://attacker.example', 'http://127.0.0.1:1', 'http://localhost:PORT.attacker.example', 'null'])(
    'refuses the Origin %s, even with the key',
    async (origin) => {
      const headers = { origin: origin.replace('PORT', String(watched.port)), authorization: authorization() };
      expect((await ask('/api/calls', headers)).status).toBe(403);
    },
  );

  it('refuses what a browser says that a page of another origin loads', async () => {
    for (const site of ['cross-site', 'same-site'])
      expect((await ask('/console.js', { 'sec-fetch-site': site })).status).toBe(403);
    for (const site of ['same-origin', 'none']) expect((await ask('/', { 'sec-fetch-site': site })).status).toBe(200);
  });

  it('permits no script but its own file, nothing from elsewhere, no frame, and no cache', async () => {
    const { headers } = await ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('acts only on a POST of JSON', async () => {
    const headers = { authorization: authorization() };
    expect((await ask('/', headers, 'POST', '{}')).status).toBe(405);
    expect((await ask('/api/calls', headers, 'POST', '{}')).status).toBe(405);
    expect((await ask('/api/calls', headers, 'DELETE')).status).toBe(405);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'myhost.example'])('can not watch a proxy that listens on %s', (proxyHost) => {
    expect(() => new Console({ config: defineProxy({ controls: [] }), showsValues: true, proxyHost })).toThrow(
      NotLocal,
    );
  });
});
