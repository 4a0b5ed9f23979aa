/**
 * The load generator, in its own process. Asked over IPC: `open` connects and warms up, `run` makes a number of calls.
 * Between the two it is idle, so that the harness can read the subject's CPU time at both ends of a window.
 */
import { request } from 'node:http';
import { Connection, type Wanted } from './connection.ts';
import { callBody, CALLER, callHeaders, FIRST_ID, TOOL, VERSION, type Era } from './wire.ts';

export interface Open extends Wanted {
  readonly do: 'open';
  readonly connections: number;
  readonly warmUp: number;
}
export interface Run {
  readonly do: 'run';
  readonly calls: number;
}
/** One call by an ordinary client, to see its answer. */
export interface OneCall extends Pick<Wanted, 'port' | 'kind' | 'era' | 'customer'> {
  readonly do: 'call';
}
/** Milliseconds, for the whole run and per call. `wrong` describes the first wrong answer, which ends the run. */
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
    connections.push(new Connection({ ...wanted, ...session }, (wrong) => finished(index, wrong)));
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
    resolve({
      calls: answered,
      ms: now - begin,
      p50: at(0.5),
      p99: at(0.99),
      ...(wrong === undefined ? {} : { wrong }),
    });
  };
  for (let index = 0; index < connections.length && sent < calls; index++) send(index);
  return promise;
}

/** Initializes a legacy session with an ordinary client, outside of every measured window. */
async function openSession(port: number, era: Era): Promise<string> {
  const params = { protocolVersion: VERSION[era], capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  const { session } = await post(
    port,
    callHeaders('initialize', era),
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  );
  if (session === undefined) throw new Error('got no Mcp-Session-Id from initialize');
  const method = 'notifications/initialized';
  await post(
    port,
    { ...callHeaders(method, era), 'Mcp-Session-Id': session },
    JSON.stringify({ jsonrpc: '2.0', method }),
  );
  return session;
}

interface Posted {
  readonly session: string | undefined;
  readonly body: string;
}

function post(port: number, headers: Record<string, string>, message: string): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>();
  const req = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent: false }, (res) => {
    const session = res.headers['mcp-session-id'];
    let body = '';
    res.setEncoding('utf8').on('data', (text: string) => (body += text));
    res.on('end', () => resolve({ session: typeof session === 'string' ? session : undefined, body }));
  });
  req.on('error', reject).end(message);
  return promise;
}

function act(question: Open | Run | OneCall): Promise<Ran | Posted> {
  switch (question.do) {
    case 'open':
      return open(question);
    case 'run':
      return run(question.calls);
    case 'call':
      return post(
        question.port,
        { ...callHeaders('tools/call', question.era, TOOL[question.kind]), ...CALLER },
        callBody(question.kind, question.era, question.customer),
      );
  }
}

process.on('message', (question: Open | Run | OneCall) => {
  act(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
