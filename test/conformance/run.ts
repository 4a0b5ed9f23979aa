/**
 * `npm run conformance [-- --only SCENARIO] [--direct] [--proxy] [--controls] [--several] [--main FILE]`: the MCP conformance suite
 * against the fixture, directly, through the proxy, and through the proxy with every control, and the comparison.
 * docs/conformance.md explains the rule.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clientScenarios } from './client-scenarios.ts';
import { startFixture } from './fixture.ts';
import { type BaselineEntry, type Check, type Findings, judge, verdicts } from './judge.ts';
import { startProxy } from './proxy-process.ts';
import { type Revision, revisions, runClientScenario, runServerScenarios, scenariosOf } from './suite.ts';

/**
 * In all legs. Every scenario is a process of the suite, one of the client and maybe one of the proxy; they mostly
 * wait.
 */
const CLIENTS_AT_ONCE = 3;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    direct: { type: 'boolean', default: false },
    proxy: { type: 'boolean', default: false },
    controls: { type: 'boolean', default: false },
    several: { type: 'boolean', default: false },
    main: { type: 'string', default: 'proxy/main.ts' },
  },
});
const { only } = options;
const vias = ['direct', 'proxy', 'controls', 'several'] as const;
type Via = (typeof vias)[number];
/** What runs in between. */
const mains: Readonly<Record<Via, string | undefined>> = {
  direct: undefined,
  proxy: options.main,
  controls: fileURLToPath(new URL('every-control.ts', import.meta.url)),
  several: fileURLToPath(new URL('several.ts', import.meta.url)),
};
const HOW: Readonly<Record<Via, string>> = {
  direct: 'directly',
  proxy: 'through the proxy',
  controls: 'through every control',
  several: 'through one of two upstreams',
};
const chosen = vias.filter((via) => options[via]);
const wanted = chosen.length === 0 ? vias : chosen;
/** A check that differs through one of two upstreams, and why. */
interface Difference {
  readonly at: string;
  readonly why: string;
}

const started = performance.now();
const say = (what: string): void =>
  void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${what}\n`);

const atOnce = new Set<Promise<void>>();

const serverScenarios = await plan('server', () => true);
// Authorization between a client and an authorization server doesn't concern the proxy, except with its own
// credentials.
const clientPlan = await plan(
  'client',
  (scenario) => !scenario.startsWith('auth/') || scenario === 'auth/client-credentials-basic',
);
for (const { scenario, revision } of clientPlan) {
  if (scenario in clientScenarios) continue;
  throw new Error(
    `${revision} has the client scenario ${scenario}: add it to client-scenarios.ts, or leave it out here with a reason`,
  );
}
if (serverScenarios.length + clientPlan.length === 0)
  throw new Error(`no requirement set has a scenario ${only}: npx conformance list shows them`);

const found = new Map(await Promise.all(wanted.map(async (via) => [via, await leg(via)] as const)));
report(found);
const baseline = await readBaseline();
const direct = found.get('direct');
const behind = [...found].filter(([via]) => via !== 'direct');
// A fault of the direct leg is reported once.
const differences = await readDifferences();
const violations = new Set([
  ...judge(direct, undefined, baseline),
  ...behind.flatMap(([via, findings]) => {
    const found = judge(direct, findings, baseline, HOW[via]);
    return via === 'several' && direct !== undefined ? unexplained(found, findings) : found;
  }),
]);
for (const violation of violations) console.log(`✗ ${violation}`);
console.log(violations.size === 0 ? 'conformance: ok' : `conformance: ${violations.size} violations`);
process.exitCode = violations.size === 0 ? 0 : 1;

async function plan(
  role: 'server' | 'client',
  wanted: (scenario: string) => boolean,
): Promise<{ revision: Revision; scenario: string }[]> {
  const sets = await Promise.all(
    revisions.map(async (revision) => (await scenariosOf(revision, role)).map((scenario) => ({ revision, scenario }))),
  );
  return sets.flat().filter(({ scenario }) => wanted(scenario) && (only === undefined || scenario === only));
}

async function leg(via: Via): Promise<Findings> {
  const findings = new Map<string, readonly Check[]>();
  // Behind the proxy the fixture accepts any Host, so that every refusal there is the proxy's.
  const fixture = await startFixture({ guard: via === 'direct' });
  const main = mains[via];
  const front = main === undefined ? undefined : await startProxy(main, fixture.url);
  try {
    for (const revision of new Set(serverScenarios.map((one) => one.revision))) {
      for (const [scenario, checks] of await runServerScenarios(revision, front?.url ?? fixture.url, only))
        findings.set(scenario, checks);
      say(`${via}: server scenarios of ${revision} done`);
    }
  } finally {
    await front?.close();
    await fixture.close();
  }
  const checked = clientPlan.map(({ revision, scenario }) => async (): Promise<void> => {
    const checks = await runClientScenario(
      revision,
      scenario,
      main === undefined ? {} : { CONFORMANCE_VIA: 'proxy', CONFORMANCE_MAIN: main },
    );
    findings.set(`${revision} client ${scenario}`, checks);
  });
  await Promise.all(checked.map(inTurn));
  say(`${via}: client scenarios done`);
  return findings;
}

async function inTurn(act: () => Promise<void>): Promise<void> {
  while (atOnce.size >= CLIENTS_AT_ONCE) await Promise.race(atOnce);
  const running = act();
  atOnce.add(running);
  await running.finally(() => atOnce.delete(running));
}

function report(legs: ReadonlyMap<Via, Findings>): void {
  const scenarios = [...new Set([...legs.values()].flatMap((findings) => [...findings.keys()]))].toSorted();
  const width = Math.max(...scenarios.map((scenario) => scenario.length));
  const row = (name: string, each: (via: Via, findings: Findings) => string): void =>
    console.log(
      `${name.padEnd(width)}  ${[...legs].map(([via, findings]) => each(via, findings).padStart(10)).join('')}`,
    );
  row('checks passed / made', (via) => via);
  for (const scenario of scenarios) row(scenario, (_via, findings) => cell(findings.get(scenario)));
  row(`of ${scenarios.length} scenarios passed`, (_via, findings) =>
    String([...findings.values()].filter((checks) => /^\d/.test(cell(checks))).length),
  );
}

function cell(checks: readonly Check[] | undefined): string {
  if (!checks) return '-';
  const made = [...verdicts(checks).values()].filter(({ status }) => status !== 'INFO' && status !== 'SKIPPED');
  const passed = made.filter(({ status }) => status === 'SUCCESS').length;
  if (made.length === 0) return 'skipped';
  return `${passed === made.length ? '' : '✗ '}${passed}/${made.length}`;
}

/** What several upstreams change, by scenario and check. @throws if an entry has no reason */
async function readDifferences(): Promise<readonly Difference[]> {
  const entries = JSON.parse(await readFile(new URL('several.json', import.meta.url), 'utf8')) as Partial<Difference>[];
  return entries.map(({ at, why }) => {
    if (typeof at !== 'string' || typeof why !== 'string')
      throw new Error('expected at and why in each entry of several.json');
    return { at, why };
  });
}

/** The violations that no entry explains, and the entries of scenarios that were run and explain nothing. */
function unexplained(violations: readonly string[], findings: Findings): readonly string[] {
  const explains = ({ at }: Difference) => violations.some((violation) => violation.startsWith(`${at} `));
  return [
    ...violations.filter((violation) => !differences.some(({ at }) => violation.startsWith(`${at} `))),
    ...differences
      .filter((entry) => findings.has(entry.at.split(' › ')[0] ?? '') && !explains(entry))
      .map(({ at }) => `${at} is in several.json and does not differ: remove the entry`),
  ];
}

async function readBaseline(): Promise<BaselineEntry[]> {
  const entries: unknown = JSON.parse(await readFile(new URL('baseline.json', import.meta.url), 'utf8'));
  if (!Array.isArray(entries)) throw new Error('expected a list in baseline.json, see BaselineEntry');
  return entries;
}
