/**
 * Run by itself, with `--expose-gc`: proxies with each of the controls, between a hostile client and a hostile upstream
 * that both make up names without end, in messages that are much larger than the names. Prints what is held after it,
 * and which caches got something.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cache } from '../../proxy/base/cache.ts';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { header } from '../../proxy/callers/header.ts';
import { Ledger } from '../../proxy/controls/rate-limit/ledger.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
import { allSamples } from '../controls/samples.ts';
import { bindRing } from '../controls/tokenization/keys.ts';
import { CLIENT_METHODS, NAMING, upstreamAnswer } from './hostile-messages.ts';

/** Requests of each kind to each proxy, and characters of the text around a name. */
const TIMES = 3;
/**
 * Of those that give each proxy a name to keep: enough that what they were cut from, if it were held, could not be
 * missed.
 */
const NAMING_TIMES = 30;
const LARGE = 300_000;

/** Caches that were written to or read from, by the file that did it. */
const asked = new Map<string, Set<Cache<unknown>>>();
// oxlint-disable-next-line typescript/unbound-method -- each is called with its cache
const { set, getOrMake } = Cache.prototype;
function note(cache: Cache<unknown>): void {
  const file = (new Error().stack ?? '')
    .split('\n')
    .map((line) => /\/(proxy\/[\w./-]+\.ts)/.exec(line)?.[1])
    .find((found) => found !== undefined && found !== 'proxy/base/cache.ts');
  if (file === undefined) return;
  const caches = asked.get(file);
  if (caches === undefined) asked.set(file, new Set([cache]));
  else caches.add(cache);
}
Cache.prototype.set = function (this: Cache<unknown>, ...given: Parameters<typeof set>) {
  note(this);
  return set.apply(this, given);
};
Cache.prototype.getOrMake = function (this: Cache<unknown>, ...given: Parameters<typeof getOrMake>) {
  note(this);
  return getOrMake.apply(this, given);
};

let served = 0;
const upstream = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  if (incoming.url === '/token')
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        JSON.stringify({
          access_token: `t${++served}${'t'.repeat(8_000)}`,
          token_type: 'Bearer',
          pad: 'p'.repeat(200_000),
        }),
      );
  // AgentCore Identity, which asks each person for access on a page.
  if (incoming.url === '/identities/oauth2/token')
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        JSON.stringify({
          authorizationUrl: `https://login.example.com/${++served}${'u'.repeat(4_000)}`,
          sessionUri: `urn:${served}${'s'.repeat(2_000)}`,
          pad: 'p'.repeat(200_000),
        }),
      );
  incoming
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => upstreamAnswer(Buffer.concat(chunks), ++served, LARGE, response));
});
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`;

function claims(i: number): string {
  return JSON.stringify({
    sub: `caller-${i}-${'c'.repeat(1_500)}`,
    groups: Array.from({ length: 40 }, (_, g) => `group-${i}-${g}`),
  });
}

async function send(port: number, headers: readonly string[], body: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/mcp',
      method: 'POST',
      headers: [
        'Host',
        'localhost',
        'Content-Type',
        'application/json',
        'Accept',
        'application/json, text/event-stream',
        'Content-Length',
        String(Buffer.byteLength(body)),
        ...headers,
      ],
    });
    const late = setTimeout(() => sent.destroy(), 20_000);
    const done = (): void => {
      clearTimeout(late);
      resolve();
    };
    sent.on('response', (response) => response.resume().on('close', done)).on('error', done);
    sent.end(body);
  });
}

async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const proxies: { readonly port: number }[] = [];
const samples = (await allSamples()).flatMap(([, { hostile }]) => Object.entries(hostile));
for (const [name, control] of samples) {
  const isToken = name === 'secrets';
  const caller = isToken ? agentcoreJwt() : header('x-who');
  proxies.push(
    await startProxy(
      { controls: [control], caller, ...(name === 'audit' ? { upstreams: { default: { reopen: true } } } : {}) },
      { UPSTREAM_URL: url, HOST: '127.0.0.1', PORT: '0', INBOUND_AUTH: 'jwt', ...bindRing() },
    ),
  );
}
proxies.push(
  await startProxy(
    { controls: [], caller: header('x-who'), upstreams: { one: { prefix: false }, two: { prefix: true } } },
    { UPSTREAM_ONE_URL: url, UPSTREAM_TWO_URL: url, HOST: '127.0.0.1', PORT: '0' },
  ),
);
proxies.push(
  await startProxy(
    { controls: [], caller: header('x-who'), search: true },
    // As the address of a runtime, which wants an id for each client.
    {
      UPSTREAM_URL: new URL('/runtimes/tools/invocations', url).href,
      UPSTREAM_AUTH: 'none',
      HOST: '127.0.0.1',
      PORT: '0',
    },
  ),
);
process.env['HOSTILE_SECRET'] = 'secret';
proxies.push(
  await startProxy(
    { controls: [], caller: agentcoreJwt() },
    {
      UPSTREAM_URL: url,
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_TOKEN_URL: new URL('/token', url).href,
      UPSTREAM_CLIENT_ID: 'me',
      UPSTREAM_SECRET: 'env:HOSTILE_SECRET',
      UPSTREAM_AUDIENCE: 'urn:crm',
      HOST: '127.0.0.1',
      PORT: '0',
      INBOUND_AUTH: 'jwt',
    },
  ),
);
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKID',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: new URL(url).origin,
});
proxies.push(
  await startProxy(
    { controls: [], caller: agentcoreJwt() },
    {
      UPSTREAM_URL: url,
      UPSTREAM_AUTH: 'agentcore-identity',
      UPSTREAM_PROVIDER:
        'arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/oauth2credentialprovider/crm',
      UPSTREAM_WORKLOAD: 'runtime',
      UPSTREAM_FLOW: 'USER_FEDERATION',
      UPSTREAM_RETURN_URL: 'https://app.example.com/connected',
      HOST: '127.0.0.1',
      PORT: '0',
      INBOUND_AUTH: 'jwt',
    },
  ),
);
const ledger = new Ledger({ arn: 'arn', region: 'r', name: 'n' }, 100, 'p', () =>
  Promise.reject(new Error('no table')),
);
let i = 0;
async function attack(times: number): Promise<void> {
  for (const { port } of proxies) {
    for (const make of CLIENT_METHODS) {
      const most = times > 1 && NAMING.has(make) ? NAMING_TIMES : times;
      for (let n = 0; n < most; n++) {
        i++;
        const { body, headers = [] } = make(i, LARGE);
        const jwt = `e30.${Buffer.from(claims(i)).toString('base64url')}.e30`;
        await send(
          port,
          [
            'X-Who',
            claims(i),
            'Authorization',
            `Bearer ${jwt}`,
            'WorkloadAccessToken',
            `${i}${'w'.repeat(4_000)}`,
            ...headers,
          ],
          body,
        );
        ledger.subject(`${body.slice(10, 40)}${i}`, 'caller');
      }
    }
  }
}
// Code that is loaded and compiled once doesn't count as held.
await attack(1);
const before = await held();
await attack(TIMES);
const after = await held();
const caches = [...asked].map(([file, found]) => ({
  file,
  entries: [...found].reduce((sum, { size }) => sum + size, 0),
  bytes: [...found].reduce((sum, { bytes }) => sum + bytes, 0),
  within: [...found].every(({ bytes, maxBytes }) => bytes <= maxBytes),
}));
process.stderr.write(JSON.stringify({ before, after, sent: i * LARGE, served, caches }));
process.exit(0);
