/** `npm run verify`: a check for each way to authenticate, against the stand-ins of the services that give credentials. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import type { Row } from '../../bin/operator/verify.ts';
import { createAuthority } from '../support/certificate.ts';
import { startSigningServices } from '../support/signing-services.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { MANAGED, providerArn, RETURN_URL, rolePolicy, startWorld } from '../upstream/auth/identity-world.ts';
import { startCertifiedUpstream } from '../upstream/certified-upstream.ts';
import type { PlatformOptions } from './platform.ts';
import { checked, OBSERVED } from './verified.ts';
import { RUNTIME_ID, runtimeDocument, type World } from './world.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-ways-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

type Environment = Readonly<Record<string, string>>;

/** The row of one check of a proxy whose runtime has this environment. */
async function row(id: string, environment: Environment, platform: Partial<PlatformOptions> = {}): Promise<Row> {
  const { UPSTREAM_URL: upstream = environment['UPSTREAM_CRM_URL'] ?? '' } = environment;
  const change = (world: World): void =>
    void world.runtimes.set(RUNTIME_ID, runtimeDocument({ environmentVariables: { ...OBSERVED, ...environment } }));
  const rows = await checked([id], { upstream, change, platform: { environment, ...platform } });
  const found = rows.get(id);
  if (found === undefined) throw new Error(`no row for ${id}`);
  return found;
}

/** An upstream that takes the tokens of one issuer. */
const startTaking = (takes: (authorization: string | undefined) => Promise<unknown>) =>
  startUpstream(async (request, response) => {
    const isKnown = await takes(request.header('authorization')).then(
      () => true,
      () => false,
    );
    const { id } = JSON.parse(request.text) as { readonly id: unknown };
    if (isKnown) respondJson(response, { jsonrpc: '2.0', id, result: { resultType: 'complete', tools: [] } });
    else response.writeHead(401).end();
  });

describe('AgentCore Identity', () => {
  const bound = (w: Awaited<ReturnType<typeof startWorld>>, more: Environment): Environment => ({
    ...w.identity.role(rolePolicy('crm', 'oauth2', MANAGED)),
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: w.identity.url,
    UPSTREAM_URL: w.upstream.url,
    UPSTREAM_AUTH: 'agentcore-identity',
    UPSTREAM_PROVIDER: providerArn('crm'),
    UPSTREAM_WORKLOAD: 'runtime',
    ...more,
  });
  const FLOWS = [
    ['identity-own', {}],
    ['identity-on-behalf', { UPSTREAM_FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE', UPSTREAM_UNVERIFIED_CALLERS: 'allowed' }],
    [
      'identity-consent',
      { UPSTREAM_FLOW: 'USER_FEDERATION', UPSTREAM_RETURN_URL: RETURN_URL, UPSTREAM_UNVERIFIED_CALLERS: 'allowed' },
    ],
  ] as const;

  test.each(FLOWS)(
    '%s passes, and fails with a role that may not ask',
    async (id, flow) => {
      await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
      const workloadToken = (): string => w.identity.handOver(MANAGED, 'alice');
      const page = w.identity.url;
      expect(await row(id, bound(w, flow), { workloadToken })).toMatchObject({
        state: 'ok',
        got:
          id === 'identity-consent'
            ? `the page of ${page}, another one each time, since nothing verifies the caller`
            : 'accepted, 1 tools',
      });
      const powerless = w.identity.role({ Statement: [] });
      expect(await row(id, { ...bound(w, flow), ...powerless }, { workloadToken })).toMatchObject({
        state: 'failed',
        got: expect.stringMatching(/^AgentCore Identity refused a token of crm.*allow the execution role/) as unknown,
      });
      for (const [other] of FLOWS)
        if (other !== id)
          expect(await row(other, bound(w, flow), { workloadToken })).toMatchObject({
            state: 'skipped',
            got: 'no upstream is bound to it',
          });
    },
    60_000,
  );

  test('identity-consent fails if the second list has no page', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    let asked = 0;
    const workloadToken = (): string => (asked++ === 0 ? w.identity.handOver(MANAGED, 'alice') : '');
    expect(await row('identity-consent', bound(w, FLOWS[2][1]), { workloadToken })).toMatchObject({
      state: 'failed',
      got: expect.stringMatching(/^the page of .*, and then none: HTTP 403.*unauthenticated-caller/) as unknown,
    });
  });

  test('identity-consent finds the page of one of several upstreams', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using open = await startTaking(() => Promise.resolve());
    const main = join(folder, 'main.ts');
    await writeFile(
      main,
      `import { run } from ${JSON.stringify(pathToFileURL(join(ROOT, 'proxy/run.ts')).href)};
await run({ upstreams: { crm: { prefix: true }, open: { prefix: true } }, controls: [] }, []);
`,
    );
    const { UPSTREAM_URL: _, ...single } = bound(w, FLOWS[2][1]);
    const environment = {
      ...Object.fromEntries(
        Object.entries(single).map(([name, value]) => [name.replace(/^UPSTREAM_/, 'UPSTREAM_CRM_'), value]),
      ),
      UPSTREAM_CRM_URL: w.upstream.url,
      UPSTREAM_OPEN_URL: open.url,
      UPSTREAM_OPEN_AUTH: 'none',
    };
    const token = w.identity.handOver(MANAGED, 'alice');
    expect(await row('identity-consent', environment, { main, workloadToken: () => token })).toMatchObject({
      state: 'ok',
      got: `crm: the page of ${w.identity.url}, twice the same`,
    });
  });
});

test('kms-signing passes, and fails with the log’s advice where the role may not sign', async () => {
  await using kms = await startSigningServices();
  const { arn, publicKey } = kms.createKey('RSA_2048');
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  await using issuer = await startTokenIssuer({ authMethod: 'private_key_jwt', clientKeys: [jwk] });
  await using upstream = await startTaking((authorization) => issuer.verify(authorization));
  const environment = {
    ...kms.environment,
    UPSTREAM_URL: upstream.url,
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_CLIENT_ID: issuer.clientId,
    UPSTREAM_ISSUER: issuer.issuer.href,
    UPSTREAM_SIGNING_KEY: arn,
    UPSTREAM_KEY_ID: 'one',
  };
  kms.role = [{ Effect: 'Allow', Action: 'kms:Sign', Resource: arn }];
  expect(await row('kms-signing', environment)).toMatchObject({ state: 'ok', got: 'accepted, 0 tools' });
  kms.role = [];
  expect(await row('kms-signing', environment)).toMatchObject({
    state: 'failed',
    got: expect.stringMatching(/^could not sign with the key .*allow the execution role kms:Sign/) as unknown,
  });
});

test('web-identity passes, and fails where the account has no such identities', async () => {
  await using sts = await startSigningServices();
  await using issuer = await startUpstream((_, response) =>
    respondJson(response, { access_token: 'granted', token_type: 'Bearer' }),
  );
  await using upstream = await startTaking(async (authorization) => {
    if (authorization !== 'Bearer granted') throw new Error('another token');
  });
  sts.role = [{ Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*' }];
  const environment = {
    ...sts.environment,
    AWS_REGION: 'eu-west-1',
    UPSTREAM_URL: upstream.url,
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_CLIENT_ID: 'app-1',
    UPSTREAM_TOKEN_URL: issuer.url,
    UPSTREAM_AUTH_METHOD: 'web_identity',
  };
  expect(await row('web-identity', environment)).toMatchObject({ state: 'ok', got: 'accepted, 0 tools' });
  sts.federates = false;
  expect(await row('web-identity', environment)).toMatchObject({
    state: 'failed',
    got: expect.stringContaining('aws iam enable-outbound-web-identity-federation') as unknown,
  });
});

test('client-certificate passes, and fails with a certificate that the upstream refuses', async () => {
  const authority = createAuthority();
  await using upstream = await startCertifiedUpstream(authority);
  const { cert, key } = authority.issue(undefined, { name: 'proxy' });
  await writeFile(join(folder, 'client.pem'), `${cert}${key}`);
  await writeFile(join(folder, 'ca.pem'), authority.cert);
  const environment = {
    CA_BUNDLE: `file:${join(folder, 'ca.pem')}`,
    UPSTREAM_URL: upstream.url,
    UPSTREAM_AUTH: 'none',
    UPSTREAM_CLIENT_CERTIFICATE: `file:${join(folder, 'client.pem')}`,
  };
  expect(await row('client-certificate', environment)).toMatchObject({ state: 'ok', got: 'accepted, 0 tools' });
  upstream.refused.set('proxy', 401);
  expect(await row('client-certificate', environment)).toMatchObject({ state: 'failed' });
});

test.each(['token-exchange', 'jwt-bearer'])('%s is skipped where nothing is bound to it', async (id) => {
  await using upstream = await startTaking(() => Promise.resolve());
  expect(await row(id, { UPSTREAM_URL: upstream.url, UPSTREAM_AUTH: 'none' })).toMatchObject({ state: 'skipped' });
});
