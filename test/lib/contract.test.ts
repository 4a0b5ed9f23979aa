/**
 * The contract between synth and container: the synthesized environment starts the built folder, and calls pass
 * through.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboundAuth, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { ROOT } from '../../lib/root.ts';
import { startProxy } from '../conformance/proxy-process.ts';
import { verifySigV4 } from '../support/sigv4-verifier.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { configThatNeeds, environmentOf, REGION, SECRET_ARN, synth, type Synthesized } from './synth.ts';

/** What AgentCore adds: the execution role's credentials. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

/** The folder that the image is made of, in the cloud assembly. */
function builtFolder(synthesized: Synthesized): string {
  const folder = synthesized.assembly();
  const [asset] = readdirSync(folder).filter(
    (name) => name.startsWith('asset.') && readdirSync(join(folder, name)).includes('Dockerfile'),
  );
  return join(folder, asset ?? '', 'proxy');
}

/** The synthesized environment, with the host of the upstream's address replaced by loopback. */
function onLoopback(
  environment: Readonly<Record<string, string>>,
  upstream: Upstream,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { UPSTREAM_ARN: _arn, UPSTREAM_URL: _url, ...rest } = environment;
  return { ...CREDENTIALS, AWS_REGION: REGION, ...rest, UPSTREAM_URL: upstream.url, ...more };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(CALL),
  });
  return { status: reply.status, text: await reply.text() };
}

describe('the synthesized environment starts the built folder', () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream[Symbol.asyncDispose]());

  it('unchanged, without a request to the upstream', async () => {
    const synthesized = synth();
    const proxy = await startProxy(join(builtFolder(synthesized), 'main.mjs'), '', {
      ...CREDENTIALS,
      ...environmentOf(synthesized.template),
    });
    const ping = await fetch(proxy.url.replace('/mcp', '/ping'));
    expect(await ping.json()).toMatchObject({ status: 'Healthy' });
    await proxy.close();
  });

  it("and the image's health check distinguishes a running proxy from none", async () => {
    const proxy = await startProxy(join(builtFolder(synth()), 'main.mjs'), upstream.url);
    const { port } = new URL(proxy.url);
    const [, command = ''] =
      /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(readFileSync(join(ROOT, 'proxy/Dockerfile'), 'utf8')) ?? [];
    const [node, ...args]: unknown[] = JSON.parse(command.replace('127.0.0.1:8000', `127.0.0.1:${port}`));
    const check = (): number | null => spawnSync(process.execPath, args.map(String)).status;
    expect([node, check()]).toEqual(['node', 0]);
    await proxy.close();
    expect(check()).toBe(1);
  });

  it('and a call passes, signed for the synthesized service and region', async () => {
    const synthesized = synth();
    const proxy = await startProxy(
      join(builtFolder(synthesized), 'main.mjs'),
      upstream.url,
      onLoopback(environmentOf(synthesized.template), upstream),
    );
    const before = upstream.received.length;
    expect(await post(proxy.url)).toMatchObject({ status: 200, text: expect.stringContaining('"result"') });
    const request = await upstream.arrival(before);
    const verdict = verifySigV4(request, {
      region: REGION,
      service: 'bedrock-agentcore',
      secretFor: (id) => (id === CREDENTIALS.AWS_ACCESS_KEY_ID ? CREDENTIALS.AWS_SECRET_ACCESS_KEY : undefined),
    });
    expect(verdict).toMatchObject({ accepted: true });
    await proxy.close();
  });

  it('with a JWT caller and a key from Secrets Manager: a call passes with a token, and not without one', async () => {
    const config = configThatNeeds('contract-jwt', `{ LABEL: 'a text' }`, {
      caller: 'agentcoreJwt()',
      perCaller: true,
    });
    const synthesized = synth({
      config,
      bindings: { LABEL: 'blue' },
      upstream: ProxyUpstream.url('https://crm.example.com/mcp'),
      upstreamAuth: UpstreamAuth.bearer({ secret: `${SECRET_ARN}#apiKey`, header: 'X-Api-Key' }),
      inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com', allowedClients: ['agent'] }),
    });
    const secrets = await startSecretsManager({ [SECRET_ARN]: '{"apiKey":"key-of-the-crm"}' });
    const environment = onLoopback(environmentOf(synthesized.template), upstream, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    });
    const proxy = await startProxy(join(builtFolder(synthesized), 'main.mjs'), upstream.url, environment);
    const before = upstream.received.length;
    const token = ['{"alg":"RS256"}', '{"sub":"agent","iss":"https://login.example.com"}']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    expect((await post(proxy.url)).status).toBe(403);
    expect(upstream.received).toHaveLength(before);
    expect(await post(proxy.url, { authorization: `Bearer ${token}.c2lnbmF0dXJl` })).toMatchObject({ status: 200 });
    const request = await upstream.arrival(before);
    expect(request.header('x-api-key')).toBe('key-of-the-crm');
    expect(request.header('authorization')).toBeUndefined();
    await proxy.close();
    secrets.close();
  });

  it('but not if a synthesized binding is missing', async () => {
    const synthesized = synth({
      config: configThatNeeds('contract-label', `{ LABEL: 'a text' }`),
      bindings: { LABEL: 'blue' },
    });
    const { LABEL: _label, ...rest } = environmentOf(synthesized.template);
    await expect(
      startProxy(join(builtFolder(synthesized), 'main.mjs'), upstream.url, onLoopback(rest, upstream)),
    ).rejects.toThrow('LABEL: expected a value for control vault (a text), got nothing');
  });
});

/** The part of Secrets Manager that GetSecretValue needs. */
async function startSecretsManager(
  secrets: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const id = typeof asked === 'object' && asked !== null && 'SecretId' in asked ? String(asked.SecretId) : '';
      const value = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' ? secrets[id] : undefined;
      response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify(
          value === undefined ? { __type: 'ResourceNotFoundException' } : { ARN: id, SecretString: value },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
