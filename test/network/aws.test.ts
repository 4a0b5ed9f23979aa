/** AWS's own SDK connects as this process does, and asks this machine for credentials directly. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSecret } from '../../proxy/credentials/secret.ts';
import { startElsewhere } from '../support/elsewhere.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { startLoopback } from '../support/loopback.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-access-key');
});
afterEach(() => void vi.unstubAllEnvs());

test('a secret is read through the proxy, with the private authority', async () => {
  const host = 'secretsmanager.eu-west-1.amazonaws.com';
  await using elsewhere = await startElsewhere([host], (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"SecretString":"the key"}');
  });
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';
  const source = { kind: 'secrets-manager', arn, region: 'eu-west-1', key: undefined } as const;
  expect(await Promise.all([readSecret(source), readSecret(source)])).toEqual(['the key', 'the key']);
  expect(elsewhere.requests).toEqual([`POST https://${host}/`, `POST https://${host}/`]);
});

const ROOT = new URL('../../', import.meta.url);

test.each([
  ['a container', (url: string) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` })],
  ['an instance', (url: string) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url })],
])('credentials of %s are asked for directly, whatever Node itself would do', async (_what, where) => {
  const asked: string[] = [];
  await using machine = await startLoopback((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const isList = request.url?.endsWith('/security-credentials/') === true;
    response.end(
      request.method === 'PUT' || isList
        ? 'role'
        : '{"Code":"Success","AccessKeyId":"AKID","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}',
    );
  });
  await using proxy = await startForwardProxy({ reaches: () => Number(new URL(machine.url).port) });
  const code = `
    import { iam } from '${new URL('proxy/upstream/auth/iam.ts', ROOT).href}';
    import { Faults } from '${new URL('proxy/base/environment.ts', ROOT).href}';
    import { readForwardProxies } from '${new URL('proxy/network/forward-proxies.ts', ROOT).href}';
    import { useNetwork } from '${new URL('proxy/network/network.ts', ROOT).href}';
    useNetwork({ proxies: readForwardProxies(process.env, new Faults()), authorities: [] });
    const request = { method: 'POST', host: 'h', path: '/', body: undefined, headers: [] };
    await iam({ region: 'eu-west-1', service: 's' }).apply(request);
    console.log(request.headers.join());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    env: {
      HOME: '/nowhere',
      ...where(machine.url),
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
    },
  });
  expect(stdout).toContain('Credential=AKID/');
  expect(asked).not.toEqual([]);
  expect(proxy.asked).toEqual([]);
});
