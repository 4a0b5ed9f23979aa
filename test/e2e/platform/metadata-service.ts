/**
 * The instance metadata service (version 2) of one session, from which a container on the platform gets its role's
 * credentials.
 */
import { randomBytes } from 'node:crypto';
import { type Loopback, startLoopback } from '../../support/loopback.ts';
import type { Account } from '../aws/account.ts';

const CREDENTIALS = '/latest/meta-data/iam/security-credentials/';

/** Its URL is the value of `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
export function startMetadataService(account: Account, roleArn: string): Promise<Loopback> {
  const token = randomBytes(16).toString('base64url');
  return startLoopback((request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') return void response.end(token);
    if (request.headers['x-aws-ec2-metadata-token'] !== token) return void response.writeHead(401).end();
    if (request.url === CREDENTIALS) return void response.end('execution_role');
    if (request.url !== `${CREDENTIALS}execution_role`) return void response.writeHead(404).end();
    const { accessKeyId, secretAccessKey, sessionToken } = account.assume(roleArn);
    const expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
    response.end(
      JSON.stringify({
        Code: 'Success',
        Type: 'AWS-HMAC',
        LastUpdated: new Date().toISOString(),
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: expiration,
      }),
    );
  });
}
