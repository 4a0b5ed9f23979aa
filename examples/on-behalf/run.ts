/**
 * A server that wants to know who calls: the proxy exchanges the caller's token for one that is for the server.
 *
 *   npm run examples -- on-behalf
 */
import { decodeJwt } from 'jose';
import { check, isRefused } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startIssuer } from '../support/issuer.ts';
import { startOrders } from '../support/orders.ts';
import { startProxy } from '../support/proxy.ts';

await using issuer = await startIssuer();
const orders = await startOrders(issuer);
try {
  const people = ['ann', 'bob', 'eve'] as const;
  const [ann, bob, eve] = await Promise.all(people.map((person) => issuer.signIn(person)));
  const bearer = (token = ''): { readonly Authorization: string } => ({ Authorization: `Bearer ${token}` });
  issuer.withdraw('eve');
  check("the server refuses Ann's own token", await isRefused(connect(orders.url, 'modern', bearer(ann))));
  await using proxy = await startProxy(
    new URL('proxy.config.ts', import.meta.url),
    ['--upstream', orders.url, '--auth', 'token-exchange'],
    {
      ISSUER: issuer.url,
      UPSTREAM_ISSUER: issuer.url,
      UPSTREAM_CLIENT_ID: issuer.clientId,
      UPSTREAM_AUDIENCE: 'urn:orders',
      UPSTREAM_SECRET: 'env:ORDERS_SECRET',
      ORDERS_SECRET: issuer.clientSecret,
    },
  );
  for (const era of ERAS) {
    for (const [name, token] of [
      ['Ann', ann],
      ['Bob', bob],
    ]) {
      await using agent = await connect(proxy.url, era, bearer(token));
      check(`${era}: ${name} calls a tool`, (await agent.call('find_order', { id: 'A-7' })).includes('3 chairs'));
    }
    check(
      `${era}: Eve, who has no access any more, calls none`,
      await isRefused(connect(proxy.url, era, bearer(eve)).then((agent) => agent.call('find_order', { id: 'A-7' }))),
    );
    check(`${era}: nor does a token that nobody signed`, await isRefused(connect(proxy.url, era, bearer(`${ann}x`))));
  }
  const arrived = [...orders.accepted].map((header) => decodeJwt(header.replace('Bearer ', '')));
  const names = new Set(arrived.map(({ sub }) => sub));
  check('the server knew both by name', names.size === 2 && names.has('ann') && names.has('bob'));
  check(
    'each by one token, which is for it',
    arrived.every(({ aud }) => aud === 'urn:orders'),
  );
  const log = proxy.log.join();
  check('the log says who called', log.includes('"caller":"ann"') && log.includes('"caller":"bob"'));
  check(
    'and holds no token and no secret',
    ![ann, bob, eve, issuer.clientSecret].some((text) => log.includes(text ?? '')),
  );
} finally {
  await orders.close();
}
