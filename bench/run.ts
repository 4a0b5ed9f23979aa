/**
 * `npm run bench`: the cost of a hop through the proxy, compared with a byte pipe or another checkout in the same run,
 * with every answer checked. Prints a markdown table. Exits with 1 after a failure or a wrong answer; with --strict,
 * also if a bound is missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fromHere } from '../bin/from-here.ts';
import { checkouts } from './against/checkouts.ts';
import { COMPARED } from './against/rows.ts';
import { failed, table, verdict, type Finding } from './finding.ts';
import { machine } from './machine.ts';
import { placed } from './page.ts';
import { measurePeers, PEER_ROWS } from './peers/peers.ts';
import { profile } from './profile.ts';
import { ROWS, type RowName } from './rows/rows.ts';
import { programs } from './subjects.ts';

const USAGE = `usage: npm run bench -- [--quick] [--only ROW,ROW] [--json] [--page] [--strict] [--profile ROW] [--self-check]
       npm run bench -- --against FOLDER [--quick] [--only ROW,ROW] [--json] [--strict] [--self-check]
       npm run bench -- --peers [--quick] [--only ROW,ROW] [--chart FILE] [--self-check]
  rows: ${Object.keys(ROWS).join(', ')}
  --quick       fewer rounds, 300,000 calls instead of 1,000,000
  --json        the findings as JSON instead of a table
  --page        writes each row that was measured into its block of docs/benchmarks.md
  --strict      a missed bound ends with 1
  --profile     where the CPU time of a row goes, instead of measuring
  --self-check  the pipe in the place of the proxy: every ratio must be 1
  --against     this checkout against the one in FOLDER, such as a worktree of an older commit with node_modules in it:
                ratios new/old of CPU per call, calls per second, p50, memory and start. Each checkout builds its own configs.
                With this checkout's own folder every ratio must be 1
  --peers       this proxy beside other MCP proxies, which are installed into .cache/peers: CPU per call and its ratio to the
                pipe. Those that can't be had are skipped. --chart draws it as SVG. Ends with 1 if this proxy answers wrongly
  rows with --peers: ${PEER_ROWS.join(', ')}
  rows with --against: ${Object.keys(COMPARED).join(', ')}`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    profile: { type: 'string' },
    against: { type: 'string' },
    peers: { type: 'boolean', default: false },
    chart: { type: 'string' },
    'self-check': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

/** Each row at once: an interrupted run keeps what it has. */
function write(row: string, found: readonly Finding[]): void {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, placed(page, row, found, `${machine()}${values.quick ? ', `--quick`' : ''}`));
}

/** The measurements by name, and the text above the table. */
interface Rows {
  readonly head: () => string;
  readonly measure: ReadonlyMap<string, () => Promise<Finding[]>>;
}

/** @throws Error if a name is not that of a row */
function chosen<Name extends string>(names: string | undefined, rows: Iterable<Name>): Name[] {
  const all = [...rows];
  if (names === undefined) return all;
  return names.split(',').map((wanted) => {
    const name = all.find((one) => one === wanted);
    if (name === undefined) throw new Error(`got row ${wanted}, expected one of ${all.join(', ')}`);
    return name;
  });
}

function withPipe(): Rows {
  const built = programs(values['self-check'] ? 'self-check' : 'shipped');
  return {
    head: machine,
    measure: new Map(Object.entries(ROWS).map(([name, row]) => [name, () => row.measure(built, values.quick)])),
  };
}

function withCheckout(folder: string): Rows {
  const both = checkouts(fromHere(folder), values['self-check'] ? 'self-check' : 'shipped', values.quick);
  return {
    head: () => `${machine()}; ${both.named}`,
    measure: new Map(Object.entries(COMPARED).map(([name, compare]) => [name, () => compare(both)])),
  };
}

async function measure({ head, measure: rows }: Rows): Promise<void> {
  const findings: Finding[] = [];
  for (const row of chosen(values.only, rows.keys())) {
    const begin = performance.now();
    const found = await (rows.get(row)?.() ?? Promise.resolve([])).catch((error: unknown) => [failed(row, row, error)]);
    findings.push(...found);
    if (values.page) write(row, found);
    say(
      `${row}: ${((performance.now() - begin) / 1000).toFixed(0)} s${found.map((f) => `\n  ${verdict(f).padEnd(7)} ${f.what}: ${Number.isNaN(f.value) ? '' : `${f.value.toFixed(3)} ${f.unit} `}(${f.detail ?? ''})`).join('')}`,
    );
  }
  if (values.json)
    console.log(
      JSON.stringify({ machine: head(), findings: findings.map((f) => ({ ...f, verdict: verdict(f) })) }, null, 2),
    );
  else console.log(`\n${head()}\n\n${table(findings)}`);
  const bad = values.strict ? ['FAILED', 'MISSED'] : ['FAILED'];
  if (findings.some((f) => bad.includes(verdict(f)))) process.exitCode = 1;
}

async function peers(): Promise<void> {
  const { text, failed: wrong } = await measurePeers(programs(values['self-check'] ? 'self-check' : 'shipped'), {
    quick: values.quick,
    rows: chosen(values.only, PEER_ROWS),
    chart: values.chart === undefined ? undefined : fromHere(values.chart),
    say,
  });
  console.log(`\n${machine()}\n\n${text}`);
  if (wrong) process.exitCode = 1;
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (values.chart !== undefined && !values.peers) throw new Error('got --chart without --peers, expected both');
  if (values.page && (values.against !== undefined || values.profile !== undefined || values['self-check']))
    throw new Error(
      'got --page with --against, --profile or --self-check, expected none: the page compares with the pipe',
    );
  if (values.peers) {
    for (const other of ['against', 'profile', 'json', 'page', 'strict'] as const)
      if (values[other] !== undefined && values[other] !== false)
        throw new Error(`got --${other} with --peers, expected one of them`);
    return peers();
  }
  if (values.profile === undefined)
    return measure(values.against === undefined ? withPipe() : withCheckout(values.against));
  if (values.against !== undefined)
    throw new Error('got --profile with --against, expected one of them: profile each checkout by itself');
  const wanted = chosen(values.profile, Object.keys(ROWS));
  const built = programs(values['self-check'] ? 'self-check' : 'readable');
  for (const row of wanted) if (isRow(row)) await profile(row, built);
}

const isRow = (name: string): name is RowName => Object.hasOwn(ROWS, name);

// The exit handlers end the processes and remove the files of an interrupted run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
