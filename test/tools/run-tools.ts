/** `npm run tools`. */
import { command } from '../support/commands.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runTools(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { code, stdout, stderr } = await command('bin/tools.ts', args, environment);
  return { code, out: stdout, err: stderr };
}
