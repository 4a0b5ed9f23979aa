/**
 * `npm run bench`: what a hop through the proxy costs, against a byte pipe in the same run, every answer checked.
 * Prints a markdown table. Ends with 1 when something failed to run or an answer was wrong; with --strict, also when a bound was missed.
 */
import { parseArgs } from 'node:util';
import { failed, table, verdict, type Finding } from './finding.ts';
import { machine } from './machine.ts';
import { profile } from './profile.ts';
import { ROWS, type RowName } from './rows/rows.ts';
import { programs } from './subjects.ts';

const USAGE = `usage: npm run bench -- [--quick] [--only ROW,ROW] [--json] [--strict] [--profile ROW] [--self-check]
  rows: ${Object.keys(ROWS).join(', ')}
  --quick       fewer rounds, 300,000 calls instead of 1,000,000
  --json        the findings as JSON instead of a table
  --strict      a missed bound ends with 1
  --profile     where the CPU time of a row goes, instead of measuring
  --self-check  the pipe in the place of the proxy: every ratio must be 1`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    profile: { type: 'string' },
    'self-check': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const isRow = (name: string): name is RowName => Object.hasOwn(ROWS, name);

function rows(names: string | undefined): RowName[] {
  const wanted = names === undefined ? Object.keys(ROWS) : names.split(',');
  return wanted.map((name) => {
    if (!isRow(name)) throw new Error(`got row ${name}, expected one of ${Object.keys(ROWS).join(', ')}`);
    return name;
  });
}

async function measure(wanted: RowName[]): Promise<void> {
  const built = programs(values['self-check'] ? 'self-check' : 'shipped');
  const findings: Finding[] = [];
  for (const row of wanted) {
    const begin = performance.now();
    const found = await ROWS[row].measure(built, values.quick).catch((error: unknown) => [failed(row, row, error)]);
    findings.push(...found);
    say(`${row}: ${((performance.now() - begin) / 1000).toFixed(0)} s${found.map((f) => `\n  ${verdict(f).padEnd(6)} ${f.what}: ${f.value.toFixed(3)} ${f.unit} (${f.detail ?? ''})`).join('')}`);
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), findings: findings.map((f) => ({ ...f, verdict: verdict(f) })) }, null, 2));
  else console.log(`\n${machine()}\n\n${table(findings)}`);
  const bad = values.strict ? ['FAILED', 'MISSED'] : ['FAILED'];
  if (findings.some((f) => bad.includes(verdict(f)))) process.exitCode = 1;
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (values.profile === undefined) return measure(rows(values.only));
  const wanted = rows(values.profile);
  const built = programs(values['self-check'] ? 'self-check' : 'readable');
  for (const row of wanted) await profile(row, built);
}

// The exit handlers end the processes and remove the files of an interrupted run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
