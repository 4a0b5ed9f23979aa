import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { canonicalRequest, createSigner, type SigningCredentials } from '../../../proxy/upstream/auth/sigv4.ts';
import {
  startVerifyingServer,
  verifySigV4,
  type ReceivedRequest,
  type VerifierRules,
} from '../../support/sigv4-verifier.ts';
import { VECTORS } from './sigv4-vectors.ts';

const EXAMPLE: SigningCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const SCOPE = { region: 'eu-west-1', service: 'bedrock-agentcore' };
const RUNTIME_PATH =
  '/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aeu-west-1%3A123456789012%3Aruntime%2Fcalculator-AbCdEfGhIj/invocations?qualifier=DEFAULT';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function outgoing(overrides: Partial<Outgoing> = {}): Outgoing {
  return {
    method: 'POST',
    host: 'example.test',
    path: '/mcp',
    body: Buffer.from('{"jsonrpc":"2.0"}'),
    headers: ['content-type', 'application/json'],
    ...overrides,
  };
}

function signedHeadersOf(headers: readonly string[]): string[] {
  return /SignedHeaders=([^,]+)/.exec(headers.at(-1) ?? '')?.[1]?.split(';') ?? [];
}

describe("AWS's published vectors", () => {
  const signer = createSigner({ region: 'us-east-1', service: 'service' });

  test.each(VECTORS)(
    '$name produces the published canonical request and signature',
    ({ method, path, headers, body, canonical, signature }) => {
      const request = canonicalRequest({ method, path, headers, bodyHash: sha256(body) });
      expect(request.text).toBe(canonical.join('\n'));
      expect(signer.authorization(request, EXAMPLE, '20150830T123600Z')).toBe(
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${canonical.at(-2)}, Signature=${signature}`,
      );
    },
  );
});

test.each([
  ['/?b=2&a=2&b=1&a=1&ab=0', 'a=1&a=2&ab=0&b=1&b=2'],
  ['/?a=1&&a=0&', 'a=0&a=1'],
  ['/?name', 'name='],
  ['/?=value', '=value'],
  ['/?a=b=c', 'a=b%3Dc'],
  ['/?a=b+c&d=%20', 'a=b%20c&d=%20'],
  ['/?a=%zz', 'a=%25zz'],
  ["/?a=!'()*~", 'a=%21%27%28%29%2A~'],
  ['?a=1', 'a=1'],
])('the query of %s is signed as %s', (path, query) => {
  const { text } = canonicalRequest({ method: 'GET', path, headers: [['host', 'h']], bodyHash: 'x' });
  expect(text.split('\n').slice(0, 3)).toEqual(['GET', '/', query]);
});

/** The SDK's hash contract on node:crypto. */
class Sha256 {
  readonly #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      key === undefined
        ? createHash('sha256')
        : createHmac(
            'sha256',
            typeof key === 'string'
              ? key
              : ArrayBuffer.isView(key)
                ? Buffer.from(key.buffer, key.byteOffset, key.byteLength)
                : Buffer.from(key),
          );
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const word = fc.stringMatching(/^[A-Za-z0-9\-._~]{1,12}$/);
const arbitraryRequest = fc.record({
  method: fc.constantFrom('POST', 'GET', 'DELETE'),
  // As a URL parser returns them: encoded, no dot segments. Double slashes and characters like `!'()*` stay.
  segments: fc
    .array(
      fc.oneof(
        word,
        fc.string({ unit: 'grapheme', maxLength: 8 }).map(encodeURIComponent),
        fc.constant('arn%3Aaws%3Ax%2Fy'),
        fc.constant("!'()*:@"),
      ),
      { maxLength: 5 },
    )
    .map((segments) => segments.filter((segment) => segment !== '.' && segment !== '..')),
  slash: fc.boolean(),
  query: fc.dictionary(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter((key) => key !== '__proto__' && key.toLowerCase() !== 'x-amz-signature'),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    { maxKeys: 4, noNullPrototype: true },
  ),
  headers: fc.dictionary(
    fc.stringMatching(/^(mcp|x-amz|x-custom|accept|content)-[a-z]{1,8}$/),
    fc.stringMatching(/^[\x20-\x7e]{0,30}$/),
    { maxKeys: 6, noNullPrototype: true },
  ),
  body: fc.option(fc.uint8Array({ maxLength: 400 }), { nil: undefined }),
  sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9/+=]{1,100}$/), { nil: undefined }),
  region: fc.constantFrom('us-east-1', 'eu-central-1'),
  now: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
});
const OWN = new Set(['x-amz-date', 'x-amz-security-token', 'accept-encoding', 'content-length', 'x-amz-signature']);

describe('agreement', () => {
  test("signs any request as AWS's own SDK does", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRequest,
        async ({ method, segments, slash, query, headers, body, sessionToken, region, now }) => {
          const path = `/${segments.join('/')}${slash ? '/' : ''}`;
          const search = Object.entries(query)
            .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
            .join('&');
          const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
          const keys = { accessKeyId: EXAMPLE.accessKeyId, secretAccessKey: EXAMPLE.secretAccessKey };
          const credentials = sessionToken === undefined ? keys : { ...keys, sessionToken };
          const bytes = body === undefined ? undefined : Buffer.from(body);

          const list = Object.entries(sent).flat();
          const scope = { region, service: 'bedrock-agentcore' };
          createSigner(scope).sign(
            {
              method: method === 'GET' ? 'GET' : method === 'DELETE' ? 'DELETE' : 'POST',
              host: 'example.test:8443',
              path: search === '' ? path : `${path}?${search}`,
              body: bytes,
              headers: list,
            },
            credentials,
            now,
          );

          const oracle = await new SignatureV4({ ...scope, credentials, sha256: Sha256 }).sign(
            {
              method,
              protocol: 'https:',
              hostname: 'example.test',
              path,
              query,
              headers: { ...sent, host: 'example.test:8443' },
              ...(bytes === undefined ? {} : { body: bytes }),
            },
            { signingDate: new Date(now) },
          );
          expect(list.at(-1)).toBe(oracle.headers['authorization']);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('signs any request in a way that the independent verifier accepts', () => {
    fc.assert(
      fc.property(arbitraryRequest, ({ segments, slash, query, body, sessionToken, region, now }) => {
        const search = new URLSearchParams(query).toString();
        const target = `/${segments.join('/')}${slash ? '/' : ''}${search === '' ? '' : `?${search}`}`;
        const request = outgoing({
          path: target,
          body: body === undefined ? undefined : Buffer.from(body),
          headers: [],
        });
        createSigner({ ...SCOPE, region }).sign(request, { ...EXAMPLE, sessionToken }, now);
        const received: ReceivedRequest = {
          method: 'POST',
          target,
          rawHeaders: ['Host', 'example.test', ...request.headers],
          body: Buffer.from(request.body ?? ''),
        };
        expect(
          verifySigV4(received, { ...SCOPE, region, secretFor: () => EXAMPLE.secretAccessKey, clock: () => now }),
        ).toMatchObject({ accepted: true });
      }),
      { numRuns: 200 },
    );
  });
});

const KEYS = { accessKeyId: 'AKIDLIVE', secretAccessKey: 'live-secret', sessionToken: 'live-session' };
const RULES: VerifierRules = {
  ...SCOPE,
  secretFor: (id, token) => (id === KEYS.accessKeyId && token === KEYS.sessionToken ? KEYS.secretAccessKey : undefined),
};

/** Sends exactly what was signed over a real socket. */
async function send(host: string, request: Outgoing): Promise<number> {
  const [hostname, port] = host.split(':');
  return new Promise((resolve, reject) => {
    http
      .request(
        { hostname, port, method: request.method, path: request.path, headers: ['host', host, ...request.headers] },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        },
      )
      .on('error', reject)
      .end(request.body);
  });
}

describe('a live upstream that checks signatures', () => {
  const signer = createSigner(SCOPE);

  test('accepts a signed call, including its session token', async () => {
    await using upstream = await startVerifyingServer(RULES);
    const request = outgoing({ host: upstream.host });
    signer.sign(request, KEYS, Date.now());
    expect(await send(upstream.host, request)).toBe(200);
  });

  test('accepts the encoded runtime ARN in the path, whose percent signs are encoded again when signed', async () => {
    await using upstream = await startVerifyingServer(RULES);
    const request = outgoing({ host: upstream.host, path: RUNTIME_PATH });
    signer.sign(request, KEYS, Date.now());
    expect(await send(upstream.host, request)).toBe(200);
    expect(canonicalRequest({ ...request, headers: [], bodyHash: '' }).text).toContain(
      '/runtimes/arn%253Aaws%253Abedrock-agentcore',
    );
  });

  test('accepts GET and DELETE without a body', async () => {
    await using upstream = await startVerifyingServer(RULES);
    for (const method of ['GET', 'DELETE'] as const) {
      const request = outgoing({
        host: upstream.host,
        method,
        body: undefined,
        headers: ['accept', 'text/event-stream', 'mcp-session-id', 'abc'],
      });
      signer.sign(request, KEYS, Date.now());
      expect(await send(upstream.host, request)).toBe(200);
    }
  });

  test('refuses a signature made with another secret', async () => {
    await using upstream = await startVerifyingServer(RULES);
    const request = outgoing({ host: upstream.host });
    signer.sign(request, { ...KEYS, secretAccessKey: 'another' }, Date.now());
    expect(await send(upstream.host, request)).toBe(403);
    expect(upstream.verdicts).toMatchObject([{ reason: 'the signature does not match' }]);
  });

  test('refuses a date more than five minutes off, either way', async () => {
    await using upstream = await startVerifyingServer(RULES);
    for (const minutes of [-6, 6]) {
      const request = outgoing({ host: upstream.host });
      signer.sign(request, KEYS, Date.now() + minutes * 60_000);
      expect(await send(upstream.host, request)).toBe(403);
    }
    expect(upstream.verdicts).toMatchObject([
      { reason: expect.stringContaining('expired') },
      { reason: expect.stringContaining('not yet current') },
    ]);
  });

  test.each<[string, (request: ReceivedRequest) => ReceivedRequest, string]>([
    [
      'a body changed on the way',
      (request) => ({ ...request, body: Buffer.from('{"jsonrpc":"3.0"}') }),
      'x-amz-content-sha256 is not the hash of the body',
    ],
    [
      'a body changed together with its declared hash',
      (request) => replaced({ ...request, body: Buffer.from('{}') }, 'x-amz-content-sha256', sha256('{}')),
      'the signature does not match',
    ],
    ['a path changed on the way', (request) => ({ ...request, target: '/other' }), 'the signature does not match'],
    [
      'a query added on the way',
      (request) => ({ ...request, target: `${request.target}?a=b` }),
      'the signature does not match',
    ],
    [
      'an mcp header changed on the way',
      (request) => replaced(request, 'mcp-name', 'delete_everything'),
      'the signature does not match',
    ],
    [
      'an x-amz header added on the way',
      (request) => ({ ...request, rawHeaders: [...request.rawHeaders, 'x-amz-target', 'other'] }),
      'header x-amz-target must be signed',
    ],
  ])('refuses %s', async (_what, tamper, reason) => {
    await using upstream = await startVerifyingServer(RULES, undefined, tamper);
    const request = outgoing({ host: upstream.host, headers: ['content-type', 'application/json', 'mcp-name', 'add'] });
    signer.sign(request, KEYS, Date.now());
    expect(await send(upstream.host, request)).toBe(403);
    expect(upstream.verdicts).toMatchObject([{ accepted: false, reason }]);
  });
});

function replaced(request: ReceivedRequest, name: string, value: string): ReceivedRequest {
  const rawHeaders = [...request.rawHeaders];
  rawHeaders[rawHeaders.indexOf(name) + 1] = value;
  return { ...request, rawHeaders };
}

describe('the signer', () => {
  test('signs what the proxy sends, and leaves out what hops change', () => {
    const changed = [
      'accept-encoding',
      'identity',
      'traceparent',
      '00-1-2-01',
      'x-amzn-trace-id',
      'Root=1',
      'user-agent',
      'proxy',
      'content-length',
      '17',
      'connection',
      'keep-alive',
    ];
    const kept = [
      'accept',
      'application/json',
      'mcp-method',
      'tools/call',
      'x-amzn-bedrock-agentcore-runtime-session-id',
      'abc',
      'content-type',
      'application/json',
    ];
    const request = outgoing({ headers: [...changed, ...kept] });
    createSigner(SCOPE).sign(request, KEYS, Date.now());
    expect(signedHeadersOf(request.headers)).toEqual([
      'accept',
      'content-type',
      'host',
      'mcp-method',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
      'x-amzn-bedrock-agentcore-runtime-session-id',
    ]);
  });

  test('leaves a header beyond ASCII unsigned, since the two ends may read different text', () => {
    const request = outgoing({ headers: ['mcp-name', 'añadir', 'mcp-method', 'tools/call'] });
    createSigner(SCOPE).sign(request, KEYS, Date.now());
    expect(signedHeadersOf(request.headers)).toEqual([
      'host',
      'mcp-method',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ]);
  });

  test('replaces an earlier signature, and a session token that came with the request', () => {
    const request = outgoing({
      headers: ['x-amz-security-token', 'smuggled', 'authorization', 'Bearer inbound', 'accept', 'a/b'],
    });
    const signer = createSigner(SCOPE);
    signer.sign(request, KEYS, Date.now() - 3_600_000);
    signer.sign(request, KEYS, Date.now());
    const names = request.headers.filter((_, i) => i % 2 === 0);
    expect(names).toEqual(['accept', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'authorization']);
    expect(request.headers).not.toContain('smuggled');
  });

  test('follows the day and the secret: it never signs with an outdated cached key', () => {
    const signer = createSigner(SCOPE);
    const day = Date.UTC(2026, 10, 1, 23, 59, 59);
    for (const [credentials, now] of [
      [EXAMPLE, day],
      [EXAMPLE, day + 1000],
      [KEYS, day + 1000],
      [EXAMPLE, day],
    ] as const) {
      const cached = outgoing();
      const fresh = outgoing();
      signer.sign(cached, credentials, now);
      createSigner(SCOPE).sign(fresh, credentials, now);
      expect(cached.headers).toEqual(fresh.headers);
    }
  });
});
