import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { log } from '../../../proxy/base/log.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { iam, type AwsCredentials } from '../../../proxy/upstream/auth/iam.ts';
import { startVerifyingServer, type VerifierRules } from '../../support/sigv4-verifier.ts';
import { everythingOf, exchange } from './exchange.ts';
import { serve, type LoopbackServer } from './loopback.ts';

const SCOPE = { region: 'eu-west-1', service: 'bedrock-agentcore' };

// Only the wall clock is moved; timers and sockets are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Hands out temporary credentials number 1, 2, 3, … and knows which of them still work. */
class Session {
  issued = 0;
  life = 3600;
  broken = false;
  readonly revoked = new Set<number>();

  next(): AwsCredentials & { readonly expiration: Date } {
    const n = ++this.issued;
    return {
      accessKeyId: `ASIA${n}`,
      secretAccessKey: `secret-${n}`,
      sessionToken: `session-${n}`,
      expiration: new Date(Date.now() + this.life * 1000),
    };
  }

  readonly rules: VerifierRules = {
    ...SCOPE,
    secretFor: (accessKeyId, sessionToken) => {
      const n = Number(/^ASIA(\d+)$/.exec(accessKeyId)?.[1]);
      return n <= this.issued && !this.revoked.has(n) && sessionToken === `session-${n}` ? `secret-${n}` : undefined;
    },
  };

  readonly provider = async () => {
    if (this.broken)
      throw Object.assign(new Error('cannot get secret-credentials from http://metadata'), { name: 'ProviderError' });
    return this.next();
  };
}

/** The credentials endpoint of a container, which AWS's default chain asks. */
function containerCredentials(session: Session): Promise<LoopbackServer> {
  return serve((_request, response) => {
    if (session.broken) return void response.writeHead(500).end();
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.next();
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        JSON.stringify({
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          Token: sessionToken,
          Expiration: expiration.toISOString(),
        }),
      );
  });
}

/** Keeps this machine's own AWS configuration out of the test. */
function isolate(environment: Readonly<Record<string, string>> = {}): void {
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
  }))
    vi.stubEnv(name, value);
}

const usedKeys = (verdicts: readonly { readonly accepted: boolean; readonly accessKeyId?: string }[]) =>
  verdicts.map((verdict) => verdict.accessKeyId);

describe('credentials', () => {
  test('come from the default chain when first needed, and sign every call', async () => {
    const session = new Session();
    await using endpoint = await containerCredentials(session);
    await using upstream = await startVerifyingServer(session.rules);
    isolate({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/role` });
    const auth = iam(SCOPE);
    expect(endpoint.requests).toEqual([]);
    for (let call = 0; call < 3; call++)
      expect(await exchange(auth, `${upstream.url}/mcp`)).toEqual({ status: 200, attempts: 1 });
    expect(endpoint.requests).toEqual(['GET /role']);
  });

  test('come from the environment, where keys without an expiry are used unchanged', async () => {
    isolate({ AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'from-env' });
    await using upstream = await startVerifyingServer({
      ...SCOPE,
      secretFor: (id, token) => (id === 'AKIDENV' && token === undefined ? 'from-env' : undefined),
    });
    expect(await exchange(iam(SCOPE), `${upstream.url}/mcp`)).toEqual({ status: 200, attempts: 1 });
  });

  test('are fetched once for fifty calls that arrive together, and then cost no wait', async () => {
    const session = new Session();
    await using upstream = await startVerifyingServer(session.rules);
    const auth = iam({ ...SCOPE, credentials: session.provider });
    const results = await Promise.all(Array.from({ length: 50 }, () => exchange(auth, upstream.url)));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(session.issued).toBe(1);
    expect(auth.apply({ method: 'GET', host: 'h', path: '/', body: undefined, headers: [] })).toBeUndefined();
  });

  test('are refreshed in the background before they expire, and calls wait only after they expired', async () => {
    const session = new Session();
    await using endpoint = await containerCredentials(session);
    await using upstream = await startVerifyingServer(session.rules);
    isolate({ AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url });
    const auth = iam(SCOPE);
    await exchange(auth, upstream.url);
    later(0.7 * 3600);
    await exchange(auth, upstream.url);
    expect(session.issued).toBe(1);
    later(0.21 * 3600);
    await exchange(auth, upstream.url);
    expect(usedKeys(upstream.verdicts)).toEqual(['ASIA1', 'ASIA1', 'ASIA1']);
    await vi.waitFor(() => expect(session.issued).toBe(2));
    later(10 * 3600); // For example after a restored snapshot.
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(usedKeys(upstream.verdicts).at(-1)).toBe('ASIA3');
  });

  test('stay in use while their source is down, as long as they work', async () => {
    const session = new Session();
    await using upstream = await startVerifyingServer(session.rules);
    const auth = iam({ ...SCOPE, credentials: session.provider });
    await exchange(auth, upstream.url);
    session.broken = true;
    later(0.95 * 3600);
    for (let call = 0; call < 3; call++)
      expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
    later(3600);
    await expect(exchange(auth, upstream.url)).rejects.toThrow('no AWS credentials to sign with (ProviderError)');
    session.broken = false;
    await vi.waitFor(async () => expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 }), {
      timeout: 60_000,
    });
  });

  test('cause, if nothing provides them, a failure that says what to do and omits what the source said', async () => {
    const session = new Session();
    session.broken = true;
    const error: unknown = await exchange(
      iam({ ...SCOPE, credentials: session.provider }),
      'http://127.0.0.1:1/',
    ).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamFailure);
    expect(error).toMatchObject({
      code: 'upstream-auth',
      message:
        'no AWS credentials to sign with (ProviderError): give the runtime an execution role, or locally set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
    expect(everythingOf(error)).not.toContain('secret-credentials');
  });

  test.each([
    [
      'an SSO session that was not started',
      '[profile p]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = R\n[sso-session s]\nsso_start_url = https://x.example.test/start\nsso_region = eu-west-1\n',
      /run aws sso login/,
    ],
    [
      'an SSO session of the older form',
      '[profile p]\nsso_start_url = https://x.example.test/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = R\n',
      /run aws sso login/,
    ],
    [
      'a login that was not done',
      '[profile p]\nlogin_session = arn:aws:iam::111122223333:user/x\nregion = eu-west-1\n',
      /run aws login/,
    ],
    [
      'a second factor',
      '[profile p]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = b\nmfa_serial = arn:aws:iam::111122223333:mfa/x\n[profile b]\naws_access_key_id = AKID\naws_secret_access_key = s\n',
      /MFA code/,
    ],
  ])('of a profile that needs %s cause a failure that says so', async (_what, config, words) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'iam-'));
    await writeFile(path.join(folder, 'config'), config);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('HOME', folder);
    vi.stubEnv('AWS_PROFILE', 'p');
    vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'none'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const error = await exchange(iam(SCOPE), 'http://127.0.0.1:1/').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UpstreamFailure);
    expect(String(error)).toMatch(words);
    expect(everythingOf(error)).not.toContain(folder);
    await rm(folder, { recursive: true });
  });

  test('cause the same failure if the default chain does not find any', async () => {
    isolate();
    await expect(exchange(iam(SCOPE), 'http://127.0.0.1:1/')).rejects.toThrow(
      'no AWS credentials to sign with (CredentialsProviderError): give the runtime an execution role',
    );
  });

  test('are tried if their source returns expired ones, but not fetched again for every call', async () => {
    const session = new Session();
    session.life = -60;
    await using upstream = await startVerifyingServer(session.rules);
    const auth = iam({ ...SCOPE, credentials: session.provider });
    for (let call = 0; call < 5; call++) await exchange(auth, upstream.url);
    expect(session.issued).toBeLessThan(3);
  });

  test('are not used in their last 30 seconds', async () => {
    const session = new Session();
    await using upstream = await startVerifyingServer(session.rules);
    const auth = iam({ ...SCOPE, credentials: session.provider });
    await exchange(auth, upstream.url);
    session.broken = true;
    later(3600 - 31);
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
    later(2);
    await expect(exchange(auth, upstream.url)).rejects.toThrow('no AWS credentials to sign with');
  });

  test('are used for 5 seconds if their source returns expired ones', async () => {
    const session = new Session();
    session.life = -60;
    const auth = iam({ ...SCOPE, credentials: session.provider });
    const apply = () => auth.apply({ method: 'GET', host: 'h', path: '/', body: undefined, headers: [] });
    await apply();
    session.broken = true;
    later(4);
    expect(apply()).toBeUndefined();
    later(2);
    await expect(apply()).rejects.toThrow('no AWS credentials to sign with');
  });

  test('cause the failure of their source if that is one of ours, and name no error that is none', async () => {
    const failing = (reason: unknown) => {
      const credentials = async (): Promise<never> => await Promise.reject(reason);
      return exchange(iam({ ...SCOPE, credentials }), 'http://127.0.0.1:1/');
    };
    const ours = new UpstreamFailure('upstream-auth', 'ours');
    await expect(failing(ours)).rejects.toBe(ours);
    await expect(failing('secret-text')).rejects.toThrow('no AWS credentials to sign with (unknown error): give');
  });

  test('that cannot be fetched in time are an error that names them', async () => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const auth = iam({ ...SCOPE, credentials: () => new Promise<never>(() => {}) });
    const applied = auth.apply({ method: 'GET', host: 'h', path: '/', body: undefined, headers: [] });
    const failed = expect(applied).rejects.toThrow('fetching AWS credentials took more than 15 s');
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
  });
});

describe('refused credentials', () => {
  test('are replaced from the default chain if they expired or were revoked, and the call is retried once', async () => {
    const session = new Session();
    await using endpoint = await containerCredentials(session);
    await using upstream = await startVerifyingServer(session.rules);
    isolate({ AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url });
    const auth = iam(SCOPE);
    await exchange(auth, upstream.url);
    session.revoked.add(1);
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 2 });
    expect(session.issued).toBe(2);
  });

  test('are read again from a profile that was renewed meanwhile', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'profile-'));
    try {
      const file = path.join(folder, 'credentials');
      isolate({ AWS_PROFILE: 'team', AWS_SHARED_CREDENTIALS_FILE: file });
      let valid = 1;
      const login = () =>
        writeFile(
          file,
          `[team]\naws_access_key_id = ASIA${valid}\naws_secret_access_key = secret-${valid}\naws_session_token = session-${valid}\n`,
        );
      await using upstream = await startVerifyingServer({
        ...SCOPE,
        secretFor: (id, token) =>
          id === `ASIA${valid}` && token === `session-${valid}` ? `secret-${valid}` : undefined,
      });
      const auth = iam(SCOPE);
      await login();
      expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
      valid = 2;
      await login();
      expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 2 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('are replaced once for twenty calls at once', async () => {
    const session = new Session();
    await using upstream = await startVerifyingServer(session.rules);
    const auth = iam({ ...SCOPE, credentials: session.provider });
    await exchange(auth, upstream.url);
    session.revoked.add(1);
    const results = await Promise.all(Array.from({ length: 20 }, () => exchange(auth, upstream.url)));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(session.issued).toBe(2);
  });

  test('cause no retry if the source has no others', async () => {
    await using upstream = await startVerifyingServer({ ...SCOPE, secretFor: () => undefined });
    const auth = iam({ ...SCOPE, credentials: async () => ({ accessKeyId: 'AKIDFIXED', secretAccessKey: 'fixed' }) });
    expect(await exchange(auth, upstream.url)).toEqual({ status: 403, attempts: 1 });
  });

  test.each([
    ['AccessDeniedException', 1, 1],
    ['InvalidSignatureException', 1, 1],
    ['ExpiredTokenException', 2, 2],
    ['ExpiredTokenException:http://internal.amazon.com/coral/', 2, 2],
    [undefined, 2, 2],
  ])('with the error type %s cause %i attempts and %i fetches', async (type, attempts, fetches) => {
    const session = new Session();
    await using upstream = await serve(
      (_request, response) =>
        void response.writeHead(403, type === undefined ? {} : { 'x-amzn-errortype': type }).end(),
    );
    expect(await exchange(iam({ ...SCOPE, credentials: session.provider }), upstream.url)).toEqual({
      status: 403,
      attempts,
    });
    expect(session.issued).toBe(fetches);
  });

  test.each([
    [401, undefined, true],
    [403, undefined, true],
    [401, 'UnrecognizedClientException', true],
    [403, 'InvalidClientTokenId', true],
    [403, 'InvalidTokenException', true],
    [403, 'TokenRefreshRequired', true],
    [401, 'AccessDeniedException', false],
    [400, 'ExpiredTokenException', false],
    [404, undefined, false],
    [500, undefined, false],
  ])('are those of a %i with the error type %s: %s', async (status, type, refused) => {
    const session = new Session();
    const auth = iam({ ...SCOPE, credentials: session.provider });
    const request: Outgoing = { method: 'GET', host: 'h', path: '/', body: undefined, headers: [] };
    await auth.apply(request);
    expect(await auth.refused(status, type === undefined ? {} : { 'x-amzn-errortype': type }, request)).toBe(refused);
    expect(session.issued).toBe(refused ? 2 : 1);
  });

  test('are not to blame for the time of a request that is not known', async () => {
    const session = new Session();
    const auth = iam({ ...SCOPE, credentials: session.provider });
    expect(await auth.refused?.(403, { 'x-amzn-errortype': 'RequestTimeTooSkewed' })).toBe(false);
  });

  test('have the default chain loaded ahead of time, if they come from that', async () => {
    expect(await iam(SCOPE).warm?.()).toHaveProperty('fromNodeProviderChain');
    expect(iam({ ...SCOPE, credentials: new Session().provider }).warm).toBeUndefined();
  });

  test.each([['is not known'], ['was not signed']])('are replaced if the request %s', async (what) => {
    const session = new Session();
    const auth = iam({ ...SCOPE, credentials: session.provider });
    const request: Outgoing = { method: 'GET', host: 'h', path: '/', body: undefined, headers: [] };
    await auth.apply({ ...request, headers: [] });
    expect(await auth.refused(403, {}, what === 'is not known' ? undefined : request)).toBe(true);
    expect(session.issued).toBe(2);
  });

  test('differ from others with the same key by their session token', async () => {
    let token = 'one';
    const auth = iam({
      ...SCOPE,
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's', sessionToken: token }),
    });
    const request: Outgoing = { method: 'GET', host: 'h', path: '/', body: undefined, headers: [] };
    await auth.apply(request);
    token = 'two';
    expect(await auth.refused(403, {}, request)).toBe(true);
    await auth.apply(request);
    expect(await auth.refused(403, {}, request)).toBe(false);
  });
});

/** Epoch milliseconds of `X-Amz-Date`. */
function timeIn(date: string): number {
  return Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
}

describe('the clock', () => {
  const HOUR = 3_600_000;
  /** An upstream whose clock is ahead by so much, and that accepts signatures of its own time. */
  async function world(
    aheadMs: number,
    type = 'InvalidSignatureException',
    words = 'Signature expired: 20261130T000000Z is now earlier than 20261130T010000Z',
  ) {
    const dates: string[] = [];
    const upstream = await serve((request, response) => {
      const now = Date.now() + aheadMs;
      const text = String(request.headers['x-amz-date']);
      dates.push(text);
      const isRight = Math.abs(timeIn(text) - now) < 5 * 60_000;
      response
        .writeHead(isRight ? 200 : 403, {
          date: new Date(now).toUTCString(),
          ...(isRight || type === '' ? {} : { 'x-amzn-errortype': type }),
        })
        .end(isRight ? '' : JSON.stringify({ message: words }));
    });
    return { upstream, dates, auth: iam({ ...SCOPE, credentials: new Session().provider }) };
  }

  test.each([
    [HOUR, 'InvalidSignatureException'],
    [-HOUR, 'RequestExpired', ''],
    [HOUR / 2, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
    [
      -HOUR,
      'SignatureDoesNotMatch',
      'Signature not yet current: 20261130T010000Z is still later than 20261130T000000Z',
    ],
    [HOUR, ''],
  ])('of an upstream that is %i ms ahead is used after one refusal (%s)', async (aheadMs, type, words?: string) => {
    const { upstream, dates, auth } = await world(aheadMs, type, words);
    await using _ = upstream;
    const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 2 });
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(dates).toHaveLength(3);
    expect(warned.mock.calls).toEqual([
      [
        expect.stringMatching(/s (?:behind|ahead of) the upstream's: calls are signed with the upstream's time/),
        expect.objectContaining({ event: 'clock-corrected' }),
      ],
    ]);
    warned.mockRestore();
  });

  test('is corrected once for calls that are refused together, and again when it was set', async () => {
    const { upstream, auth } = await world(HOUR);
    await using _ = upstream;
    const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => exchange(auth, upstream.url)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(warned).toHaveBeenCalledTimes(1);
    const { upstream: right } = await world(0);
    await using __ = right;
    expect(await exchange(auth, right.url)).toEqual({ status: 200, attempts: 2 });
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });

  test.each([
    ['by hours', 2 * HOUR, 'InvalidSignatureException', 1],
    ['but the role may not do this', HOUR, 'AccessDeniedException', 1],
    ['but the signature does not match', HOUR, 'InvalidSignatureException', 1, 'The request signature does not match'],
    ['but the refusal names no reason', HOUR, '', 2, 'Forbidden'],
  ])('is not corrected if it differs %s', async (_, aheadMs, type, attempts, words?: string) => {
    const { upstream, dates, auth } = await world(aheadMs, type, words);
    await using __ = upstream;
    expect(await exchange(auth, upstream.url)).toEqual({ status: 403, attempts });
    for (const date of dates) expect(Math.abs(timeIn(date) - Date.now())).toBeLessThan(60_000);
  });

  test.each([
    [401, true],
    [403, true],
    [400, false],
    [500, false],
  ])('is corrected by a %i that says so: %s', async (status, isCorrected) => {
    const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
    const auth = iam({ ...SCOPE, credentials: new Session().provider });
    const request: Outgoing = { method: 'GET', host: 'h', path: '/', body: undefined, headers: [] };
    await auth.apply(request);
    const headers = { date: new Date(Date.now() + HOUR).toUTCString(), 'x-amzn-errortype': 'RequestTimeTooSkewed' };
    expect(await auth.refused?.(status, headers, request)).toBe(isCorrected);
    expect(warned).toHaveBeenCalledTimes(isCorrected ? 1 : 0);
    warned.mockRestore();
  });

  test('has its own time again if the upstream refuses the corrected one, too', async () => {
    const dates: string[] = [];
    await using upstream = await serve((request, response) => {
      dates.push(String(request.headers['x-amz-date']));
      const headers = { date: new Date(Date.now() + HOUR).toUTCString(), 'x-amzn-errortype': 'RequestExpired' };
      if (dates.length > 2) response.writeHead(200).end();
      else response.writeHead(403, headers).end();
    });
    const auth = iam({ ...SCOPE, credentials: new Session().provider });
    const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
    expect(await exchange(auth, upstream.url)).toEqual({ status: 403, attempts: 2 });
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
    const off = dates.map((date) => Math.round((timeIn(date) - Date.now()) / HOUR) + 0);
    expect(off).toEqual([0, 1, 0]);
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });
});
