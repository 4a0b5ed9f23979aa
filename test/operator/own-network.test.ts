/** The operator's commands reach AWS by the network of their own machine. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, expect, test } from 'vitest';
import { clientOptions } from '../../bin/operator/aws.ts';
import { useOwnNetwork } from '../../bin/operator/own-network.ts';
import { useNetwork } from '../../proxy/network/network.ts';
import { createAuthority } from '../support/certificate.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';

afterEach(() => useNetwork());

const ANSWER =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

test('through the forward proxy, with the authority of AWS_CA_BUNDLE', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'own-network-'));
  const authority = createAuthority();
  const file = join(folder, 'ca.pem');
  await writeFile(file, authority.cert);
  const sts = https.createServer(authority.issue(['sts.eu-west-1.amazonaws.com']), (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(ANSWER);
  });
  sts.listen(0, '127.0.0.1');
  await once(sts, 'listening');
  const address = sts.address();
  if (address === null || typeof address === 'string') throw new TypeError('expected a TCP address');
  await using proxy = await startForwardProxy({
    reaches: (asked) => (asked === 'sts.eu-west-1.amazonaws.com:443' ? address.port : undefined),
  });
  await useOwnNetwork({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: file });
  const client = new STSClient({
    ...clientOptions('eu-west-1'),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
  client.destroy();
  sts.closeAllConnections();
  sts.close();
  await rm(folder, { recursive: true });
});

test.each([
  [{ HTTPS_PROXY: 'ftp://proxy.internal' }, 'HTTPS_PROXY: expected the URL of a forward proxy'],
  [{ AWS_CA_BUNDLE: '/nowhere/ca.pem' }, 'AWS_CA_BUNDLE: expected a file that can be read'],
])('%j is an error of use', async (environment, words) => {
  await expect(useOwnNetwork(environment)).rejects.toThrow(words);
});
