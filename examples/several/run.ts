/**
 * One proxy before three servers, with one of them killed and started again. Each line is a check.
 *
 *   npx --no-install node examples/several/run.ts
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCalculator } from '../../local/calculator.ts';
import { type Call, connect, inspector } from './clients.ts';
import { startIssuer } from './issuer.ts';
import { startEverything, startOrders } from './servers.ts';

const [MATH, EVERYTHING, ORDERS] = ['math___add', 'everything___echo', 'orders___find_order'];
/** Longer than the proxy waits before it asks an upstream again that was down. */
const PATIENCE_MS = 60_000;

await using issuer = await startIssuer();
const [calculator, everything, orders] = await Promise.all([startCalculator(), startEverything(), startOrders(issuer)]);
const proxy = startProxy();
try {
  const url = await proxy.url;
  console.log(`the proxy listens on ${url}`);
  const { list, call } = inspector(url);
  await using stays = await connect(url);

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

/** `npm start` with this folder's config, and what it needs to know of each server. */
function startProxy(): { readonly url: Promise<string>; readonly end: () => Promise<void> } {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const addresses = { math: calculator.url, everything: everything.url, orders: orders.url };
  const child = spawn(
    process.execPath,
    [
      here('../../bin/start.ts'),
      '--port',
      '0',
      '--config',
      here('proxy.config.ts'),
      '--auth',
      'orders=oauth',
      ...Object.entries(addresses).flatMap(([name, address]) => ['--upstream', `${name}=${address}`]),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        UPSTREAM_ORDERS_ISSUER: issuer.url,
        UPSTREAM_ORDERS_CLIENT_ID: issuer.clientId,
        UPSTREAM_ORDERS_SCOPES: issuer.scope,
        UPSTREAM_ORDERS_SECRET: 'env:ORDERS_SECRET',
        ORDERS_SECRET: issuer.clientSecret,
      },
    },
  );
  const exited = once(child, 'exit');
  return {
    url: urlOf(child),
    end: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('expected the output of the proxy');
  for await (const line of createInterface(stdout)) {
    const [, url] = /^ +proxy +(http:\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  throw new Error('the proxy ended before it listened');
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

function isRefused(called: Promise<string>): Promise<boolean> {
  return called.then(
    () => false,
    () => true,
  );
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

function check(what: string, good: boolean): void {
  if (!good) throw new Error(`not so: ${what}`);
  console.log(`ok  ${what}`);
}
