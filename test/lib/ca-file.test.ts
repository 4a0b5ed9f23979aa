/** `caFile`: in the image, trusted by what runs there, and checked at synth. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProxyUpstream } from '../../lib/index.ts';
import { startProxy } from '../conformance/proxy-process.ts';
import { createAuthority } from '../support/certificate.ts';
import { configFile, environmentOf, flat, runtimeOf, SECRET_ARN, synth } from './synth.ts';

const authority = createAuthority();
const CALL =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}';
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'x',
};

/** The files of each asset of an app with one proxy that are the built folder. */
function builtFolder(folder: string): string {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('asset.') || name.endsWith('.json')) continue;
    const files = readdirSync(join(folder, name));
    if (files.includes('main.mjs')) return join(folder, name);
    if (files.includes('Dockerfile')) return join(folder, name, 'proxy');
  }
  throw new Error('expected the built folder among the assets');
}

describe('a file with certificates', () => {
  const caFile = configFile('ca', `# ours\n${authority.cert}`, 'corp.pem');

  it.each(['image', 'zip'] as const)('is in the %s, and only its certificates are', (artifact) => {
    const synthesized = synth({ caFile, artifact });
    expect(readFileSync(join(builtFolder(synthesized.assembly()), 'ca.pem'), 'utf8')).toBe(authority.cert);
    expect(environmentOf(synthesized.template)).toMatchObject({ CA_BUNDLE: 'built' });
    expect(readdirSync(builtFolder(synth({ artifact }).assembly()))).not.toContain('ca.pem');
  });

  it('is trusted by the proxy that was built with it', async () => {
    const server = https.createServer({ ...authority.issue([]) }, (request, response) => {
      request.resume();
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const synthesized = synth({ caFile, upstream: ProxyUpstream.url('https://mcp.corp.example/mcp') });
    const { UPSTREAM_URL: _url, ...environment } = environmentOf(synthesized.template);
    const main = join(builtFolder(synthesized.assembly()), 'main.mjs');
    const status = async (bindings: Readonly<Record<string, string>>): Promise<number> => {
      const proxy = await startProxy(main, url, bindings);
      try {
        return (await fetch(proxy.url, { method: 'POST', headers: HEADERS, body: CALL })).status;
      } finally {
        await proxy.close();
      }
    };
    const { CA_BUNDLE: _bundle, ...without } = environment;
    expect([await status(environment), await status(without)]).toEqual([200, 502]);
    server.close();
    server.closeAllConnections();
  });

  it.each([
    ['a private key', authority.cert + authority.key, 'caFile: expected certificates in PEM, got in block 2 of 2'],
    [
      'no certificate',
      'corp',
      'caFile: expected certificates in PEM (-----BEGIN CERTIFICATE-----), got a text without',
    ],
  ])('with %s is a fault', (what, text, fault) => {
    expect(() => synth({ caFile: configFile(`ca ${what}`, text, 'corp.pem') })).toThrow(fault);
  });

  it('that is nowhere is a fault, and so is one beside a secret', () => {
    expect(() => synth({ caFile: '/nowhere/corp.pem' })).toThrow(
      'caFile: expected a file that can be read, found none at /nowhere/corp.pem',
    );
    expect(() => synth({ caFile, caSecretArn: SECRET_ARN })).toThrow(
      'caFile: expected caFile or caSecretArn, got both',
    );
  });
});

it('a secret with certificates may be read, and nothing else', () => {
  const { template } = synth({ caSecretArn: SECRET_ARN });
  expect(environmentOf(template)).toMatchObject({ CA_BUNDLE: SECRET_ARN });
  expect(JSON.stringify(flat(template.toJSON()))).toContain(
    JSON.stringify({
      Action: 'secretsmanager:GetSecretValue',
      Effect: 'Allow',
      Resource: SECRET_ARN,
      Sid: 'ReadAuthorities',
    }),
  );
  expect(runtimeOf(template)).toBeDefined();
});

it('a secret with credentials of a forward proxy may be read, and nothing of it is in the template', () => {
  const { template } = synth({
    httpsProxy: 'http://proxy.internal:3128',
    noProxy: ['.amazonaws.com'],
    forwardProxySecretArn: SECRET_ARN,
  });
  expect(environmentOf(template)).toMatchObject({
    HTTPS_PROXY: 'http://proxy.internal:3128',
    FORWARD_PROXY_SECRET: SECRET_ARN,
  });
  expect(JSON.stringify(flat(template.toJSON()))).toContain(
    JSON.stringify({
      Action: 'secretsmanager:GetSecretValue',
      Effect: 'Allow',
      Resource: SECRET_ARN,
      Sid: 'ReadForwardProxySecret',
    }),
  );
});

it('an upstream is reached by http only if its host is named', () => {
  const upstream = ProxyUpstream.url('http://mcp.mesh.internal/mcp');
  expect(environmentOf(synth({ upstream, plainHttpHosts: ['mcp.mesh.internal'] }).template)).toMatchObject({
    UPSTREAM_URL: 'http://mcp.mesh.internal/mcp',
    PLAIN_HTTP_HOSTS: 'mcp.mesh.internal',
  });
  for (const plainHttpHosts of [undefined, ['mesh.internal']])
    expect(() => synth({ upstream, ...(plainHttpHosts === undefined ? {} : { plainHttpHosts }) })).toThrow(
      'upstream: expected an https URL, got http://mcp.mesh.internal',
    );
});
