/**
 * `npm run soak [-- --minutes N] [--seed N]`: mixed traffic of both eras through the built proxy with its controls, and one
 * broken reply in a hundred. Every answer is checked. Prints a line each five seconds; exits with 1 after a wrong answer,
 * a missing or broken line of the log, or if memory, sockets or timers grew in the second half.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../attack/attack.ts';
import { broken } from '../faults/logged.ts';
import { built, configFile, ProxyProcess } from '../faults/proxies.ts';
import { grown, type Sample, shown } from './flat.ts';
import { Client } from './traffic.ts';
import { startSoakUpstream } from './upstream.ts';

const CLIENTS = 16;
const SAMPLE_MS = 1_000;
const LINE_EVERY = 5;
/** More of one kind would hide the others. */
const MOST_SHOWN = 10;
/** More calls than the proxy keeps. */
const KEPT = 4_200;
/** With these and those of the calls, more sessions than the proxy keeps. */
const SESSIONS = 6_000;
/** How long the proxy may take to be at rest again. */
const REST_MS = 15_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? process.hrtime.bigint() % 1_000_000n);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error(`got ${process.argv.slice(2).join(' ')}, expected --minutes N, --seed N`);
  process.exit(2);
}
// The exit handlers end the processes and remove the files of an interrupted run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const wrong: string[] = [];
const note = (what: string): void => {
  wrong.push(what);
  if (wrong.length <= MOST_SHOWN) console.log(`✗  ${what}`);
};
let lines = 0;
const upstream = await startSoakUpstream();
const proxy = await ProxyProcess.start(await built(configFile('inspecting')), {
  environment: { UPSTREAM_URL: `http://127.0.0.1:${upstream.port}/mcp` },
  onLine(line) {
    if (line.includes('"event":"call"')) lines++;
    for (const fault of broken([line])) note(fault);
  },
});

console.log(`soak for ${minutes} min, ${CLIENTS} clients, seed ${seed}`);
const random = new Random(seed);
let before = 0;
const clients = Array.from({ length: CLIENTS }, () => new Client(proxy.port, new Random(random.below(2 ** 31))));
await fill();
const startedAt = performance.now();
const end = startedAt + minutes * 60_000;
const samples: Sample[] = [];
const sampling = sample();
await Promise.all(clients.map((client) => act(client)));
await sampling;

for (const client of clients) client.close();
for (const what of grown(samples)) note(`it grows: ${what}`);
await atRest();
const calls = sum(({ calls: each }) => each);
const code = await proxy.end();
if (code !== 0) note(`the proxy ended with ${code}, expected 0: ${proxy.complaints}`);
if (lines !== calls) note(`the log has ${lines} lines of ${calls} calls, expected one for each`);
const last = samples.at(-1);
console.log(
  `${calls} calls, ${sum(({ faults }) => faults)} of them broken, ${wrong.length} things wrong; live ${shown('live', last?.live ?? 0)}, resident ${shown('resident', last?.resident ?? 0)}`,
);
process.exit(wrong.length === 0 ? 0 : 1);

/**
 * The proxy keeps 10,000 legacy sessions, and 4,096 of their finished calls, since a client may ask for its stream again.
 * Until there are so many, memory grows.
 */
async function fill(): Promise<void> {
  await repeated(SESSIONS, (client) => client.open());
  await repeated(KEPT, (client) => client.session());
  await repeated(KEPT, (client) => client.stream());
  before = sum(({ calls: each }) => each);
  console.log(`${before} calls in ${SESSIONS + KEPT} sessions of the legacy era before, so that their caches are full`);
}

async function repeated(times: number, once: (client: Client) => Promise<string | undefined>): Promise<void> {
  let left = times;
  const repeating = async (client: Client): Promise<void> => {
    while (left-- > 0 && !proxy.ended) {
      const what = await once(client);
      if (what !== undefined) note(what);
    }
  };
  await Promise.all(clients.map((client) => repeating(client)));
}

async function act(client: Client): Promise<void> {
  while (performance.now() < end) {
    const what = await client.act().catch((error: unknown) => {
      client.close();
      return error instanceof Error ? error.message : String(error);
    });
    if (what !== undefined) note(what);
    if (proxy.ended) return;
  }
}

async function sample(): Promise<void> {
  for (let i = 1; performance.now() < end && !proxy.ended; i++) {
    await sleep(SAMPLE_MS);
    const { live, resident, sockets, timers } = await proxy.state();
    const seen = { live, resident, sockets, timers };
    samples.push(seen);
    if (i % LINE_EVERY > 0) continue;
    const seconds = (performance.now() - startedAt) / 1_000;
    const calls = sum(({ calls: each }) => each) - before;
    const held = (Object.keys(seen) as (keyof Sample)[]).map((what) => `${what} ${shown(what, seen[what])}`);
    console.log(
      `${seconds.toFixed(0).padStart(5)} s  ${calls} calls, ${(calls / seconds).toFixed(0)}/s, ${sum(({ faults }) => faults)} broken, ${wrong.length} wrong; ${held.join(', ')}`,
    );
  }
}

/** Without clients, the proxy holds no connection but free ones to the upstream. */
async function atRest(): Promise<void> {
  const until = performance.now() + REST_MS;
  for (;;) {
    const { handles } = await proxy.state(false);
    if (handles['TCPSocketWrap'] === undefined) return;
    if (performance.now() > until) return note(`${handles['TCPSocketWrap']} connections stay, expected none at rest`);
    await sleep(50);
  }
}

function sum(of: (client: Client) => number): number {
  return clients.reduce((total, client) => total + of(client), 0);
}
