/**
 * `npm run conformance [-- --only SCENARIO] [--direct | --proxy] [--main FILE]`: the MCP conformance suite against the
 * fixture, directly and through the proxy, and the comparison of the two. docs/conformance.md explains the rule.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { clientScenarios } from './client-scenarios.ts';
import { startFixture } from './fixture.ts';
import { type BaselineEntry, type Check, type Findings, judge, verdicts } from './judge.ts';
import { startProxy } from './proxy-process.ts';
import { type Revision, revisions, runClientScenario, runServerScenarios, scenariosOf } from './suite.ts';

/** Every scenario is a process of the suite, one of the client and maybe one of the proxy; they mostly wait. */
const CLIENTS_AT_ONCE = 3;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    direct: { type: 'boolean', default: false },
    proxy: { type: 'boolean', default: false },
    main: { type: 'string', default: 'proxy/main.ts' },
  },
});
const { only } = options;
const both = options.direct === options.proxy;
const started = performance.now();
const say = (what: string): void => void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${what}\n`);

const serverScenarios = await plan('server', () => true);
// Authorization between a client and an authorization server is not the proxy's business, except where it has credentials of its own.
const clientPlan = await plan('client', (scenario) => !scenario.startsWith('auth/') || scenario === 'auth/client-credentials-basic');
for (const { scenario, revision } of clientPlan) {
  if (scenario in clientScenarios) continue;
  throw new Error(`${revision} has the client scenario ${scenario}: add it to client-scenarios.ts, or leave it out here with a reason`);
}
if (serverScenarios.length + clientPlan.length === 0) throw new Error(`no requirement set has a scenario ${only}: npx conformance list shows them`);

const direct = both || options.direct ? leg('direct') : undefined;
const proxy = both || options.proxy ? leg('proxy') : undefined;
const [found, foundThroughProxy] = await Promise.all([direct, proxy]);
report(found, foundThroughProxy);
const violations = judge(found, foundThroughProxy, await readBaseline());
for (const violation of violations) console.log(`✗ ${violation}`);
console.log(violations.length === 0 ? 'conformance: ok' : `conformance: ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

async function plan(role: 'server' | 'client', wanted: (scenario: string) => boolean): Promise<{ revision: Revision; scenario: string }[]> {
  const sets = await Promise.all(revisions.map(async (revision) => (await scenariosOf(revision, role)).map((scenario) => ({ revision, scenario }))));
  return sets.flat().filter(({ scenario }) => wanted(scenario) && (only === undefined || scenario === only));
}

async function leg(via: 'direct' | 'proxy'): Promise<Findings> {
  const findings = new Map<string, readonly Check[]>();
  // Behind the proxy the fixture takes any Host: what is refused there, the proxy has refused.
  const fixture = await startFixture({ guard: via === 'direct' });
  const front = via === 'proxy' ? await startProxy(options.main, fixture.url) : undefined;
  try {
    for (const revision of new Set(serverScenarios.map((one) => one.revision))) {
      for (const [scenario, checks] of await runServerScenarios(revision, front?.url ?? fixture.url, only)) findings.set(scenario, checks);
      say(`${via}: server scenarios of ${revision} done`);
    }
  } finally {
    await front?.close();
    await fixture.close();
  }
  const queue = [...clientPlan];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const checks = await runClientScenario(next.revision, next.scenario, via === 'proxy' ? { CONFORMANCE_VIA: 'proxy', CONFORMANCE_MAIN: options.main } : {});
      findings.set(`${next.revision} client ${next.scenario}`, checks);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, work));
  say(`${via}: client scenarios done`);
  return findings;
}

function report(...legs: (Findings | undefined)[]): void {
  const scenarios = [...new Set(legs.flatMap((findings) => [...(findings?.keys() ?? [])]))].toSorted();
  const width = Math.max(...scenarios.map((scenario) => scenario.length));
  const row = (name: string, cells: string[]): void => console.log(`${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(9)).join('')}`);
  row('checks passed / made', ['direct', 'proxy']);
  for (const scenario of scenarios) row(scenario, legs.map((findings) => cell(findings?.get(scenario))));
  const passed = (findings: Findings): number => [...findings.values()].filter((checks) => /^\d/.test(cell(checks))).length;
  row(`of ${scenarios.length} scenarios passed`, legs.map((findings) => (findings ? String(passed(findings)) : '-')));
}

function cell(checks: readonly Check[] | undefined): string {
  if (!checks) return '-';
  const made = [...verdicts(checks).values()].filter(({ status }) => status !== 'INFO' && status !== 'SKIPPED');
  const passed = made.filter(({ status }) => status === 'SUCCESS').length;
  if (made.length === 0) return 'skipped';
  return `${passed === made.length ? '' : '✗ '}${passed}/${made.length}`;
}

async function readBaseline(): Promise<BaselineEntry[]> {
  const entries: unknown = JSON.parse(await readFile(new URL('baseline.json', import.meta.url), 'utf8'));
  if (!Array.isArray(entries)) throw new Error('expected a list in baseline.json, see BaselineEntry');
  return entries;
}
