/** The instance metadata service (version 2) of one session: where a container on the platform finds its role's credentials. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { Account } from '../aws/account.ts';

const CREDENTIALS = '/latest/meta-data/iam/security-credentials/';

export interface MetadataService extends AsyncDisposable {
  /** What `AWS_EC2_METADATA_SERVICE_ENDPOINT` names. */
  readonly url: string;
}

export async function startMetadataService(account: Account, roleArn: string): Promise<MetadataService> {
  const token = randomBytes(16).toString('base64url');
  const server = http.createServer((request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') return void response.end(token);
    if (request.headers['x-aws-ec2-metadata-token'] !== token) return void response.writeHead(401).end();
    if (request.url === CREDENTIALS) return void response.end('execution_role');
    if (request.url !== `${CREDENTIALS}execution_role`) return void response.writeHead(404).end();
    const { accessKeyId, secretAccessKey, sessionToken } = account.assume(roleArn);
    const expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
    response.end(JSON.stringify({ Code: 'Success', Type: 'AWS-HMAC', LastUpdated: new Date().toISOString(), AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
