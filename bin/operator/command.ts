/** The frame of all operator's commands: options, help, error messages, exit codes. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { EXIT, type ExitCode, Failure } from './failure.ts';
import { useOwnNetwork } from './own-network.ts';
import { createOutput, type Output } from './terminal.ts';

export interface Command<T extends ParseArgsOptionsConfig> {
  readonly name: string;
  readonly usage: string;
  /** In addition to `--help` and `--json`. */
  readonly options: T;
  /** How many names the command takes. */
  readonly names: { readonly min: number; readonly max: number };
  readonly run: (given: Given<T>, output: Output) => Promise<number>;
}

export interface Given<T extends ParseArgsOptionsConfig> {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
  readonly names: readonly string[];
}

/** Runs the command and sets the exit code. */
export async function command<T extends ParseArgsOptionsConfig>(
  { name, usage, options, names, run }: Command<T>,
  args = process.argv.slice(2),
): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return console.log(usage);
  const output = createOutput(args.includes('--json'));
  await reporting(name, usage, output, async () => {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length < names.min)
      throw new Failure(`expected the NAME of a deployment, got none\n\n${usage}`, EXIT.usage);
    if (positionals.length > names.max)
      throw new Failure(
        `expected ${names.max === 0 ? 'no name' : 'one NAME'}, got ${positionals.join(' ')}\n\n${usage}`,
        EXIT.usage,
      );
    await useOwnNetwork(process.env);
    return run({ values, names: positionals }, output);
  });
}

/** Turns an error into a message and an exit code. */
export async function reporting(
  name: string,
  usage: string,
  output: Output,
  run: () => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { message, exitCode } = await inWords(error, usage);
    process.exitCode = exitCode;
    if (output.json) output.result({ command: name, ok: false, exitCode, error: message.split('\n\nusage:', 1)[0] });
    else output.error(message);
  }
}

async function inWords(
  error: unknown,
  usage: string,
): Promise<{ readonly message: string; readonly exitCode: ExitCode }> {
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return { message: `${error.message.split('. To specify')[0] ?? error.message}\n\n${usage}`, exitCode: EXIT.usage };
  const { explain } = await import('../explain.ts');
  return { message: explain(error, usage), exitCode: EXIT.failed };
}
