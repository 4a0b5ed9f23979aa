/**
 * Lists of tools under controls, compared with a byte pipe: the same list again and again (warm), and a list that differs
 * from all before (first). All processes are warmed up with lists of each length.
 */
import { Agent, request } from 'node:http';
import { ask, serve, serveDrained, type Server } from '../child.ts';
import { type Finding, ratio } from '../finding.ts';
import { order } from '../order.ts';
import type { Usage } from '../probe.ts';
import { median, pairwise } from '../stats.ts';
import { before, type Programs, upstream } from '../subjects.ts';
import { toolList } from '../tool-list.ts';
import { CALLER, callHeaders, FIRST_ID, listBody } from '../wire.ts';
import { BINDINGS } from './controls.ts';

const LENGTHS = [10, 100, 1000, 2000];
/** The configs, by what they are named in the table. */
const CONFIGS = {
  'no control': 'no-control',
  policy: 'lists-policy',
  redaction: 'redaction',
  'set A': 'set-a',
} as const;
const NAMES = ['pipe', 'no control', 'policy', 'redaction', 'set A'] as const;
type Name = (typeof NAMES)[number];
type Turn = 'warm' | 'first';

const BOUNDS: Record<Turn, number> = { warm: 1.5, first: 5 };

export async function lists(programs: Programs, quick: boolean): Promise<Finding[]> {
  const up = await serve(upstream({}));
  const started = (config: string): Promise<Server> =>
    serveDrained({ ...programs.proxy(config), env: { ...before(up.port), ...BINDINGS } });
  const clients: Record<Name, Client> = {
    pipe: new Client(await serveDrained({ ...programs.pipe, env: before(up.port) })),
    'no control': new Client(await started(CONFIGS['no control'])),
    policy: new Client(await started(CONFIGS.policy), programs.selfCheck ? all : everySecond),
    redaction: new Client(await started(CONFIGS.redaction)),
    'set A': new Client(await started(CONFIGS['set A'])),
  };
  const findings: Finding[] = [];
  try {
    for (const name of NAMES) await clients[name].begin();
    for (const length of LENGTHS)
      for (const turn of ['first', 'warm'] as const) findings.push(...(await compared(clients, length, turn, quick)));
  } finally {
    for (const name of NAMES) await clients[name].close();
    await up.stop();
  }
  return findings;
}

async function compared(clients: Record<Name, Client>, length: number, turn: Turn, quick: boolean): Promise<Finding[]> {
  const times = Math.max(5, Math.round(20_000 / length / 2)) * (length < 100 ? 1 : 2);
  const cpu: Record<Name, number[]> = { pipe: [], 'no control': [], policy: [], redaction: [], 'set A': [] };
  for (const name of NAMES) await clients[name].window(length, turn, times * 2);
  for (let round = 0; round < (quick ? 6 : 24); round++)
    for (const name of order(NAMES, round)) cpu[name].push(await clients[name].window(length, turn, times));
  const pipe = `${median(cpu.pipe).toFixed(0)} µs`;
  return NAMES.slice(1).map((name) => {
    const own = `${median(cpu[name]).toFixed(0)} µs`;
    const found = ratio(
      'lists',
      `CPU per list of ${length} tools, ${turn === 'first' ? 'each another one' : 'always the same'}, to a pipe: ${name}`,
      pairwise(cpu[name], cpu.pipe, (a, b) => a / b),
      `${own}, pipe ${pipe}`,
      length < 1000 || name === 'no control' ? undefined : { atMost: BOUNDS[turn] },
    );
    return { ...found, at: [`${length.toLocaleString('en')} tools, ${turn} (pipe ${pipe})`, name], amount: own };
  });
}

const all = (length: number): number => length;
/** What `configs/lists-policy.ts` shows. */
const everySecond = (length: number): number =>
  toolList('modern', length).tools.filter(({ name }) => /_orde|[02468]$/.test(name)).length;

/** Asks one process for lists, and checks each. */
class Client {
  readonly #server: Server;
  readonly #shown: (length: number) => number;
  /** What was received for each length, without its version. */
  readonly #expected = new Map<number, Buffer>();
  #version = FIRST_ID;

  /** @param shown how many tools of a list it shows. @default - all */
  constructor(server: Server, shown = all) {
    this.#server = server;
    this.#shown = shown;
  }

  /** Asks for a whole list, as every client does first: some controls compare it with the names in the config. */
  async begin(): Promise<void> {
    await list(this.#server.port, undefined, undefined);
  }

  /** Microseconds of CPU per list. */
  async window(length: number, turn: Turn, times: number): Promise<number> {
    // Its own connection: an idle one may be closed between windows.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const start = await ask<Usage>(this.#server.child, 'usage');
    for (let i = 0; i < times; i++) {
      const version = String(turn === 'first' ? ++this.#version : FIRST_ID);
      this.#check(await list(this.#server.port, agent, `${length}-${version}`), version, length);
    }
    const end = await ask<Usage>(this.#server.child, 'usage');
    agent.destroy();
    return (end.cpu - start.cpu) / times;
  }

  async close(): Promise<void> {
    await this.#server.stop();
  }

  #check(body: Buffer, version: string, length: number): void {
    const at = body.indexOf(version);
    if (at < 0) throw new Error(`expected the list's version ${version}, got ${body.toString('latin1', 0, 300)}`);
    body.fill('0', at, at + version.length);
    const expected = this.#expected.get(length);
    if (expected === undefined) {
      const { result } = JSON.parse(body.toString()) as { readonly result?: { readonly tools?: readonly unknown[] } };
      if (result?.tools?.length !== this.#shown(length))
        throw new Error(`expected ${this.#shown(length)} tools of ${length}, got ${result?.tools?.length}`);
      this.#expected.set(length, body);
    } else if (!body.equals(expected)) throw new Error('expected the same list as before, got another');
  }
}

function list(port: number, agent: Agent | undefined, cursor: string | undefined): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const body = listBody(cursor);
  const headers = { ...callHeaders('tools/list', 'modern'), ...CALLER, 'Content-Length': String(body.length) };
  const req = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent }, (res) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('end', () => resolve(Buffer.concat(chunks)));
    res.on('error', reject);
  });
  req.on('error', reject).end(body);
  return promise;
}
