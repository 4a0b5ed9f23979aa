/** Where a client learns how to get a token: the challenge and the document, for each host. Without a proxy. */
import { describe, expect, it } from 'vitest';
import { ProtectedResource } from '../../proxy/ingress/protected-resource.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const issuers = ['https://login.example'];
const made = (url?: string, scopes: readonly string[] = []): ProtectedResource =>
  new ProtectedResource({ issuers, scopes, publicUrl: url === undefined ? undefined : new URL(url) });
const documentOf = (resource: ProtectedResource, path: string, host?: string): unknown => {
  const text = resource.document(path, host);
  return text === undefined ? undefined : JSON.parse(text);
};

describe('with a public URL', () => {
  it.each([
    ['https://tools.example/mcp', `https://tools.example${WELL_KNOWN}/mcp`],
    ['https://tools.example/team/mcp', `https://tools.example${WELL_KNOWN}/team/mcp`],
    ['https://tools.example', `https://tools.example${WELL_KNOWN}`],
  ])('%s, the challenge points to %s, whatever the host', (url, metadata) => {
    const resource = made(url);
    for (const host of [undefined, 'localhost', 'evil.example'])
      expect(resource.challenge(host)).toBe(`Bearer resource_metadata="${metadata}"`);
  });

  it('the document is at each path where clients look, and nowhere else', () => {
    const resource = made('https://tools.example/team/mcp');
    const document = {
      resource: 'https://tools.example/team/mcp',
      authorization_servers: issuers,
      bearer_methods_supported: ['header'],
    };
    for (const path of [WELL_KNOWN, `${WELL_KNOWN}/mcp`, `${WELL_KNOWN}/team/mcp`])
      expect(documentOf(resource, path, 'evil.example')).toEqual(document);
    for (const path of ['/', '/mcp', `${WELL_KNOWN}/`, `${WELL_KNOWN}/team`, '/.well-known/openid-configuration'])
      expect(documentOf(resource, path, 'localhost')).toBeUndefined();
  });

  it('the document names the scopes, if there are any', () => {
    expect(documentOf(made('https://tools.example/mcp', ['read', 'write']), WELL_KNOWN)).toHaveProperty(
      'scopes_supported',
      ['read', 'write'],
    );
  });
});

describe('without a public URL', () => {
  it.each(['localhost', 'localhost:8000', '127.0.0.1:8000', '[::1]:8000'])('%s is the resource', (host) => {
    const resource = made();
    expect(resource.challenge(host)).toBe(`Bearer resource_metadata="http://${host}${WELL_KNOWN}/mcp"`);
    expect(documentOf(resource, `${WELL_KNOWN}/mcp`, host)).toHaveProperty('resource', `http://${host}/mcp`);
    expect(documentOf(resource, `${WELL_KNOWN}/team/mcp`, host)).toBeUndefined();
  });

  it.each([
    undefined,
    'tools.example',
    'localhost.evil.example',
    'user@localhost',
    ':pass@localhost',
    'localhost?x',
    'localhost/other',
    'localhost#',
    'localhost/mcp?x',
    'localhost/mcp#x',
    'not a host',
  ])('%s is none: the challenge is bare, and there is no document', (host) => {
    const resource = made();
    expect(resource.challenge(host)).toBe('Bearer');
    expect(documentOf(resource, WELL_KNOWN, host)).toBeUndefined();
  });

  it('each host has its own challenge, however they alternate', () => {
    const resource = made();
    for (const [host, challenge] of [
      ['localhost:1', `Bearer resource_metadata="http://localhost:1${WELL_KNOWN}/mcp"`],
      ['localhost:2', `Bearer resource_metadata="http://localhost:2${WELL_KNOWN}/mcp"`],
      ['localhost:2', `Bearer resource_metadata="http://localhost:2${WELL_KNOWN}/mcp"`],
      [undefined, 'Bearer'],
      ['localhost:1', `Bearer resource_metadata="http://localhost:1${WELL_KNOWN}/mcp"`],
    ] as const)
      expect(resource.challenge(host)).toBe(challenge);
  });
});
