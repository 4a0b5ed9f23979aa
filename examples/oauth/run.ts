/**
 * A third party's server behind OAuth: the agent has no credentials for it, the proxy gets them.
 *
 *   npm run examples -- oauth
 */
import { check, isRefused } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startIssuer } from '../support/issuer.ts';
import { startOrders } from '../support/orders.ts';
import { startProxy } from '../support/proxy.ts';

await using issuer = await startIssuer();
const orders = await startOrders(issuer);
try {
  check('the server refuses an agent that calls it directly', await isRefused(connect(orders.url)));
  await using proxy = await startProxy(
    new URL('proxy.config.ts', import.meta.url),
    ['--upstream', orders.url, '--auth', 'oauth'],
    {
      UPSTREAM_ISSUER: issuer.url,
      UPSTREAM_CLIENT_ID: issuer.clientId,
      UPSTREAM_SCOPES: issuer.scope,
      UPSTREAM_SECRET: 'env:ORDERS_SECRET',
      ORDERS_SECRET: issuer.clientSecret,
    },
  );
  const own = { Authorization: 'Bearer of-the-agent' };
  for (const era of ERAS) {
    await using agent = await connect(proxy.url, era, own);
    check(`${era}: the agent lists its tools`, (await agent.names()).includes('find_order'));
    check(`${era}: and calls one`, (await agent.call('find_order', { id: 'A-7' })).includes('3 chairs'));
  }
  check('one token served all of that', orders.accepted.size === 1);
  check("the agent's own header never arrived", !orders.accepted.has(own.Authorization));
  orders.revoke();
  await using agent = await connect(proxy.url);
  check(
    'when the server revokes it, the proxy gets another',
    (await agent.call('find_order', { id: 'A-7' })).includes('3 chairs'),
  );
  check('and only one', orders.accepted.size === 2);
  check('the secret is in no line of the log', !proxy.log.join().includes(issuer.clientSecret));
} finally {
  await orders.close();
}
