/**
 * One proxy before three servers, with one of them killed and started again. Each line is a check.
 *
 *   npm run examples -- several
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startCalculator } from '../../local/calculator.ts';
import { check, isRefused } from '../support/checks.ts';
import { connect } from '../support/client.ts';
import { startIssuer } from '../support/issuer.ts';
import { startOrders } from '../support/orders.ts';
import { startProxy } from '../support/proxy.ts';
import { type Call, inspector } from './clients.ts';
import { startEverything } from './servers.ts';

const [MATH, EVERYTHING, ORDERS] = ['math___add', 'everything___echo', 'orders___find_order'];
/** Longer than the proxy waits before it asks an upstream again that was down. */
const PATIENCE_MS = 60_000;

await using issuer = await startIssuer();
const [calculator, everything, orders] = await Promise.all([startCalculator(), startEverything(), startOrders(issuer)]);
const addresses = { math: calculator.url, everything: everything.url, orders: orders.url };
const proxy = await startProxy(
  new URL('proxy.config.ts', import.meta.url),
  ['--auth', 'orders=oauth', ...Object.entries(addresses).flatMap(([name, url]) => ['--upstream', `${name}=${url}`])],
  {
    UPSTREAM_ORDERS_ISSUER: issuer.url,
    UPSTREAM_ORDERS_CLIENT_ID: issuer.clientId,
    UPSTREAM_ORDERS_SCOPES: issuer.scope,
    UPSTREAM_ORDERS_SECRET: 'env:ORDERS_SECRET',
    ORDERS_SECRET: issuer.clientSecret,
  },
);
try {
  const { url } = proxy;
  console.log(`the proxy listens on ${url}`);
  const { list, call } = inspector(url);
  await using stays = await connect(url, 'legacy');

  check('lists the tools of all three', holds(await list(), [MATH, EVERYTHING, ORDERS]));
  await callMath('calls the calculator', call);
  await callEverything('calls the reference server', call);
  await callOrders('calls the server behind OAuth, with a token', call);
  await callEverything('a client that stays connected calls the reference server, too', stays.call);

  await everything.kill();
  const without = await list();
  check('once the reference server is killed, the other tools are still listed', holds(without, [MATH, ORDERS]));
  check('and its own are not', !without.includes(EVERYTHING));
  await callMath('the calculator still answers', call);
  await callOrders('the server behind OAuth still answers', call);
  await callMath('the client that stayed connected still reaches the calculator in its session', stays.call);
  check('a call to the killed server fails', await isRefused(call(EVERYTHING, { message: 'hello' })));

  await everything.start();
  check('once it is started again, its tools come back', await comesBack(list));
  await callEverything('and it answers', call);
  check(
    "in the old session it doesn't: that session went with the old process",
    await isRefused(stays.call(EVERYTHING, { message: 'hello' })),
  );
  await callOrders('which still reaches the server behind OAuth', stays.call);
} finally {
  await proxy.end();
  await Promise.all([calculator.close(), everything.kill(), orders.close()]);
}

async function callMath(what: string, call: Call): Promise<void> {
  check(what, (await call(MATH, { a: 2, b: 3 })).includes('5'));
}

async function callEverything(what: string, call: Call): Promise<void> {
  check(what, (await call(EVERYTHING, { message: 'hello' })).includes('Echo: hello'));
}

async function callOrders(what: string, call: Call): Promise<void> {
  check(what, (await call(ORDERS, { id: 'A-7' })).includes('order A-7: 3 chairs'));
}

/** The proxy asks an upstream that was down again after a second, then after two, four and so on. */
async function comesBack(list: () => Promise<readonly string[]>): Promise<boolean> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(1_000))
    if (holds(await list(), [MATH, EVERYTHING, ORDERS])) return true;
  return false;
}

function holds(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((name) => names.includes(name));
}
