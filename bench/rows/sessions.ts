/**
 * A thousand clients of the legacy era, one after the other: each opens a session, lists the tools, and makes a call, on
 * its own connection. CPU for each, compared with a byte pipe, and what each leaves in memory; then the same for
 * callers and for tools.
 */
import { Agent, request } from 'node:http';
import { ask } from '../child.ts';
import { Field, type Contenders } from '../contest.ts';
import { type Finding, ratio } from '../finding.ts';
import { order } from '../order.ts';
import { pairwise, median, spread } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { callBody, callHeaders, type Era, FIRST_ID, listBody, SAME_CUSTOMER, TOOL, VERSION } from '../wire.ts';
import { withControl } from './controls.ts';

const SESSIONS = 1000;
/** Before the first window: the code of a fresh process gets twice as fast within its first thousands of sessions. */
const WARM_UP = 4000;
/** At the same time. */
const CLIENTS = 8;
const KB = 1024;

type Name = 'pipe' | 'no control' | 'shipped' | 'set A';

function contenders(programs: Programs): Contenders<Name> {
  return {
    pipe: { program: programs.pipe },
    'no control': { program: programs.proxy('no-control') },
    shipped: { program: programs.proxy('shipped') },
    'set A': withControl({ config: 'set-a', what: 'set A', hides: true }, programs),
  };
}
/** The maximum ratio of CPU to the pipe. */
const BOUNDS: Readonly<Record<string, number>> = { 'no control': 1.1, shipped: 1.1 };

export async function sessions(programs: Programs, quick: boolean): Promise<Finding[]> {
  const rounds = quick ? 6 : 16;
  const cpu: Record<Name, number[]> = { pipe: [], 'no control': [], shipped: [], 'set A': [] };
  const live: Record<Name, number[]> = { pipe: [], 'no control': [], shipped: [], 'set A': [] };
  const field = await Field.open(contenders(programs), 'legacy');
  const names: readonly Name[] = ['pipe', 'no control', 'shipped', 'set A'];
  try {
    for (const name of names) await visit(field, name, WARM_UP);
    for (let round = 0; round < rounds; round++)
      for (const name of order(names, round)) {
        const start = await field.usage(name);
        await visit(field, name, SESSIONS);
        const end = await field.usage(name);
        cpu[name].push((end.cpu - start.cpu) / SESSIONS);
      }
    // In rounds of its own: a full collection discards compiled code, which the sessions after it would pay for.
    for (let round = 0; round < rounds / 2; round++)
      for (const name of names) {
        const before = await field.live(name);
        await visit(field, name, SESSIONS);
        live[name].push(((await field.live(name)) - before) / SESSIONS / KB);
      }
  } finally {
    await field.close();
  }
  return names.slice(1).flatMap((name) => [
    ratio(
      'sessions',
      `CPU per legacy session of 4 requests, ${SESSIONS.toLocaleString('en')} sessions: ${name}`,
      pairwise(cpu[name], cpu.pipe, (a, b) => a / b),
      `${median(cpu[name]).toFixed(0)} µs, pipe ${median(cpu.pipe).toFixed(0)} µs`,
      BOUNDS[name] === undefined ? undefined : { atMost: BOUNDS[name] },
    ),
    kept('sessions', `alive after a full collection, for each session: ${name}`, live[name]),
  ]);
}

/** What a proxy under set A keeps of each caller, and of each tool that it has listed. */
export async function growthBy(programs: Programs, quick: boolean): Promise<Finding[]> {
  const by: Record<'caller' | 'tool', number[]> = { caller: [], tool: [] };
  const callers = 1000;
  const tools = [10, 2000] as const;
  for (let set = 0; set < (quick ? 2 : 5); set++) {
    const field = await Field.open(
      { it: withControl({ config: 'set-a', what: 'set A', hides: true }, programs) },
      'modern',
    );
    try {
      const client = new Client(field.port('it'));
      const list = (count: number): Promise<Posted> =>
        client.ask('tools/list', 'modern', listBody(`${count}-${FIRST_ID}`));
      const call = (caller: string): Promise<Posted> =>
        client.ask('tools/call', 'modern', callBody('customer', 'modern', SAME_CUSTOMER), {
          name: TOOL.customer,
          caller,
        });
      await client.ask('tools/list', 'modern', listBody());
      await call('first');
      await list(tools[0]);
      const begin = await field.live('it');
      await list(tools[1]);
      const listed = await field.live('it');
      by.tool.push((listed - begin) / (tools[1] - tools[0]) / KB);
      for (let n = 0; n < callers; n++) await call(`caller-${n}`);
      by.caller.push(((await field.live('it')) - listed) / callers / KB);
      client.close();
    } finally {
      await field.close();
    }
  }
  return [
    kept('growth-by', 'alive after a full collection, for each tool that was listed: set A', by.tool),
    kept('growth-by', 'alive after a full collection, for each caller: set A', by.caller),
  ];
}

function kept(row: string, what: string, values: readonly number[]): Finding {
  const { median: value, min, max } = spread(values);
  return { row, what, value, unit: 'kB', min, max };
}

async function visit(field: Field<Name>, name: Name, count: number): Promise<void> {
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) await session(field.port(name));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  // Questions to the process take their turn after its last answers.
  await ask(field.process(name) ?? raise(name), 'usage');
}

async function session(port: number): Promise<void> {
  const client = new Client(port);
  try {
    const params = { protocolVersion: VERSION.legacy, capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
    const begun = await client.ask('initialize', 'legacy', rpc('initialize', params));
    if (begun.session === undefined) throw new Error(`expected a session, got ${begun.body.slice(0, 200)}`);
    const { session } = begun;
    const ready = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await client.ask('notifications/initialized', 'legacy', ready, { session });
    const { body: tools } = await client.ask('tools/list', 'legacy', rpc('tools/list', {}), { session });
    if (!tools.includes('"get_order"')) throw new Error(`expected tools, got ${tools.slice(0, 200)}`);
    const { body } = await client.ask('tools/call', 'legacy', callBody('customer', 'legacy', SAME_CUSTOMER), {
      session,
    });
    if (!body.includes('"isError":false')) throw new Error(`expected a result, got ${body.slice(0, 200)}`);
  } finally {
    client.close();
  }
}

const rpc = (method: string, params: object): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });

interface Posted {
  readonly session: string | undefined;
  readonly body: string;
}

/** An ordinary client with one connection. */
class Client {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(port: number) {
    this.#port = port;
  }

  ask(
    method: string,
    era: Era,
    body: string,
    of: { readonly session?: string; readonly name?: string; readonly caller?: string } = {},
  ): Promise<Posted> {
    const { promise, resolve, reject } = Promise.withResolvers<Posted>();
    const headers = {
      ...callHeaders(method, era, of.name),
      'X-Caller': JSON.stringify({ sub: of.caller ?? 'ann', groups: ['clerks'] }),
      'Content-Length': String(Buffer.byteLength(body)),
      ...(of.session === undefined ? {} : { 'Mcp-Session-Id': of.session }),
    };
    const options = { port: this.#port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent: this.#agent };
    const req = request(options, (res) => {
      const session = res.headers['mcp-session-id'];
      let text = '';
      res.setEncoding('utf8').on('data', (more: string) => (text += more));
      res.on('end', () => resolve({ session: typeof session === 'string' ? session : undefined, body: text }));
    });
    req.on('error', reject).end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function raise(name: string): never {
  throw new Error(`expected a process of ${name}, got none`);
}
