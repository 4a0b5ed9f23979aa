/** `npm run policy`: shows what a config's access policy decides, without a running proxy. */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import { explain } from './explain.ts';
import { policyOf } from './policy/policy-of.ts';

const USAGE = `usage: npm run policy -- COMMAND [--config FILE]

  test TABLE                        decides each case of a table (JSON) and compares; exit code 1 if any differs
  matrix --callers FILE             prints a table of callers and tools; the tools come from
         (--upstream URL | --tools FILE)   the upstream itself, or a saved tools/list of it (npm run -s agent -- --list --json)
  replay AUDIT_LOG [--callers FILE] what this policy would have decided on calls that audit() recorded as json
  show                              the policies in Cedar, one-line rules included, and the schema that they are checked against

  --config   the proxy.config.ts that holds accessPolicy(…) (default: this repository's)
  --callers  claims by name: { "ann": { "sub": "ann", "groups": ["analysts"] } }, or a table's file

docs/control-access-policy.md shows a table.

exit codes: 0 done, 1 a decision in the table differs, 2 wrong options, or a file that can't be used`;

const text = { type: 'string' } as const;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(explain(error, USAGE));
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { config: text, callers: text, upstream: text, tools: text, help: { type: 'boolean' } },
  });
  const [command, file, ...more] = positionals;
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const takesFile = command === 'test' || command === 'replay';
  if (
    command === undefined ||
    !['test', 'matrix', 'replay', 'show'].includes(command) ||
    more.length > 0 ||
    takesFile !== (file !== undefined)
  ) {
    const got = positionals.join(' ') || 'nothing';
    console.error(`expected test TABLE, matrix, replay AUDIT_LOG or show, got ${got}\n\n${USAGE}`);
    return 2;
  }
  const policy = await policyOf(values.config);
  const print = (line: string): void => console.log(line);
  switch (command) {
    case 'test':
      return (await import('./policy/test-table.ts')).testTable(policy, file ?? '', print);
    case 'matrix':
      return (await import('./policy/matrix.ts')).matrix(policy, values, print);
    case 'replay':
      return (await import('./policy/replay.ts')).replay(policy, file ?? '', values.callers, print);
    default:
      return (await import('./policy/show.ts')).show(policy, print);
  }
}
