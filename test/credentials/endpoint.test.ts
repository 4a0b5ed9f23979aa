import { expect, test } from 'vitest';
import { documentFetch, parseEndpoint } from '../../proxy/credentials/endpoint.ts';
import { serve } from '../upstream/auth/loopback.ts';

const GET = { method: 'GET', headers: {} };

test.each(['https://idp.example.test/pool', 'http://127.0.0.1:9000/x', 'http://localhost:9000', 'http://[::1]:9000'])(
  'takes %s',
  (text) => {
    expect(parseEndpoint(text, 'UPSTREAM_ISSUER')).toEqual({ url: new URL(text) });
  },
);

test.each([
  ['idp', 'UPSTREAM_ISSUER: got "idp", expected a URL such as https://idp.example.com'],
  [
    'http://idp.example.test',
    'UPSTREAM_ISSUER: got http://idp.example.test, expected https (http only to this machine)',
  ],
  [
    'http://127.0.0.1.example.test',
    'UPSTREAM_ISSUER: got http://127.0.0.1.example.test, expected https (http only to this machine)',
  ],
  [
    'https://user:secret@idp.example.test',
    'UPSTREAM_ISSUER: got a URL with a user name or password in it, expected one without',
  ],
  [
    'https://idp.example.test/#x',
    'UPSTREAM_ISSUER: got a URL with a fragment (#…), expected one without (RFC 8414 §2, RFC 6749 §3.2)',
  ],
])('refuses %s and says what it expected', (text, error) => {
  expect(parseEndpoint(text, 'UPSTREAM_ISSUER')).toEqual({ error });
});

test('sends nothing over http to another machine', async () => {
  await expect(documentFetch('the token endpoint', 1000)('http://idp.example.test/token', GET)).rejects.toThrow(
    'the token endpoint is at http://idp.example.test, expected https',
  );
});

test('fails if an endpoint does not answer in time', async () => {
  await using silent = await serve(() => {});
  await expect(documentFetch('the token endpoint', 50)(silent.url, GET)).rejects.toThrow(
    'did not answer within 0.05 s',
  );
});

test('fails if an endpoint does not finish in time', async () => {
  await using slow = await serve((_request, response) => void response.writeHead(200).write('{'));
  await expect(documentFetch('the token endpoint', 50)(slow.url, GET)).rejects.toThrow('did not answer within 0.05 s');
});

test('fails if a document does not end', async () => {
  await using endless = await serve((_request, response) => {
    const more = () =>
      void (response.destroyed || response.write(Buffer.alloc(64 * 1024, 'x'), () => setImmediate(more)));
    more();
  });
  await expect(documentFetch('the issuer', 5000)(endless.url, GET)).rejects.toThrow(
    'sent more than 256 KiB, expected a small JSON document',
  );
});
