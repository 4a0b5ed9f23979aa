/**
 * Calls with the proxy's own credentials, through the whole proxy: what the upstream sees, and what the client never
 * sees.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lines } from '../dispatch/lines.ts';
import { errorData } from '../support/error-data.ts';
import { startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { verifySigV4, type Verdict } from '../support/sigv4-verifier.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { type Answer, emptyResult, respondJson, startUpstream } from '../support/upstream.ts';
import { startLegacyUpstream } from './legacy-upstream.ts';
import { eras, initialize, legacy, modern, send } from './messages.ts';

const ARN = 'arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/my_server-AbC123';
const RUNTIME_PATH = `/runtimes/${encodeURIComponent(ARN)}/invocations?qualifier=DEFAULT`;
const RUNTIME_SESSION = 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id';
const call = modern('tools/call', { name: 'x', arguments: {} });

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

/** Returns the log line for the id that the client was given. */
async function logLineOf(reply: RawReply): Promise<unknown> {
  const errorId = reply.json().error?.data?.['errorId'];
  expect(errorId).toEqual(expect.any(String));
  return (await lines.find((line) => line['errorId'] === errorId))['why'];
}

/** What the client must not learn about a failing credential. */
function expectBadGateway(reply: RawReply): void {
  expect(reply.status).toBe(502);
  expect(reply.json().error).toMatchObject({ code: -32603, data: { reason: 'upstream-auth' } });
  expect(reply.header('www-authenticate')).toBeUndefined();
  expect(reply.raw + reply.text).not.toMatch(/AKIDTEST|secret-access-key|session-token|first-secret|Bearer ey/);
}

describe('iam', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-access-key');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session-token');
  });
  afterEach(() => void vi.unstubAllEnvs());

  /** Answers correctly signed requests, and refuses all others as AWS does. */
  function verifying(verdicts: Verdict[], answer: Answer, secret = 'secret-access-key'): Answer {
    return (request, response) => {
      const verdict = verifySigV4(request, {
        region: 'eu-west-1',
        service: 'bedrock-agentcore',
        secretFor: (id, token) => (id === 'AKIDTEST' && token === 'session-token' ? secret : undefined),
      });
      verdicts.push(verdict);
      if (verdict.accepted) return answer(request, response);
      respondJson(
        response,
        { message: verdict.reason },
        { status: 403, headers: { 'x-amzn-errortype': verdict.error } },
      );
    };
  }
  const environment = (url: string) => ({ UPSTREAM_URL: url, UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' });

  test.each(eras)(
    'signs %s calls in a way that an independent verifier accepts, including the MCP headers',
    async (_era, message) => {
      const verdicts: Verdict[] = [];
      await using upstream = await startUpstream(verifying(verdicts, emptyResult));
      await using front = await startFront(upstream, { environment: environment(upstream.url) });
      expect(
        (await send(front, message('tools/call', { name: 'naïve “name”', arguments: { text: 'ünï' } }))).status,
      ).toBe(200);
      const [verdict] = verdicts;
      if (verdict?.accepted !== true) throw new Error(`refused: ${verdict?.reason}`);
      expect(verdict.signedHeaders).toEqual(
        expect.arrayContaining(['host', 'content-type', 'mcp-protocol-version', 'x-amz-date', 'x-amz-security-token']),
      );
    },
  );

  test('signs a GET, a DELETE and the invocation URL of a runtime, with its ARN encoded in the path', async () => {
    const verdicts: Verdict[] = [];
    await using upstream = await startLegacyUpstream();
    upstream.answer = verifying(verdicts, upstream.answer);
    await using front = await startFront(upstream, {
      environment: environment(`http://127.0.0.1:${upstream.port}${RUNTIME_PATH}`),
    });
    const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
    expect((await send(front, legacy('tools/list', {}, { session }))).status).toBe(200);
    const get = await fetch(front.proxy.url, { headers: { 'Mcp-Session-Id': session, Accept: 'text/event-stream' } });
    await get.body?.cancel();
    const end = await fetch(front.proxy.url, { method: 'DELETE', headers: { 'Mcp-Session-Id': session } });
    expect([get.status, end.status]).toEqual([200, 204]);
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([true, true, true, true]);
    expect(new Set(upstream.received.map(({ target }) => target))).toEqual(new Set([RUNTIME_PATH]));
  });

  test('sends a runtime one session header per upstream session: stable, signed, and not chosen by the client', async () => {
    const verdicts: Verdict[] = [];
    await using upstream = await startLegacyUpstream();
    upstream.answer = verifying(verdicts, upstream.answer);
    await using front = await startFront(upstream, {
      environment: environment(`http://127.0.0.1:${upstream.port}${RUNTIME_PATH}`),
      upstreams: { default: { reopen: true } },
    });
    const headersOf = async (client: string): Promise<Set<string | undefined>> => {
      const from = upstream.received.length;
      const platform = [`${RUNTIME_SESSION}: ${client}`];
      const session = (await send(front, initialize(), platform)).header('mcp-session-id');
      for (let i = 0; i < 3; i++)
        expect((await send(front, legacy('tools/list', {}, { session }), platform)).status).toBe(200);
      upstream.forget();
      expect((await send(front, legacy('tools/list', {}, { session }), platform)).status).toBe(200);
      return new Set(upstream.received.slice(from).map((received) => received.header(RUNTIME_SESSION)));
    };
    const [first, second] = [await headersOf(randomUUID()), await headersOf(randomUUID())];
    // One header for the handshake, the calls and the re-opening; another for the other client.
    expect([first.size, second.size]).toEqual([1, 1]);
    const [a, b] = [...first, ...second];
    expect(a).not.toBe(b);
    expect(a).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{32,}$/);
    expect(
      verdicts.every((verdict) => verdict.accepted && verdict.signedHeaders.includes(RUNTIME_SESSION.toLowerCase())),
    ).toBe(true);
  });

  test('sends a runtime the same session header with all modern calls of one client, and a different one for another client', async () => {
    const verdicts: Verdict[] = [];
    await using upstream = await startUpstream(verifying(verdicts, emptyResult));
    await using front = await startFront(upstream, {
      environment: environment(`http://127.0.0.1:${upstream.port}${RUNTIME_PATH}`),
    });
    for (const client of ['client-a', 'client-b']) {
      for (let i = 0; i < 3; i++)
        expect(
          (await send(front, call, [`${RUNTIME_SESSION}: ${client}-11111111-1111-1111-111111111111`])).status,
        ).toBe(200);
    }
    const sent = upstream.received.map((received) => received.header(RUNTIME_SESSION));
    expect([new Set(sent.slice(0, 3)).size, new Set(sent.slice(3)).size, new Set(sent).size]).toEqual([1, 1, 2]);
    expect(sent.join()).not.toContain('client-');
  });

  test("causes a 502 if the upstream rejects it, never the upstream's 403", async () => {
    const verdicts: Verdict[] = [];
    await using upstream = await startUpstream(verifying(verdicts, emptyResult, 'another secret'));
    await using front = await startFront(upstream, { environment: environment(upstream.url) });
    const reply = await send(front, call);
    expectBadGateway(reply);
    expect(reply.text).not.toContain('InvalidSignatureException');
    expect(await logLineOf(reply)).toContain('InvalidSignatureException');
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false]);
  });

  test('causes a 502 that says what to do if there are no credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { environment: environment(upstream.url) });
    const reply = await send(front, call);
    expectBadGateway(reply);
    expect(await logLineOf(reply)).toContain('execution role');
    expect(upstream.received).toHaveLength(0);
  });
});

/** What a client reads if credentials fail: that they are the proxy's own, and the id under which the log says more. */
describe.each(eras)(
  "a %s client is told in words that the proxy's own credentials failed, and the log says why:",
  (era, message) => {
    const ISSUER_HOST = 'issuer.example.test';
    afterEach(() => void vi.unstubAllEnvs());

    /** @param spoken - what the client must not be told about the deployment */
    async function expectMessage(
      reply: RawReply,
      words: string,
      why: RegExp,
      hidden: readonly string[],
    ): Promise<void> {
      expect(reply.status).toBe(era === 'modern' ? 502 : 200);
      const { id, error } = reply.json() as { id?: unknown; error?: unknown };
      expect([id, error]).toEqual([1, { code: -32603, message: words, data: errorData('upstream-auth') }]);
      expect(await logLineOf(reply)).toMatch(why);
      for (const name of ['127.0.0.1', 'localhost:', 'aws', 'UPSTREAM_', ...hidden])
        expect(reply.raw + reply.text).not.toContain(name);
    }

    const HAS_NONE = 'the proxy has no credentials that the upstream accepts';
    const refuses = (status: number): string =>
      `the upstream answered HTTP ${status}: it refuses the proxy's own credentials`;
    const tool = message('tools/call', { name: 'x', arguments: {} });
    const behindIam = (url: string) => ({ UPSTREAM_URL: url, UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' });

    test('an SSO session that has ended', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sso-'));
      const start = 'https://acme.awsapps.example/start';
      await writeFile(
        join(folder, 'config'),
        `[profile p]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = R\n[sso-session acme]\nsso_start_url = ${start}\nsso_region = eu-west-1\n`,
      );
      await mkdir(join(folder, '.aws', 'sso', 'cache'), { recursive: true });
      const cached = createHash('sha1').update('acme').digest('hex');
      await writeFile(
        join(folder, '.aws', 'sso', 'cache', `${cached}.json`),
        JSON.stringify({
          startUrl: start,
          region: 'eu-west-1',
          accessToken: 'sso-access-token',
          expiresAt: new Date(Date.now() - 3_600_000).toISOString(),
        }),
      );
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
        vi.stubEnv(name, undefined);
      for (const [name, value] of Object.entries({
        HOME: folder,
        AWS_PROFILE: 'p',
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
        AWS_EC2_METADATA_DISABLED: 'true',
      }))
        vi.stubEnv(name, value);
      await using upstream = await startUpstream();
      await using front = await startFront(upstream, { environment: behindIam(upstream.url) });
      await expectMessage(
        await send(front, tool),
        HAS_NONE,
        /the SSO session of this profile has ended.*run aws sso login/,
        ['sso', 'acme', folder],
      );
      expect([upstream.received.length, lines.text.includes('sso-access-token')]).toEqual([0, false]);
      await rm(folder, { recursive: true });
    });

    test('a clock that is wrong', async () => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-access-key');
      await using upstream = await startUpstream((_request, response) =>
        respondJson(
          response,
          { message: 'Signature expired: 20261130T000000Z is now earlier than 20261130T010000Z' },
          {
            status: 403,
            headers: {
              'x-amzn-errortype': 'InvalidSignatureException',
              Date: new Date(Date.now() + 3_600_000).toUTCString(),
            },
          },
        ),
      );
      await using front = await startFront(upstream, { environment: behindIam(upstream.url) });
      await expectMessage(
        await send(front, tool),
        refuses(403),
        /the clock of this machine is 3[56]\d\d s behind the upstream's: set it/,
        ['Signature', 'AKIDTEST'],
      );
    });

    test('a token that the upstream refuses, and a client that the issuer refuses', async () => {
      vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
      await using issuer = await startTokenIssuer();
      const environment = {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_ISSUER: issuer.issuer.href,
        UPSTREAM_CLIENT_ID: issuer.clientId,
        UPSTREAM_SCOPES: 'mcp/invoke',
        UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      };
      await using upstream = await startUpstream(
        (_request, response) =>
          void response
            .writeHead(401, {
              'WWW-Authenticate': `Bearer error="invalid_token", resource_metadata="https://${ISSUER_HOST}/"`,
              'Content-Length': 0,
            })
            .end(),
      );
      await using front = await startFront(upstream, { environment });
      await expectMessage(await send(front, tool), refuses(401), /check what UPSTREAM_AUTH uses/, [
        ISSUER_HOST,
        'invalid_token',
      ]);
      issuer.rotateSecret('second-secret');
      await using other = await startFront(upstream, { environment });
      await expectMessage(await send(other, tool), HAS_NONE, /refused the token request \(invalid_client/, [
        issuer.issuer.host,
        'invalid_client',
      ]);
    });
  },
);

describe('oauth', () => {
  afterEach(() => void vi.unstubAllEnvs());
  beforeEach(() => void vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret'));

  async function world(tokenLife = 3600) {
    const issuer = await startTokenIssuer({ tokenLife });
    const tokens: string[] = [];
    const revoked = new Set<string>();
    const upstream = await startUpstream(async (request, response) => {
      const authorization = request.header('authorization') ?? '';
      const good =
        !revoked.has(authorization) &&
        (await issuer.verify(authorization).then(
          () => true,
          () => false,
        ));
      if (good) {
        tokens.push(authorization);
        emptyResult(request, response)?.catch(() => {});
      } else response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Content-Length': 0 }).end();
    });
    const front = await startFront(upstream, {
      environment: {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_ISSUER: issuer.issuer.href,
        UPSTREAM_CLIENT_ID: issuer.clientId,
        UPSTREAM_SCOPES: 'mcp/invoke',
        UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      },
    });
    return {
      issuer,
      upstream,
      front,
      tokens,
      revoked,
      async [Symbol.asyncDispose]() {
        await front[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
        await issuer[Symbol.asyncDispose]();
      },
    };
  }

  test('fetches one token for twenty calls at once, and keeps it', async () => {
    await using at = await world();
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(at.front, call)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    await send(at.front, call);
    expect([at.issuer.tokenRequests.length, new Set(at.tokens).size]).toEqual([1, 1]);
    expect(at.issuer.tokenRequests[0]?.form.get('scope')).toBe('mcp/invoke');
  });

  test('fetches a new one when the token has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await using at = await world(60);
      await send(at.front, call);
      vi.setSystemTime(Date.now() + 61_000);
      expect((await send(at.front, call)).status).toBe(200);
      expect([at.issuer.tokenRequests.length, new Set(at.tokens).size]).toEqual([2, 2]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('fetches a new one once if the upstream answers 401, and the client gets its result', async () => {
    await using at = await world();
    await send(at.front, call);
    at.revoked.add(at.tokens[0] ?? '');
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 1_500); // A JWT issued in the same second would be the same token.
    try {
      expect((await send(at.front, call)).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
    expect(at.issuer.tokenRequests).toHaveLength(2);
    expect(at.upstream.received).toHaveLength(3);
  });

  test('causes a 502 if the upstream keeps refusing, after two attempts', async () => {
    await using at = await world();
    at.upstream.answer = (_request, response) =>
      void response.writeHead(401, { 'WWW-Authenticate': 'Bearer', 'Content-Length': 0 }).end();
    const reply = await send(at.front, call);
    expectBadGateway(reply);
    expect(at.upstream.received.length).toBeLessThanOrEqual(2);
  });

  test.each(['down', 'busy'] as const)(
    'causes a 502 while the issuer is %s, and works when it is back',
    async (trouble) => {
      await using at = await world();
      at.issuer.trouble = trouble;
      expectBadGateway(await send(at.front, call));
      expect(at.upstream.received).toHaveLength(0);
      at.issuer.trouble = 'none';
      await expect.poll(async () => (await send(at.front, call)).status).toBe(200);
    },
  );

  test('causes a 502 with a wrong secret, and the response does not hold the secret', async () => {
    vi.stubEnv('TEST_CLIENT_SECRET', 'wrong-first-secret');
    await using at = await world();
    const reply = await send(at.front, call);
    expectBadGateway(reply);
    expect(await logLineOf(reply)).toContain('invalid_client');
    expect(lines.text).not.toContain('wrong-first-secret');
  });
});

describe('bearer', () => {
  /** An upstream that accepts one key, and a proxy that has its key in a file. */
  async function world(key: string, header?: string) {
    const file = join(tmpdir(), `bearer-${randomUUID()}`);
    await writeFile(file, key);
    const accepts = { key };
    const upstream = await startUpstream((request, response) => {
      const got = header === undefined ? request.header('authorization') : request.header(header);
      if (got === (header === undefined ? `Bearer ${accepts.key}` : accepts.key)) void emptyResult(request, response);
      else response.writeHead(401, { 'WWW-Authenticate': 'Bearer', 'Content-Length': 0 }).end();
    });
    const front = await startFront(upstream, {
      environment: {
        UPSTREAM_AUTH: 'bearer',
        UPSTREAM_SECRET: `file:${file}`,
        ...(header === undefined ? {} : { UPSTREAM_HEADER: header }),
      },
    });
    return {
      front,
      upstream,
      accepts,
      write: (value: string) => writeFile(file, value),
      async [Symbol.asyncDispose]() {
        await front[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
        await rm(file);
      },
    };
  }

  test.each([undefined, 'x-api-key'])('sends the key from its file (header: %s)', async (header) => {
    await using at = await world('key-1', header);
    expect((await send(at.front, call)).status).toBe(200);
  });

  test('reads the key again once if the upstream answers 401', async () => {
    await using at = await world('key-1');
    await send(at.front, call);
    at.accepts.key = 'key-2';
    await at.write('key-2');
    expect((await send(at.front, call)).status).toBe(200);
    expect(at.upstream.received).toHaveLength(3);
  });

  test('causes a 502 if the key was not replaced', async () => {
    await using at = await world('key-1');
    at.accepts.key = 'key-2';
    expectBadGateway(await send(at.front, call));
    expect(at.upstream.received).toHaveLength(1);
  });
});

describe('with any credentials', () => {
  test.each([401, 403])(
    'a %i from the upstream with a challenge never reaches the client, even if no credentials are bound',
    async (status) => {
      await using upstream = await startUpstream(
        (_request, response) =>
          void response
            .writeHead(status, {
              'WWW-Authenticate': 'Bearer resource_metadata="https://evil.example/"',
              'Content-Length': 0,
            })
            .end(),
      );
      await using front = await startFront(upstream);
      const reply = await send(front, call);
      expectBadGateway(reply);
      expect(reply.json().error?.message).toBe(
        `the upstream answered HTTP ${status}: it refuses the proxy's own credentials`,
      );
      expect(await logLineOf(reply)).toContain('UPSTREAM_AUTH');
    },
  );

  test('a 403 from the upstream without a challenge reaches the client unchanged', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"not your tool"}}';
    await using upstream = await startUpstream((_request, response) => respondJson(response, body, { status: 403 }));
    await using front = await startFront(upstream);
    const reply = await send(front, call);
    expect([reply.status, reply.text]).toEqual([403, body]);
  });

  test("the client's own credentials, cookies and addresses don't reach the upstream", async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const [, message] of eras) {
      await send(front, message('tools/call', { name: 'x', arguments: {} }), [
        'Authorization: Bearer inbound-token',
        'Proxy-Authorization: Basic inbound-token',
        'Cookie: session=inbound-token',
        'X-Amz-Security-Token: inbound-token',
        'X-Api-Key: inbound-token',
        'X-Amzn-Bedrock-AgentCore-Runtime-User-Id: inbound-token',
        'X-Forwarded-For: 10.1.2.3',
        'Forwarded: for=10.1.2.3',
        'Origin: http://localhost',
      ]);
    }
    const seen = upstream.received.map(({ rawHeaders }) => rawHeaders.join('\n')).join('\n');
    expect(seen).not.toMatch(/inbound-token|10\.1\.2\.3|origin/i);
  });

  test("the upstream's cookies and challenges don't reach the client", async () => {
    await using upstream = await startUpstream((_request, response) =>
      respondJson(
        response,
        { jsonrpc: '2.0', id: 1, result: {} },
        { headers: { 'Set-Cookie': 'a=b', 'WWW-Authenticate': 'Bearer', 'Authentication-Info': 'x', 'X-Kept': 'yes' } },
      ),
    );
    await using front = await startFront(upstream);
    const reply = await send(front, call);
    expect(reply.raw).not.toMatch(/set-cookie|www-authenticate|authentication-info/i);
    expect(reply.header('x-kept')).toBe('yes');
  });

  test('traceparent and tracestate are forwarded if they are well-formed', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await send(front, call, [`traceparent: ${trace}`, 'tracestate: vendor=x']);
    await send(front, call, ['traceparent: nonsense', 'tracestate: vendor=x']);
    expect(upstream.received.map((request) => [request.header('traceparent'), request.header('tracestate')])).toEqual([
      [trace, 'vendor=x'],
      [undefined, undefined],
    ]);
  });
});
