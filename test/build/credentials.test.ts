/**
 * Credentials in the bundle. There, the AWS SDK and the OAuth code are lazy chunks, unlike the modules that all other
 * tests run. A bundler may lose their exports, and has done so.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProxy, ROOT } from '../../bin/bundle.ts';
import { startProxy } from '../conformance/proxy-process.ts';
import { startVerifyingServer } from '../support/sigv4-verifier.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';

const AWS = {
  AWS_ACCESS_KEY_ID: 'AKIDROLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
  AWS_SESSION_TOKEN: 'session',
  AWS_REGION: 'eu-west-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const secretFor = (accessKeyId: string): string | undefined =>
  accessKeyId === 'AKIDROLE' ? 'wJalrXUtnFEMI' : undefined;
const RESULT = { jsonrpc: '2.0', id: 1, result: { tools: [] } };

/** An upstream that requires one `Authorization`, and answers any other with 401. */
async function upstreamWanting(
  wanted: (authorization: string) => boolean | Promise<boolean>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    void Promise.resolve(wanted(request.headers.authorization ?? '')).then((accepted) => {
      response.writeHead(accepted ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(RESULT));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, close: () => server.close() };
}

async function list(url: string): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    }),
  });
  return { status: reply.status, body: await reply.json() };
}

describe('the built folder authenticates', () => {
  let folder: string;
  let main: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-credentials-'));
    const out = join(folder, 'proxy');
    await buildProxy({ config: join(ROOT, 'proxy.config.ts'), out });
    main = join(out, 'main.mjs');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('by SigV4, with credentials from the default chain', async () => {
    await using upstream = await startVerifyingServer(
      { region: 'eu-west-1', service: 'bedrock-agentcore', secretFor },
      () => ({ body: RESULT }),
    );
    const proxy = await startProxy(main, `${upstream.url}/mcp`, { ...AWS, UPSTREAM_AUTH: 'iam' });
    expect(await list(proxy.url)).toEqual({ status: 200, body: RESULT });
    expect(upstream.verdicts).toMatchObject([{ accepted: true, accessKeyId: 'AKIDROLE' }]);
    await proxy.close();
  });

  it('by a key that Secrets Manager holds', async () => {
    await using secrets = await startVerifyingServer(
      { region: 'eu-west-1', service: 'secretsmanager', secretFor },
      () => ({ body: { SecretString: 'k-123' } }),
    );
    const upstream = await upstreamWanting((authorization) => authorization === 'Bearer k-123');
    const proxy = await startProxy(main, upstream.url, {
      ...AWS,
      UPSTREAM_AUTH: 'bearer',
      UPSTREAM_SECRET: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/mcp-AbCdEf',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    });
    expect(await list(proxy.url)).toEqual({ status: 200, body: RESULT });
    await proxy.close();
    upstream.close();
  });

  it("by OAuth client credentials, with a client secret from Cognito's own API", async () => {
    await using issuer = await startTokenIssuer({
      clientId: '1h57kf5cpq17m0eml12EXAMPLE',
      clientSecret: 'from-cognito',
    });
    await using cognito = await startVerifyingServer(
      { region: 'eu-west-1', service: 'cognito-idp', secretFor },
      () => ({ body: { UserPoolClient: { ClientId: '1h57kf5cpq17m0eml12EXAMPLE', ClientSecret: 'from-cognito' } } }),
    );
    const upstream = await upstreamWanting((authorization) =>
      issuer.verify(authorization).then(
        () => true,
        () => false,
      ),
    );
    const proxy = await startProxy(main, upstream.url, {
      ...AWS,
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_ISSUER: issuer.issuer.href,
      UPSTREAM_SECRET: 'cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE',
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
    });
    expect(await list(proxy.url)).toEqual({ status: 200, body: RESULT });
    await proxy.close();
    upstream.close();
  });
});
