/** Checks of `FORWARD_PROXY_SECRET`, beside the forward proxies that it is for. */
import { suffixOf } from '../base/aws-hosts.ts';
import type { Faults } from '../base/environment.ts';
import type { SecretSource } from '../credentials/secret.ts';
import type { ForwardProxies } from '../network/forward-proxies.ts';

/** The secret must be there to get through the forward proxy, so it can't come that way. */
export function checkForwardProxySecret(
  secret: SecretSource,
  proxies: ForwardProxies | undefined,
  faults: Faults,
): void {
  if (proxies === undefined)
    return faults.error('FORWARD_PROXY_SECRET: expected HTTPS_PROXY or HTTP_PROXY beside it, got neither');
  if (proxies.hasCredentials)
    return faults.error(
      'FORWARD_PROXY_SECRET: expected no user name and password in HTTPS_PROXY and HTTP_PROXY beside it, got some',
    );
  if (secret.kind === 'cognito')
    return faults.error('FORWARD_PROXY_SECRET: expected arn:…, file:PATH or env:NAME, got a client of Cognito');
  if (secret.kind !== 'secrets-manager') return;
  const host = `secretsmanager.${secret.region}.${suffixOf(secret.region) ?? 'amazonaws.com'}`;
  if (proxies.to({ protocol: 'https:', hostname: host, port: '' }) !== undefined)
    faults.error(
      `NO_PROXY: expected ${host} in it (its VPC endpoint), where the credentials of the forward proxy are read, got none`,
    );
}
