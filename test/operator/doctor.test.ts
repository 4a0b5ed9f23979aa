import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bootstrap, credentials, region } from '../../bin/operator/checks/account.ts';
import { builder } from '../../bin/operator/checks/builder.ts';
import { cdk } from '../../bin/operator/checks/cdk.ts';
import { node, npm } from '../../bin/operator/checks/node.ts';
import { upstreams } from '../../bin/operator/checks/upstream.ts';
import { startCalculator } from '../../local/calculator.ts';
import { createAuthority } from '../support/certificate.ts';
import { startVerifyingServer } from '../support/sigv4-verifier.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { serve } from '../upstream/auth/loopback.ts';
import { cli } from './cli.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { ORDERS, startHome } from './home.ts';
import { ACCOUNT, emptyWorld, REGION } from './world.ts';

afterEach(() => vi.unstubAllEnvs());

interface Report {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly deployment?: string;
    readonly state: string;
    readonly found: string;
    readonly advice?: string;
  }[];
}

async function examined(
  aws: FakeAws,
  deployments: readonly unknown[],
  ...args: string[]
): Promise<
  Report & {
    readonly code: number;
    readonly of: (check: string, deployment?: string) => Report['findings'][number] | undefined;
  }
> {
  await using home = await startHome(deployments);
  const printed = await cli('doctor', ['--deployments', home.file, '--json', ...args], {
    ...aws.environment,
    ...home.environment,
  });
  const report = printed.json() as unknown as Report;
  return {
    ...report,
    code: printed.code,
    of: (check, deployment) =>
      report.findings.find(
        (finding) => finding.check === check && (deployment === undefined || finding.deployment === deployment),
      ),
  };
}

describe('npm run doctor', () => {
  it('checks everything that a deployment needs, and changes nothing', async () => {
    await using aws = await startFakeAws(emptyWorld());
    const unreachable = {
      name: 'crm',
      account: ACCOUNT,
      region: REGION,
      upstream: { url: 'https://mcp.invalid/mcp' },
      artifact: 'zip',
    };
    const { code, ok, of } = await examined(aws, [
      ORDERS,
      unreachable,
      { ...unreachable, name: 'elsewhere', account: '444455556666' },
    ]);
    expect(of('deployments')).toMatchObject({ state: 'ok', found: '3 deployments without a fault' });
    expect(of('app')).toMatchObject({ state: 'ok', found: expect.stringContaining('prod-orders') as unknown });
    expect(of('credentials')).toMatchObject({
      state: 'ok',
      found: `arn:aws:iam::${ACCOUNT}:user/operator (keys in the environment)`,
    });
    expect(of('region', 'prod-orders')).toMatchObject({ state: 'ok' });
    expect(of('bootstrap', 'prod-orders')).toMatchObject({ state: 'ok', found: 'version 30' });
    expect(of('upstream', 'crm')).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/^not reachable: /) as unknown,
    });
    expect(of('account', 'elsewhere')).toMatchObject({
      state: 'ok',
      found: '444455556666, through arn:aws:iam::444455556666:role/cdk-hnb659fds-deploy-role-444455556666-eu-west-1',
    });
    expect(of('bootstrap', 'elsewhere')).toMatchObject({ state: 'ok' });
    expect([code, ok]).toEqual([1, false]);
    expect(aws.calls.filter((call) => !/ (Get|List|Describe)/.test(call))).toEqual(['sts AssumeRole']);
    // Once for each account and region, not for each stack.
    expect(aws.calls.filter((call) => call === 'ssm GetParameter')).toHaveLength(2);
  });

  it('fails for an account other than the expected one', async () => {
    await using aws = await startFakeAws({ ...emptyWorld(), denied: ['AssumeRole'] });
    const { of } = await examined(aws, [
      { ...ORDERS, account: '444455556666', upstream: { url: 'https://mcp.invalid/mcp' } },
    ]);
    expect(of('account')).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/^444455556666, but these credentials are for 111122223333/) as unknown,
      advice: expect.stringMatching(/bootstrap aws:\/\/444455556666\/eu-west-1 --trust 111122223333/) as unknown,
    });
    expect(of('bootstrap')).toBeUndefined();
  });

  it("leaves out the walk-through's upstream, which is created with it", async () => {
    await using aws = await startFakeAws(emptyWorld());
    const { of } = await examined(aws, [], 'sample');
    expect(of('app')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/sample-gateway, sample-calculator/) as unknown,
    });
    expect(of('upstream', 'sample-calculator')).toMatchObject({
      state: 'skipped',
      found: expect.stringMatching(/^UPSTREAM_ARN will be known only/) as unknown,
    });
    expect(of('bootstrap', 'sample-gateway')).toMatchObject({ state: 'ok' });
  });

  it('reports all faults of the deployments file, and stops before the app', async () => {
    await using aws = await startFakeAws(emptyWorld());
    const { code, of } = await examined(aws, [{ ...ORDERS, region: 'eu-west-9', name: 'no-hyphens' }]);
    expect(of('deployments')?.state).toBe('failed');
    expect(of('deployments')?.found).toMatch(/name: expected .*\n.*region: expected one of AWS's regions/);
    expect(of('app')).toBeUndefined();
    expect(code).toBe(1);
  });

  it('says what to add to an empty deployments file', async () => {
    await using aws = await startFakeAws(emptyWorld());
    const { of } = await examined(aws, []);
    expect(of('deployments')).toMatchObject({
      state: 'skipped',
      advice: expect.stringMatching(/add an entry, such as .*"npm run deploy -- sample"/) as unknown,
    });
  });

  it('ends with 2 if a name matches no stack, and lists the stacks', async () => {
    await using aws = await startFakeAws(emptyWorld());
    await using home = await startHome();
    const { code, stderr } = await cli('doctor', ['test-*', '--deployments', home.file], {
      ...aws.environment,
      ...home.environment,
    });
    expect(stderr).toMatch(/expected the name of a stack, or a pattern, got test-\*; there are: prod-orders/);
    expect(code).toBe(2);
  });
});

describe('the account', () => {
  it('warns if credentials expire before a deployment may end', () => {
    const who = {
      account: ACCOUNT,
      arn: 'arn:aws:sts::111122223333:assumed-role/dev/me',
      source: 'profile dev',
      defaultRegion: undefined,
    };
    const now = Date.now();
    expect(credentials({ ...who, expiresAt: undefined }, now).state).toBe('ok');
    expect(credentials({ ...who, expiresAt: new Date(now + 40 * 60_000) }, now)).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/for 40 more minutes$/) as unknown,
    });
    expect(credentials({ ...who, expiresAt: new Date(now + 5 * 60_000) }, now)).toMatchObject({
      state: 'warning',
      advice: expect.stringMatching(/renew them first/) as unknown,
    });
  });

  const PLACE = { account: ACCOUNT, region: REGION, parameter: '/cdk-bootstrap/hnb659fds/version', version: 21 };

  it.each([
    ['new enough', '21', 'ok', /^version 21$/, undefined],
    [
      'too old',
      '20',
      'failed',
      /version 20, expected at least 21/,
      /npm run cdk -- bootstrap aws:\/\/111122223333\/eu-west-1/,
    ],
    ['no version', 'x', 'failed', /expected a version number/, /bootstrap/],
    ['missing', undefined, 'failed', /is not bootstrapped/, /npm run cdk -- bootstrap aws:\/\/111122223333\/eu-west-1/],
  ])('reports a bootstrap stack that is %s', async (_how, version, state, found, advice) => {
    const world = emptyWorld();
    if (version === undefined) world.parameters.clear();
    else world.parameters.set(PLACE.parameter, version);
    await using aws = await startFakeAws(world);
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    const result = await bootstrap(PLACE);
    expect(result.state).toBe(state);
    expect(result.found).toMatch(found);
    if (advice !== undefined) expect(result.advice).toMatch(advice);
  });

  it('does not fail if the bootstrap version or the runtimes may not be read, since deploying does not need that', async () => {
    await using aws = await startFakeAws({ ...emptyWorld(), denied: ['GetParameter'] });
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    expect(await bootstrap(PLACE)).toMatchObject({
      state: 'warning',
      advice: expect.stringMatching(/ssm:GetParameter/) as unknown,
    });
    expect(await region(REGION)).toMatchObject({ state: 'ok' });
  });

  it('says what to do if there is no connection', async () => {
    await using aws = await startFakeAws(emptyWorld());
    for (const [name, value] of Object.entries({ ...aws.environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }))
      vi.stubEnv(name, value);
    expect(await bootstrap(PLACE)).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/no connection \(ECONNREFUSED\)/) as unknown,
      advice: expect.stringMatching(/check the network/) as unknown,
    });
  });
});

describe('the upstream', () => {
  const ask = async (environment: Readonly<Record<string, string | undefined>>, inVpc = false) => {
    const [[check, result] = []] = await upstreams({ environment, config: undefined, inVpc });
    expect(check).toBe('upstream');
    return result;
  };

  it('is asked with the certificates of the deployment, and by http where the deployment allows that', async () => {
    const authority = createAuthority();
    const server = https.createServer({ ...authority.issue([]) }, (_request, response) =>
      response.writeHead(503).end(),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const file = join(await mkdtemp(join(tmpdir(), 'doctor-ca-')), 'ca.pem');
    await writeFile(file, authority.cert);
    const environment = { UPSTREAM_URL: `https://127.0.0.1:${port}/mcp`, UPSTREAM_AUTH: 'none' };
    expect((await ask(environment))?.found).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    expect((await ask({ ...environment, CA_BUNDLE: `file:${file}` }))?.found).not.toMatch(/VERIFY|CERT/);
    server.close();
    const plain = { ...environment, UPSTREAM_URL: 'http://mcp.mesh.invalid/mcp', PLAIN_HTTP_HOSTS: 'mcp.mesh.invalid' };
    expect((await ask(plain))?.found).toMatch(/^not reachable: .*(?:ENOTFOUND|EAI_AGAIN)/);
  });

  it('is checked by its name if there are several, each with its own variables', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-several-'));
    const config = join(folder, 'several.config.ts');
    await writeFile(
      config,
      `import { defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({ upstreams: { math: { prefix: true }, 'math-eu': { prefix: 'eu' }, crm: { prefix: true }, later: { prefix: true } }, controls: [] });
`,
    );
    const calculator = await startCalculator();
    await using refusing = await startUpstream((_request, response) =>
      respondJson(response, { message: 'no' }, { status: 401 }),
    );
    vi.stubEnv('TEST_SECRET', 'key');
    const environment = {
      UPSTREAM_MATH_URL: calculator.url,
      UPSTREAM_MATH_AUTH: 'none',
      UPSTREAM_MATH_EU_URL: 'http://127.0.0.1:9/mcp',
      UPSTREAM_MATH_EU_AUTH: 'none',
      UPSTREAM_CRM_URL: refusing.url,
      UPSTREAM_CRM_AUTH: 'bearer',
      UPSTREAM_CRM_SECRET: 'env:TEST_SECRET',
      UPSTREAM_LATER_ARN: undefined,
      UPSTREAM_LATER_AUTH: 'iam',
    };
    const found = await upstreams({ environment, config, inVpc: false });
    expect(Object.fromEntries(found)).toMatchObject({
      'upstream math': { state: 'ok', found: expect.stringMatching(/^\d+ tools: add, subtract/) as unknown },
      'upstream math-eu': {
        state: 'failed',
        found: expect.stringMatching(/^not reachable: .*ECONNREFUSED/) as unknown,
      },
      'upstream crm': {
        state: 'failed',
        found: expect.stringMatching(/^authentication failed/) as unknown,
        advice: expect.stringMatching(/in the deployment's upstreams\.crm\.auth$/) as unknown,
      },
      'upstream later': {
        state: 'skipped',
        found: expect.stringMatching(/^UPSTREAM_LATER_ARN will be known only after/) as unknown,
      },
    });
    await calculator.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("lists its tools through the proxy's own code", async () => {
    const calculator = await startCalculator();
    expect(await ask({ UPSTREAM_URL: calculator.url })).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^\d+ tools: add, subtract/) as unknown,
    });
    await calculator.close();
  });

  it('is reached with OAuth client credentials, as by the deployed proxy', async () => {
    await using issuer = await startTokenIssuer({ clientSecret: 'right' });
    const calculator = await startCalculator();
    vi.stubEnv('TEST_SECRET', 'right');
    const oauth = {
      UPSTREAM_URL: calculator.url,
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_TOKEN_URL: issuer.tokenEndpoint.href,
      UPSTREAM_CLIENT_ID: 'm2m',
      UPSTREAM_SECRET: 'env:TEST_SECRET',
    };
    expect(await ask(oauth)).toMatchObject({ state: 'ok' });
    vi.stubEnv('TEST_SECRET', 'wrong');
    expect(await ask(oauth)).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/^authentication failed: .*invalid_client/) as unknown,
    });
    await calculator.close();
  });

  it('distinguishes an upstream that refuses, one that is not there, and one that is something else', async () => {
    await using refusing = await startUpstream((_request, response) =>
      respondJson(response, { message: 'no' }, { status: 401 }),
    );
    await using page = await serve(
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    vi.stubEnv('TEST_SECRET', 'key');
    expect(
      await ask({ UPSTREAM_URL: refusing.url, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:TEST_SECRET' }),
    ).toMatchObject({ state: 'failed', found: expect.stringMatching(/^authentication failed/) as unknown });
    expect(await ask({ UPSTREAM_URL: 'http://127.0.0.1:9/mcp' })).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/^not reachable: .*ECONNREFUSED/) as unknown,
    });
    expect(await ask({ UPSTREAM_URL: `${page.url}/mcp` })).toMatchObject({
      state: 'failed',
      advice: expect.stringMatching(/check the path of its URL/) as unknown,
    });
  });

  it('that is called on behalf of callers is not asked, since nobody calls; what is bound is checked', async () => {
    vi.stubEnv('TEST_SECRET', 'key');
    const exchanged = {
      UPSTREAM_URL: 'http://127.0.0.1:9/mcp',
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_TOKEN_URL: 'https://id.example.com/token',
      UPSTREAM_CLIENT_ID: 'me',
      UPSTREAM_SECRET: 'env:TEST_SECRET',
      UPSTREAM_AUDIENCE: 'crm',
    };
    expect(await ask(exchanged)).toMatchObject({
      state: 'skipped',
      found: expect.stringContaining("what each caller's token is exchanged for (token-exchange)") as unknown,
      advice: expect.stringContaining('npm run agent -- NAME --list') as unknown,
    });
    expect(await ask({ ...exchanged, UPSTREAM_CLIENT_ID: undefined })).toMatchObject({ state: 'skipped' });
    const { UPSTREAM_CLIENT_ID: _, ...faulty } = exchanged;
    expect(await ask(faulty)).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('UPSTREAM_CLIENT_ID: expected the OAuth client id') as unknown,
    });
  });

  it('whose tokens AgentCore Identity gives needs a provider that is there, and a workload identity that allows its page', async () => {
    const world = emptyWorld();
    await using aws = await startFakeAws(world);
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    const own = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:`;
    const environment = {
      UPSTREAM_URL: 'http://127.0.0.1:9/mcp',
      UPSTREAM_AUTH: 'agentcore-identity',
      UPSTREAM_PROVIDER: `${own}token-vault/default/oauth2credentialprovider/crm`,
      UPSTREAM_WORKLOAD: 'runtime',
      UPSTREAM_FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE',
    };
    expect(await ask(environment)).toMatchObject({
      state: 'failed',
      found: `there is no credential provider crm in ${REGION}`,
    });
    world.identities.set('GetOauth2CredentialProvider crm', { credentialProviderArn: environment.UPSTREAM_PROVIDER });
    expect(await ask(environment)).toMatchObject({
      state: 'ok',
      found: 'the credential provider crm is there; AgentCore Runtime says for whom it is asked',
    });
    const federated = {
      ...environment,
      UPSTREAM_FLOW: 'USER_FEDERATION',
      UPSTREAM_RETURN_URL: 'https://app.example.com/connected',
    };
    expect(await ask(federated)).toMatchObject({ state: 'warning' });
    const ours = {
      ...federated,
      UPSTREAM_WORKLOAD: `${own}workload-identity-directory/default/workload-identity/ours`,
    };
    world.identities.set('GetWorkloadIdentity ours', { workloadIdentityArn: ours.UPSTREAM_WORKLOAD });
    expect(await ask(ours)).toMatchObject({
      state: 'failed',
      found: 'the workload identity ours does not allow the return URL https://app.example.com/connected',
    });
    world.identities.set('GetWorkloadIdentity ours', {
      workloadIdentityArn: ours.UPSTREAM_WORKLOAD,
      allowedResourceOauth2ReturnUrls: [ours.UPSTREAM_RETURN_URL],
    });
    expect(await ask(ours)).toMatchObject({ state: 'ok' });
    world.denied.push('GetOauth2CredentialProvider');
    expect(await ask(ours)).toMatchObject({ state: 'warning' });
  });

  it('warns if a signed call is refused, since the deployed proxy signs with its own role', async () => {
    await using server = await startVerifyingServer({
      region: REGION,
      service: 'bedrock-agentcore',
      secretFor: () => undefined,
    });
    for (const [name, value] of [
      ['AWS_ACCESS_KEY_ID', 'AKID'],
      ['AWS_SECRET_ACCESS_KEY', 'x'],
    ] as const)
      vi.stubEnv(name, value);
    expect(await ask({ UPSTREAM_URL: `${server.url}/mcp`, UPSTREAM_AUTH: 'iam', AWS_REGION: REGION })).toMatchObject({
      state: 'warning',
      advice: expect.stringMatching(/its own execution role/) as unknown,
    });
  });

  it('only warns if a proxy in a VPC has an upstream that is not reachable from here', async () => {
    expect(await ask({ UPSTREAM_URL: 'http://127.0.0.1:9/mcp' }, true)).toMatchObject({
      state: 'warning',
      advice: expect.stringMatching(/in a VPC/) as unknown,
    });
  });

  it('is skipped if its address is only known after the deployment', async () => {
    expect(await ask({ UPSTREAM_URL: undefined, UPSTREAM_AUTH: 'iam' })).toMatchObject({
      state: 'skipped',
      found: expect.stringMatching(/^UPSTREAM_URL will be known only/) as unknown,
    });
  });

  it('never shows a secret that was given instead of a reference', async () => {
    const result = await ask({
      UPSTREAM_URL: 'http://127.0.0.1:9/mcp',
      UPSTREAM_AUTH: 'bearer',
      UPSTREAM_SECRET: 'hunter2-itself',
    });
    expect(result).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/UPSTREAM_SECRET: got another text/) as unknown,
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

/** emSign ECC Root CA - G3, as in Node 26.10.0. */
const COMPROMISED_ROOT = `-----BEGIN CERTIFICATE-----
MIICTjCCAdOgAwIBAgIKPPYHqWhwDtqLhDAKBggqhkjOPQQDAzBrMQswCQYDVQQGEwJJTjET
MBEGA1UECxMKZW1TaWduIFBLSTElMCMGA1UEChMcZU11ZGhyYSBUZWNobm9sb2dpZXMgTGlt
aXRlZDEgMB4GA1UEAxMXZW1TaWduIEVDQyBSb290IENBIC0gRzMwHhcNMTgwMjE4MTgzMDAw
WhcNNDMwMjE4MTgzMDAwWjBrMQswCQYDVQQGEwJJTjETMBEGA1UECxMKZW1TaWduIFBLSTEl
MCMGA1UEChMcZU11ZGhyYSBUZWNobm9sb2dpZXMgTGltaXRlZDEgMB4GA1UEAxMXZW1TaWdu
IEVDQyBSb290IENBIC0gRzMwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAQjpQy4LRL1KPOxst3i
AhKAnjlfSU2fySU0WXTsuwYc58Byr+iuL+FBVIcUqEqy6HyC5ltqtdyzdc6LBtCGI79G1Y4P
PwT01xySfvalY8L1X44uT6EYGQIrMgqCZH0Wk9GjQjBAMB0GA1UdDgQWBBR8XQKEE9TMipuB
zhccLikenEhjQjAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
AwNpADBmAjEAvvNhzwIQHWSVB7gYboiFBS+DCBeQyh+KTOgNG3qxrdWBCUfvO6wIBHxcmbHt
RwfSAjEAnbpV/KlK6O3t5nYBQnvI+GDZjVGLVTv7jHvrZQnD+JbNR6iC8hZVdyR+EhCVBCyj
-----END CERTIFICATE-----`;

describe('this machine', () => {
  it('requires a maintained Node version', () => {
    expect(node('26.12.1').state).toBe('ok');
    expect(node('22.18.0')).toMatchObject({ state: 'warning', advice: expect.stringMatching(/npm ci/) as unknown });
  });

  it('reports a Node that trusts roots whose keys were compromised, whatever its version', () => {
    expect(node('26.12.1', [COMPROMISED_ROOT])).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(/^26\.12\.1, which trusts .*CVE-2026-111943.*: emSign ECC Root CA - G3$/) as unknown,
      advice: expect.stringMatching(/26\.12\.1 or later.*on a Mac install it/) as unknown,
    });
    expect(node().state).toBe('ok');
  });

  it("gets npm's version from npm itself", async () => {
    expect(await npm('npm/11.2.0 node/v26.10.0 linux x64')).toMatchObject({ state: 'ok', found: '11.2.0' });
  });

  it.each([
    ['the pinned CDK', '2.1148.1', undefined, 'ok', /^2\.1148\.1$/],
    ['another CDK', '2.1000.0', undefined, 'failed', /^2\.1000\.0, expected 2\.1148\.1$/],
    ['a CDK version that was published by accident', '3.0.0', undefined, 'failed', /published by accident/],
    ['no CDK', undefined, undefined, 'failed', /^not installed$/],
    [
      'a different one on the PATH',
      '2.1148.1',
      '3.0.0',
      'warning',
      /^2\.1148\.1 here, and 3\.0\.0 on the PATH \(published by accident/,
    ],
    ['the same one on the PATH', '2.1148.1', '2.1148.1', 'ok', /^2\.1148\.1$/],
  ])('finds %s', async (_what, installed, onPath, state, found) => {
    await inFolder(async (folder) => {
      await put(folder, 'root/package.json', JSON.stringify({ devDependencies: { 'aws-cdk': '2.1148.1' } }));
      if (installed !== undefined)
        await put(folder, 'root/node_modules/aws-cdk/package.json', JSON.stringify({ version: installed }));
      await put(folder, 'global/aws-cdk/package.json', JSON.stringify({ version: onPath ?? '' }));
      if (onPath !== undefined) await put(folder, 'global/aws-cdk/bin/cdk', '');
      const result = cdk(join(folder, 'root'), join(folder, 'global/aws-cdk/bin'));
      expect(result.state).toBe(state);
      expect(result.found).toMatch(found);
    });
  });

  const DOCKER = (arch: string, more = '') =>
    `case "$1" in --version) echo "Docker version 28.2.2";; info) echo ${arch};; ${more} *) exit 1;; esac`;
  it.each([
    ['an arm64 machine', DOCKER('aarch64'), '', 'FROM x\nRUN y\n', 'ok', /arm64 natively/],
    [
      'podman',
      'case "$1" in --version) echo "podman version 5.4.2";; info) [ "$3" = "{{.Host.Arch}}" ] && echo arm64;; esac',
      '',
      'FROM x\nRUN y\n',
      'ok',
      /podman version 5\.4\.2, arm64 natively/,
    ],
    [
      'an emulator in the kernel',
      DOCKER('x86_64'),
      'enabled\ninterpreter /usr/bin/qemu-aarch64',
      'FROM x\nRUN y\n',
      'ok',
      /arm64 by emulation/,
    ],
    [
      'a builder that emulates',
      DOCKER('x86_64', 'buildx) echo "Platforms: linux/amd64, linux/arm64";;'),
      '',
      'FROM x\nRUN y\n',
      'ok',
      /arm64 by emulation/,
    ],
    [
      'no emulation, and an image that only copies',
      DOCKER('x86_64'),
      '',
      'FROM x\nCOPY . .\n',
      'ok',
      /can't run arm64 programs, but building this image doesn't need that/,
    ],
    [
      'no emulation, and an image that runs something',
      DOCKER('x86_64'),
      '',
      'FROM x\nRUN y\n',
      'warning',
      /without emulation of arm64/,
    ],
    [
      'an emulator that is switched off',
      DOCKER('x86_64'),
      'disabled',
      'FROM x\nRUN y\n',
      'warning',
      /without emulation of arm64/,
    ],
    [
      'a daemon that is not running',
      'case "$1" in --version) echo "Docker version 28.2.2";; *) exit 1;; esac',
      '',
      'FROM x\n',
      'failed',
      /doesn't answer/,
    ],
  ])('finds %s', async (_what, script, binfmt, dockerfile, state, found) => {
    await inFolder(async (folder) => {
      const program = await put(folder, 'builder', `#!/bin/sh\n${script}\n`);
      await chmod(program, 0o755);
      const result = await builder({
        program,
        dockerfile: await put(folder, 'Dockerfile', dockerfile),
        binfmt: await put(folder, 'binfmt', binfmt),
      });
      expect(result.found).toMatch(found);
      expect(result.state).toBe(state);
    });
  });

  it('says what to install or set if there is no builder', async () => {
    expect(await builder({ program: '/nowhere/docker' })).toMatchObject({
      state: 'failed',
      found: '/nowhere/docker was not found (ENOENT)',
      advice: expect.stringMatching(/CDK_DOCKER/) as unknown,
    });
  });
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'operator-doctor-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function put(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}
