/** What `npm run tools` and `npm run search` share: which upstreams are meant, and how an error ends the command. */
import { flush } from '../../proxy/base/log.ts';
import { explain } from '../explain.ts';
import { exitCodeOf } from '../option-error.ts';

/** The options that {@link readUpstreams} takes. */
export const UPSTREAM_OPTIONS = { upstream: { type: 'string', multiple: true }, config: { type: 'string' } } as const;

export const UPSTREAM_USAGE =
  "--upstream  the address of the config's only upstream; of several, NAME=URL for each, or the NAME of the one that is meant (default: all, as UPSTREAM_* binds them)";

/** Runs the command, and sets the exit code. */
export async function command(usage: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(explain(error, usage));
    process.exitCode = exitCodeOf(error);
  } finally {
    flush();
  }
}
