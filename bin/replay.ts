/** `npm run replay`: plays recorded traffic through the controls of a config, and says what would be otherwise. */
import './log-on-stderr.ts';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { divert } from '../proxy/base/log.ts';
import { checkControls } from '../proxy/pipeline/control.ts';
import { ConfigError } from '../proxy/start-proxy.ts';
import { NotARecord, parseRecord } from '../traffic/format.ts';
import { explain } from './explain.ts';
import { fromHere } from './from-here.ts';
import { loadConfig } from './load-config.ts';
import { OptionError } from './option-error.ts';
import { typed } from './typed.ts';

const USAGE = `usage: ${typed('replay')} FILE [--config NEW] [--json] [--strict] [--accept]

  FILE      what ${typed('start')} --record FILE wrote
  --config  the proxy.config.ts to play it through (default: the project's)
  --json    one document on standard output
  --strict  what can't be decided counts as a difference
  --accept  writes what is decided now into FILE, as what is expected from now on

Nothing is sent anywhere: upstreams answer as they did when it was recorded. docs/replay.md has more.

exit codes: 0 everything is decided and changed as expected, 1 something is not, 2 wrong options or an unusable file`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof NotARecord ? error.message : explain(error, USAGE));
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      accept: { type: 'boolean', default: false },
      // The config is the one that the record was made with, by npm start itself.
      own: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new OptionError([`expected one FILE, got ${positionals.length}`]);
  const path = fromHere(file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new OptionError([`FILE: can't read ${path}: ${error instanceof Error ? error.message : String(error)}`]);
  });
  const record = parseRecord(text, file);
  // A gate must not pass because there was nothing to look at.
  if (record.calls.length === 0) throw new NotARecord(`${file}: expected recorded calls, got none`);
  const config = await loadConfig(values.config);
  const checked = await checkControls(config.controls, { upstreams: Object.keys(config.upstreams ?? { default: {} }) });
  if (checked.faults.length > 0) throw new ConfigError(checked.faults);
  // The log of the replayed proxy says nothing about this machine.
  divert(() => {});
  const [{ Engine }, { judge }, { differs, report }, { withoutNetwork }] = await Promise.all([
    import('../traffic/replay/engine.ts'),
    import('../traffic/replay/judge.ts'),
    import('../traffic/replay/report.ts'),
    import('../traffic/replay/no-network.ts'),
  ]);
  let engine = new Engine(record);
  withoutNetwork((where) => engine.tried(where));
  const played = await engine.play(config, progress(record.calls.length));
  const verdict = await judge(record, played, config);
  const isDifferent = differs(verdict) || (values.strict && verdict.undecided.length + verdict.warnings.length > 0);
  if (values.accept) {
    engine = new Engine(record);
    const again = await engine.play(config);
    const { accept } = await import('../traffic/replay/accept.ts');
    const { calls, unsure } = await accept(path, record, played, again, values.own || record.expected.size === 0);
    const doubtful = unsure.size === 0 ? '' : `; the record does not decide everything about ${unsure.size} of them`;
    if (values.json) console.log(JSON.stringify({ accepted: calls, unsure: Object.fromEntries(unsure) }));
    else console.log(`${calls} calls are expected as they are decided now${doubtful}`);
    return 0;
  }
  if (values.json) console.log(JSON.stringify({ ...verdict, differs: isDifferent }, null, 2));
  else for (const line of report(record, verdict, values.config ?? 'proxy.config.ts')) console.log(line);
  return isDifferent ? 1 : 0;
}

/** On a terminal, and only if it takes a while. */
function progress(calls: number): ((played: number) => void) | undefined {
  if (!process.stderr.isTTY || calls < 500) return undefined;
  return (played) => {
    if (played % 100 === 0 || played === calls)
      process.stderr.write(`\r${played} of ${calls} calls${played === calls ? '\n' : ''}`);
  };
}
