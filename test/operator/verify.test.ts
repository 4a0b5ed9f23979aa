import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { liveChecks } from '../../bin/operator/live/checks.ts';
import type { Row } from '../../bin/operator/verify.ts';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { runTools } from '../tools/run-tools.ts';
import { MANAGED, providerArn, rolePolicy, startWorld } from '../upstream/auth/identity-world.ts';
import { startLegacyUpstream } from '../upstream/legacy-upstream.ts';
import { cli } from './cli.ts';
import { startFakeAws } from './fake-aws.ts';
import { type PlatformOptions, startPlatform } from './platform.ts';
import { OBSERVED, checked as verified, type Setting as Verified } from './verified.ts';
import { emptyWorld, oneProxy, RUNTIME_ID, runtimeDocument, STACK, type World } from './world.ts';

let calculator: Listening;
beforeAll(async () => {
  calculator = await startCalculator();
});
afterAll(() => calculator.close());
afterEach(() => vi.unstubAllEnvs());

type Setting = Partial<Verified>;

const checked = (ids: readonly string[] | undefined, setting: Setting = {}): ReturnType<typeof verified> =>
  verified(ids, { upstream: calculator.url, ...setting });

async function only(id: string, setting?: Setting): Promise<Row> {
  const row = (await checked([id], setting)).get(id);
  if (row === undefined) throw new Error(`no row for ${id}`);
  return row;
}

const unready = (change: Partial<World['endpoints'][number]>) => (world: World) =>
  void Object.assign(world.endpoints[0] ?? {}, change);

describe('npm run verify', () => {
  it('for a healthy proxy, every check passes or says why it cannot run', async () => {
    const rows = await checked(undefined, {
      change: (world) => world.endpoints.push({ name: 'stable', status: 'READY', liveVersion: '2' }),
    });
    expect([...rows.values()].filter(({ state }) => state === 'failed')).toEqual([]);
    expect([...rows.values()].filter(({ state }) => state === 'skipped').map(({ check }) => check)).toEqual([
      'identity-own',
      'identity-on-behalf',
      'token-exchange',
      'jwt-bearer',
      'web-identity',
      'kms-signing',
      'client-certificate',
      'identity-consent',
      'workload-token',
      'tool-lock',
      'restored-session',
    ]);
    expect(rows.get('call-tool')?.got).toMatch(/^add: .*5/);
    expect(rows.get('session-returned')?.got).toMatch(/^the proxy's own/);
    expect(rows.get('header-pass-through')?.got).toBe(
      'MCP-Protocol-Version arrives, Mcp-Method arrives, Mcp-Name arrives',
    );
    expect(rows.get('streaming')?.got).toMatch(/^subscriptions\/listen: first event after/);
    expect(rows.size).toBe(liveChecks().length);
  });

  it('calls with a token if the stack has a user pool, whose secret it reads itself', async () => {
    await using issuer = await startTokenIssuer({ clientSecret: 'machine-secret' });
    const rows = await checked(['list-tools', 'unsigned-refused', 'call-tool'], {
      platform: { tokens: (authorization) => issuer.verify(authorization) },
      change: (world) => {
        world.pools.set('eu-west-1_Pool1', { protected: false, clients: { m2m: 'machine-secret' } });
        Object.assign(world.stacks[0]?.outputs ?? {}, {
          UserPoolId: 'eu-west-1_Pool1',
          ClientId: 'm2m',
          TokenUrl: issuer.tokenEndpoint.href,
        });
      },
    });
    expect([...rows.values()].map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(rows.get('unsigned-refused')?.got).toMatch(/^HTTP 401, WWW-Authenticate: Bearer resource_metadata/);
    expect(issuer.tokenRequests).toHaveLength(1);
  });

  it("accepts sessions of the platform like the proxy's", async () => {
    const rows = await checked(['session-returned', 'session-continued', 'legacy-era'], {
      platform: { ownSessions: true },
    });
    expect([...rows.values()].map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(rows.get('session-returned')?.got).toMatch(/^the platform's/);
  });

  it('reports which headers the platform drops, without a failure', async () => {
    const row = await only('header-pass-through', { platform: { drop: ['mcp-method', 'mcp-name'] } });
    expect(row).toMatchObject({
      state: 'ok',
      got: 'MCP-Protocol-Version arrives, Mcp-Method is dropped, Mcp-Name is dropped',
    });
  });

  it('skips the era and the streams that an upstream does not support', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (request, response) =>
      respondJson(response, {
        jsonrpc: '2.0',
        id: (JSON.parse(request.text) as { id: number }).id,
        result: { tools: [] },
      });
    const rows = await checked(['modern-era', 'legacy-era', 'call-tool', 'restored-session', 'derived-headers'], {
      upstream: upstream.url,
    });
    expect(Object.fromEntries([...rows.values()].map(({ check, state }) => [check, state]))).toEqual({
      'modern-era': 'skipped',
      'legacy-era': 'ok',
      'call-tool': 'skipped',
      'restored-session': 'skipped',
      'derived-headers': 'skipped',
    });
  });

  it('opens three new sessions on platform V2', async () => {
    const row = await only('restored-session', {
      change: (world) => world.runtimes.set(RUNTIME_ID, runtimeDocument({ platformVersion: 'V2' })),
    });
    expect(row).toMatchObject({
      state: 'ok',
      got: expect.stringMatching(/^three new sessions: \d+ ms, \d+ ms, \d+ ms$/) as unknown,
    });
  });

  it.each<readonly [string, string, Setting, RegExp]>([
    [
      'runtime-ready',
      'an endpoint that failed',
      { change: unready({ status: 'CREATE_FAILED' }) },
      /DEFAULT CREATE_FAILED/,
    ],
    [
      'endpoints-pinned',
      'an old version at DEFAULT',
      { change: unready({ liveVersion: '2', targetVersion: '2' }) },
      /latest 3; DEFAULT 2/,
    ],
    [
      'endpoints-answer',
      'an endpoint that is not there',
      { change: (world) => world.endpoints.push({ name: 'gone', status: 'READY', liveVersion: '1' }) },
      /gone: HTTP 404/,
    ],
    ['unsigned-refused', 'an open entrance', { platform: { open: true } }, /HTTP 200: anybody can call it/],
    ['ping', 'a platform that drops the media type', { platform: { drop: ['content-type'] } }, /HTTP 415/],
    [
      'platform-host',
      'a host that the proxy refuses',
      { platform: { host: 'runtime.internal' } },
      /ALLOWED_HOSTS is not set; .*got "runtime.internal"/,
    ],
    ['status-pass-through', 'a platform that hides refusals', { platform: { wrapsErrors: true } }, /HTTP 424/],
    [
      'lost-session',
      'a platform that hides refusals',
      { platform: { wrapsErrors: true } },
      /POST: HTTP 424.*DELETE: HTTP 424/,
    ],
    ['header-pass-through', 'a platform that hides refusals', { platform: { wrapsErrors: true } }, /is unclear/],
    [
      'list-tools',
      'an upstream that is down',
      { upstream: 'http://127.0.0.1:9/mcp' },
      /HTTP 502.*upstream-unreachable/,
    ],
    ['derived-headers', 'an upstream that is down', { upstream: 'http://127.0.0.1:9/mcp' }, /HTTP 502/],
    ['modern-era', 'an upstream that is down', { upstream: 'http://127.0.0.1:9/mcp' }, /HTTP 502/],
    ['legacy-era', 'an upstream that is down', { upstream: 'http://127.0.0.1:9/mcp' }, /upstream-unreachable/],
    ['session-returned', 'an upstream that is down', { upstream: 'http://127.0.0.1:9/mcp' }, /upstream-unreachable/],
    ['session-continued', 'an upstream that is down', { upstream: 'http://127.0.0.1:9/mcp' }, /upstream-unreachable/],
    ['cold-start', 'a proxy that does not answer', { platform: { drop: ['content-type'] } }, /no answer/],
    ['streaming', 'a platform that holds replies back', { platform: { buffers: true } }, /the platform holds it back/],
    [
      'log-lines',
      'lines that do not arrive',
      { platform: { log: () => undefined } },
      /none in \/aws\/bedrock-agentcore/,
    ],
    [
      'metrics-lines',
      'lines without metrics',
      { platform: { log: (line) => (line.includes('_aws') ? undefined : line) } },
      /none within 3 s/,
    ],
    ['metrics-counted', 'metrics that do not arrive', { change: (world) => world.metrics.clear() }, /no calls counted/],
    [
      'role-suffices',
      'a role with too few permissions',
      {
        platform: {
          log: (line) => (line.includes('listening') ? '{"level":"error","message":"AccessDeniedException"}' : line),
        },
      },
      /1 lines, the last: .*AccessDenied/,
    ],
    ['no-values-logged', 'a platform that records payloads', { platform: { leaks: true } }, /lines hold it/],
  ])('%s fails at %s', async (id, _at, setting, got) => {
    const row = await only(id, setting);
    expect(row.got).toMatch(got);
    expect(row.state).toBe('failed');
  });

  it.each([
    ['call-tool', 'a wrong sum', { resultType: 'complete', content: [{ type: 'text', text: '6' }] }, /^add: .*6/],
    [
      'call-tool',
      'a tool that fails',
      { resultType: 'complete', isError: true, content: [{ type: 'text', text: '5' }] },
      /^add: /,
    ],
    [
      'unknown-tool',
      'an upstream that accepts every tool name',
      { resultType: 'complete', content: [] },
      /HTTP 200 with a result/,
    ],
  ])('%s fails at %s', async (id, _at, result, got) => {
    await using upstream = await startUpstream((request, response) => {
      const message = JSON.parse(request.text) as { id: number; method: string };
      const add = { name: 'add', inputSchema: { type: 'object', required: ['a', 'b'] } };
      respondJson(response, {
        jsonrpc: '2.0',
        id: message.id,
        result: message.method === 'tools/list' ? { resultType: 'complete', tools: [add] } : result,
      });
    });
    const row = await only(id, { upstream: upstream.url });
    expect(row.got).toMatch(got);
    expect(row.state).toBe('failed');
  });

  it('upstream-credentials fails if the upstream refuses them, and is skipped if it is down', async () => {
    await using upstream = await startUpstream((_request, response) =>
      respondJson(response, { error: 'no' }, { status: 401 }),
    );
    const bearer = { UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:KEY', KEY: 'wrong' };
    const change = (world: World): void =>
      void world.runtimes.set(
        RUNTIME_ID,
        runtimeDocument({ environmentVariables: { ...OBSERVED, UPSTREAM_AUTH: 'bearer' } }),
      );
    expect(
      await only('upstream-credentials', { upstream: upstream.url, platform: { environment: bearer }, change }),
    ).toMatchObject({ state: 'failed', got: expect.stringMatching(/^bearer: /) as unknown });
    expect(await only('upstream-credentials', { upstream: 'http://127.0.0.1:9/mcp' })).toMatchObject({
      state: 'skipped',
    });
  });

  it('workload-token fails if none arrives, or if the platform takes one from a client', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    const role = w.identity.role(rolePolicy('crm', 'oauth2', MANAGED));
    const environment = {
      ...role,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: w.identity.url,
      UPSTREAM_URL: w.upstream.url,
      UPSTREAM_AUTH: 'agentcore-identity',
      UPSTREAM_PROVIDER: providerArn('crm'),
      UPSTREAM_WORKLOAD: 'runtime',
      UPSTREAM_FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE',
      UPSTREAM_UNVERIFIED_CALLERS: 'allowed',
    };
    const change = (world: World): void =>
      void world.runtimes.set(RUNTIME_ID, runtimeDocument({ environmentVariables: { ...OBSERVED, ...environment } }));
    const workloadToken = (): string => w.identity.handOver(MANAGED, 'alice');
    const seen = (platform: Partial<PlatformOptions>): Promise<Row> =>
      only('workload-token', { upstream: w.upstream.url, change, platform: { environment, ...platform } });
    expect(await seen({ workloadToken })).toMatchObject({ state: 'ok', got: 'a list; with a made-up one a list' });
    expect(await seen({})).toMatchObject({ state: 'failed', got: expect.stringContaining('none arrives') as unknown });
    expect(await seen({ workloadToken, trustsClients: true })).toMatchObject({
      state: 'failed',
      got: 'a list; with a made-up one unauthenticated-caller',
    });
    expect(
      await only('upstream-credentials', {
        upstream: w.upstream.url,
        change,
        platform: { environment, workloadToken },
      }),
    ).toMatchObject({ state: 'ok', got: 'accepted (agentcore-identity)' });
  });

  it('upstream-credentials names each of several upstreams, and fails if one gives no list in either era', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verify-several-'));
    const main = join(folder, 'main.ts');
    await writeFile(
      main,
      `import { run } from ${JSON.stringify(pathToFileURL(join(ROOT, 'proxy/run.ts')).href)};
await run({ upstreams: { math: { prefix: true }, old: { prefix: true }, crm: { prefix: true } }, controls: [] }, []);
`,
    );
    await using old = await startLegacyUpstream();
    old.call = (request, response) =>
      respondJson(response, {
        jsonrpc: '2.0',
        id: (JSON.parse(request.text) as { id: number }).id,
        result: { tools: [] },
      });
    const several = {
      UPSTREAM_MATH_URL: calculator.url,
      UPSTREAM_MATH_AUTH: 'none',
      UPSTREAM_OLD_URL: old.url,
      UPSTREAM_OLD_AUTH: 'none',
      UPSTREAM_CRM_AUTH: 'bearer',
      UPSTREAM_CRM_SECRET: 'env:KEY',
    };
    const change = (world: World): void =>
      void world.runtimes.set(RUNTIME_ID, runtimeDocument({ environmentVariables: { ...OBSERVED, ...several } }));
    const seen = (crm: string): Promise<Row> =>
      only('upstream-credentials', {
        platform: { main, environment: { ...several, UPSTREAM_CRM_URL: crm, KEY: 'key' } },
        change,
      });
    expect(await seen(calculator.url)).toMatchObject({
      state: 'ok',
      got: 'accepted by math (none), old (none), crm (bearer)',
    });
    await using refusing = await startUpstream((_request, response) =>
      respondJson(response, { error: 'no' }, { status: 401 }),
    );
    expect(await seen(refusing.url)).toMatchObject({
      state: 'failed',
      got: expect.stringMatching(
        /^no list from crm \(.*the upstream.* 401.*\); accepted by math \(none\), old \(none\)$/,
      ) as unknown,
    });
    await rm(folder, { recursive: true, force: true });
  });

  it('tool-lock compares the upstreams with the lock of the config that the deployments file names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verify-lock-'));
    const config = join(folder, 'locked.config.ts');
    const lock = join(folder, 'tools.lock.json');
    await writeFile(
      config,
      `import { defineProxy } from 'agentcore-mcp-proxy';
import { toolLock } from 'agentcore-mcp-proxy/controls';
import lock from './tools.lock.json' with { type: 'json' };
export default defineProxy({ controls: [toolLock({ lock })] });
`,
    );
    const written = await runTools(['lock', '--upstream', calculator.url, '--config', config]);
    expect(written).toMatchObject({ code: 0 });
    const change = (world: World): void =>
      void world.runtimes.set(
        RUNTIME_ID,
        runtimeDocument({ environmentVariables: { ...OBSERVED, UPSTREAM_URL: calculator.url } }),
      );
    expect(await only('tool-lock', { config, change })).toMatchObject({
      state: 'ok',
      got: 'lock: it agrees with what is offered now',
    });
    const { tools, ...others } = JSON.parse(await readFile(lock, 'utf8')) as { tools: readonly object[] };
    await writeFile(lock, JSON.stringify({ ...others, tools: tools.slice(1) }));
    expect(await only('tool-lock', { config, change })).toMatchObject({
      state: 'failed',
      got: expect.stringMatching(
        /^lock: what is offered now differs from it:\n\+ tool add \(default\) added/,
      ) as unknown,
    });
    expect(await only('tool-lock')).toMatchObject({
      state: 'skipped',
      got: 'the deployments file does not list this stack, so its config is not known',
    });
    await rm(folder, { recursive: true, force: true });
  });

  it('session-ended fails if DELETE fails', async () => {
    await using upstream = await startLegacyUpstream();
    const sessions = upstream.answer;
    upstream.answer = (request, response) =>
      request.method === 'DELETE' ? void response.writeHead(500).end() : sessions(request, response);
    expect(await only('session-ended', { upstream: upstream.url })).toMatchObject({ state: 'failed', got: 'HTTP 500' });
  });

  it('prints a table, and ends with 0', async () => {
    await using platform = await startPlatform({ environment: { UPSTREAM_URL: calculator.url, ...OBSERVED } });
    await using aws = await startFakeAws({ ...oneProxy(platform.origin), logs: platform.logs });
    const { code, stdout } = await cli('verify', [STACK, '--only', 'call-tool,ping,log-lines'], aws.environment);
    expect(stdout).toMatch(
      /^\nprod-orders {2}111122223333\/eu-west-1, version 3, called with SigV4\n\n {11}check {17}expected {36}got\n {2}ok {7}ping {18}JSON-RPC ping is answered by the proxy {6}HTTP 200 with a result, \d+ ms\n {33}itself\n/,
    );
    expect(stdout).toMatch(/\n {2}ok {7}call-tool/);
    expect(stdout).toMatch(/\n3 ok\.\n$/);
    expect(code).toBe(0);
  });

  it('lists the checks if --only names none of them, before any request', async () => {
    await using aws = await startFakeAws(emptyWorld());
    const { code, stderr } = await cli('verify', [STACK, '--only', 'headers'], aws.environment);
    expect(stderr).toMatch(/--only: expected ids out of runtime-ready, .*header-pass-through.*; got headers/);
    expect(code).toBe(2);
    expect(aws.calls).toEqual([]);
  });

  it('gives every check a unique id', () => {
    const ids = liveChecks().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });
});
