/** Runs one of the operator's commands as npm does, and returns its output. */
import { command, inOwnProcess, type Ran } from '../support/commands.ts';

export interface Printed extends Ran {
  /** Parses standard output as one JSON document. */
  json(): Readonly<Record<string, unknown>>;
}

/** They hand their terminal over to CDK. */
const HAND_OVER: ReadonlySet<string> = new Set(['deploy', 'destroy']);

export async function cli(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Printed> {
  const run = HAND_OVER.has(name) ? inOwnProcess : command;
  const ran = await run(`bin/${name}.ts`, args, environment);
  return { ...ran, json: () => JSON.parse(ran.stdout) as Readonly<Record<string, unknown>> };
}
