/**
 * The load generator, in a process of its own. Asked over IPC: `open` connects and warms up, `run` makes a number of calls.
 * Between the two it is silent, so that the harness can read the subject's CPU time at both ends of a window.
 */
import { request } from 'node:http';
import { Connection, type Wanted } from './connection.ts';
import { callHeaders, FIRST_ID, VERSION, type Era } from './wire.ts';

export interface Open extends Wanted {
  readonly do: 'open';
  readonly connections: number;
  readonly warmUp: number;
}
export interface Run {
  readonly do: 'run';
  readonly calls: number;
}
/** Milliseconds, over the whole run and per call. `wrong` says what was the matter with the first wrong answer, which ends the run. */
export interface Ran {
  readonly calls: number;
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
  readonly wrong?: string;
}

let connections: Connection[] = [];
let finished: (index: number, wrong: string | undefined) => void = () => undefined;

async function open(wanted: Open): Promise<Ran> {
  for (const connection of connections) connection.close();
  connections = [];
  for (let index = 0; index < wanted.connections; index++) {
    const session = wanted.era === 'legacy' ? { session: await openSession(wanted.port, wanted.era) } : {};
    connections.push(new Connection({ port: wanted.port, kind: wanted.kind, era: wanted.era, ...session }, (wrong) => finished(index, wrong)));
  }
  return run(wanted.warmUp);
}

function run(calls: number): Promise<Ran> {
  const took = new Float64Array(calls);
  const startedAt = new Float64Array(connections.length);
  let sent = 0;
  let answered = 0;
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const send = (index: number): void => {
    startedAt[index] = performance.now();
    connections[index]?.send(FIRST_ID + (sent++ % 899_999_999));
  };
  const begin = performance.now();
  finished = (index, wrong) => {
    const now = performance.now();
    took[answered++] = now - (startedAt[index] ?? now);
    if (wrong === undefined && answered < calls) {
      if (sent < calls) send(index);
      return;
    }
    finished = () => undefined;
    took.subarray(0, answered).sort();
    const at = (share: number): number => took[Math.floor((answered - 1) * share)] ?? NaN;
    resolve({ calls: answered, ms: now - begin, p50: at(0.5), p99: at(0.99), ...(wrong === undefined ? {} : { wrong }) });
  };
  for (let index = 0; index < connections.length && sent < calls; index++) send(index);
  return promise;
}

/** Initializes a legacy session with an ordinary client: it happens outside of every measured window. */
async function openSession(port: number, era: Era): Promise<string> {
  const params = { protocolVersion: VERSION[era], capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  const session = await post(port, era, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
  if (session === undefined) throw new Error('got no Mcp-Session-Id from initialize');
  await post(port, era, { jsonrpc: '2.0', method: 'notifications/initialized' }, session);
  return session;
}

function post(port: number, era: Era, message: { method: string; [member: string]: unknown }, session?: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const headers = { ...callHeaders(message.method, era), ...(session === undefined ? {} : { 'Mcp-Session-Id': session }) };
  const req = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent: false }, (res) => {
    const id = res.headers['mcp-session-id'];
    res.resume().on('end', () => resolve(typeof id === 'string' ? id : undefined));
  });
  req.on('error', reject).end(JSON.stringify(message));
  return promise;
}

process.on('message', (question: Open | Run) => {
  const asked = question.do === 'open' ? open(question) : run(question.calls);
  asked.then(
    (ran) => process.send?.(ran),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
