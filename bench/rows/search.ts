/** A search for tools in 2,000 of them, compared with a list of the same tools, both from a warm catalogue. */
import { Agent, request } from 'node:http';
import { ask, serve, serveDrained, type Server } from '../child.ts';
import { type Finding, ratio } from '../finding.ts';
import { order } from '../order.ts';
import type { Usage } from '../probe.ts';
import { median, pairwise } from '../stats.ts';
import { before, type Programs, upstream } from '../subjects.ts';
import { callHeaders, listBody, searchBody } from '../wire.ts';
import { bindings, TOOLS_EACH, UPSTREAMS } from './several.ts';

const SEARCH = 'search_tools';

export async function search(programs: Programs, quick: boolean): Promise<Finding[]> {
  const part = await serve(upstream({ TOOLS: String(TOOLS_EACH) }));
  const started = (config: string): Promise<Server> =>
    serveDrained({ ...programs.proxy(config), env: { ...before(part.port), ...bindings(part.port) } });
  const servers = { list: await started('several'), search: await started('several-search') };
  const cpu = { list: [] as number[], search: [] as number[] };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const once = {
    list: () => send(servers.list, agent, 'tools/list', undefined, listBody()),
    // The pipe knows no search.
    search: programs.selfCheck
      ? () => send(servers.search, agent, 'tools/list', undefined, listBody())
      : () => send(servers.search, agent, 'tools/call', SEARCH, searchBody(SEARCH, 'orders of a customer')),
  };
  for (const name of ['list', 'search'] as const) for (let i = 0; i < 60; i++) await once[name]();
  for (let round = 0; round < (quick ? 6 : 24); round++)
    for (const name of order(['list', 'search'] as const, round))
      cpu[name].push(await window(servers[name], once[name]));
  agent.destroy();
  for (const server of [servers.list, servers.search, part]) await server.stop();
  return [
    ratio(
      'search',
      `CPU per search in ${UPSTREAMS * TOOLS_EACH} tools, to a list of them: no control`,
      pairwise(cpu.search, cpu.list, (a, b) => a / b),
      `${median(cpu.search).toFixed(0)} µs, list ${median(cpu.list).toFixed(0)} µs`,
      { atMost: 5 },
    ),
  ];
}

/** Microseconds of CPU for each. */
async function window(server: Server, once: () => Promise<void>): Promise<number> {
  const times = 25;
  const start = await ask<Usage>(server.child, 'usage');
  for (let i = 0; i < times; i++) await once();
  const end = await ask<Usage>(server.child, 'usage');
  return (end.cpu - start.cpu) / times;
}

function send({ port }: Server, agent: Agent, method: string, name: string | undefined, body: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { ...callHeaders(method, 'modern', name), 'Content-Length': String(Buffer.byteLength(body)) };
  const req = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent }, (res) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      if (text.includes('Looks into the orders')) resolve();
      else reject(new Error(`expected tools, got ${text.slice(0, 200)}`));
    });
  });
  req.on('error', reject).end(body);
  return promise;
}
