/**
 * Twenty upstreams behind one proxy, compared with one upstream (calls), with a byte pipe (a list of 2,000 tools) and with
 * one upstream (memory). All twenty are the same process: the upstream is not measured.
 */
import { request, Agent } from 'node:http';
import { ask, serve, serveDrained, type Server } from '../child.ts';
import { contest, type Contenders, Field } from '../contest.ts';
import { type Finding, ratio } from '../finding.ts';
import { order } from '../order.ts';
import type { Usage } from '../probe.ts';
import { median, pairwise } from '../stats.ts';
import { before, type Programs, upstream } from '../subjects.ts';
import { callHeaders, listBody } from '../wire.ts';
import { shape } from './throughput.ts';

export const UPSTREAMS = 20;
export const TOOLS_EACH = 100;
const MB = 2 ** 20;

export const bindings = (port: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: UPSTREAMS }, (_, i) => [`UPSTREAM_U${i}_URL`, `http://127.0.0.1:${port}/mcp`]),
  );

export async function several(programs: Programs, quick: boolean): Promise<Finding[]> {
  return [await calls(programs, quick), await lists(programs, quick), await memory(programs, quick)];
}

/** One upstream, and twenty. */
export function callers(programs: Programs): Contenders<'one' | 'twenty'> {
  return {
    one: { program: programs.proxy('no-control') },
    twenty: {
      program: programs.proxy('several'),
      bindings,
      // The pipe knows no names.
      ...(programs.selfCheck ? {} : { prefix: 'u7___' }),
    },
  };
}

async function calls(programs: Programs, quick: boolean): Promise<Finding> {
  const { one, twenty } = await contest(callers(programs), shape('small', quick));
  return ratio(
    'several',
    `CPU per call, ${UPSTREAMS} upstreams to one: 300 B, 32 connections, no control`,
    pairwise(twenty.cpu, one.cpu, (a, b) => a / b),
    `${median(twenty.cpu).toFixed(1)} µs, one upstream ${median(one.cpu).toFixed(1)} µs`,
    { atMost: 1.15 },
  );
}

async function lists(programs: Programs, quick: boolean): Promise<Finding> {
  const whole = await serve(upstream({ TOOLS: String(UPSTREAMS * TOOLS_EACH) }));
  const part = await serve(upstream({ TOOLS: String(TOOLS_EACH) }));
  const pipe = await serveDrained({ ...programs.pipe, env: before(whole.port) });
  const proxy = programs.selfCheck
    ? await serveDrained({ ...programs.pipe, env: before(whole.port) })
    : await serveDrained({ ...programs.proxy('several'), env: { ...before(part.port), ...bindings(part.port) } });
  const servers = { pipe, proxy };
  const cpu = { pipe: [] as number[], proxy: [] as number[] };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const server of Object.values(servers)) for (let i = 0; i < 60; i++) await list(server, agent);
  for (let round = 0; round < (quick ? 6 : 24); round++)
    for (const name of order(['pipe', 'proxy'] as const, round)) cpu[name].push(await window(servers[name], agent));
  agent.destroy();
  for (const server of [pipe, proxy, whole, part]) await server.stop();
  return ratio(
    'several',
    `CPU per list of ${UPSTREAMS * TOOLS_EACH} tools from a warm catalogue, to a pipe: no control`,
    pairwise(cpu.proxy, cpu.pipe, (a, b) => a / b),
    `${median(cpu.proxy).toFixed(0)} µs, pipe ${median(cpu.pipe).toFixed(0)} µs`,
    { atMost: 1.5 },
  );
}

/** Microseconds of CPU per list. */
async function window(server: Server, agent: Agent): Promise<number> {
  const times = 25;
  const start = await ask<Usage>(server.child, 'usage');
  for (let i = 0; i < times; i++) await list(server, agent);
  const end = await ask<Usage>(server.child, 'usage');
  return (end.cpu - start.cpu) / times;
}

function list({ port }: Server, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const body = listBody();
  const headers = { ...callHeaders('tools/list', 'modern'), 'Content-Length': String(body.length) };
  const req = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent }, (res) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('end', () => {
      const { result } = JSON.parse(Buffer.concat(chunks).toString()) as { result?: { tools?: unknown[] } };
      if (result?.tools?.length === UPSTREAMS * TOOLS_EACH) resolve();
      else reject(new Error(`expected ${UPSTREAMS * TOOLS_EACH} tools, got ${result?.tools?.length}`));
    });
  });
  req.on('error', reject).end(body);
  return promise;
}

async function memory(programs: Programs, quick: boolean): Promise<Finding> {
  const each: number[] = [];
  for (let i = 0; i < (quick ? 2 : 5); i++) {
    const prefix = programs.selfCheck ? '' : 'u0___';
    const field = await Field.open(
      {
        one: { program: programs.proxy('several-one'), bindings, prefix },
        twenty: { program: programs.proxy('several'), bindings, prefix },
      },
      'modern',
    );
    for (const name of ['one', 'twenty'] as const)
      await field.connect(name, { kind: 'small', era: 'modern', connections: 1 });
    const live = { one: await field.live('one'), twenty: await field.live('twenty') };
    each.push((live.twenty - live.one) / (UPSTREAMS - 1) / MB);
    await field.close();
  }
  return {
    row: 'several',
    what: 'alive after a full collection, for each upstream that is not used',
    value: median(each),
    unit: 'MB',
    min: Math.min(...each),
    max: Math.max(...each),
    bound: { atMost: 0.3 },
  };
}
