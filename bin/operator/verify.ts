/** `npm run verify`: checks what only a live deployment can show, and prints a table. */
import { readDeployments } from './deployments-file.ts';
import { EXIT, Failure } from './failure.ts';
import { tally } from './finding.ts';
import { inboundOf } from './inbound-mode.ts';
import type { LiveCheck, Seen } from './live/check.ts';
import { liveChecks } from './live/checks.ts';
import { Live } from './live/live.ts';
import type { PlaceOptions } from './place.ts';
import { describeRuntime, listEndpoints } from './runtime.ts';
import { findStack } from './stack.ts';
import { type Colour, columns, type Output } from './terminal.ts';

export interface VerifyOptions extends PlaceOptions {
  /** Ids of the checks to run. @default - all */
  readonly only: readonly string[] | undefined;
}

export interface Row extends Seen {
  readonly check: string;
  readonly expected: string;
  readonly ms: number;
}

export async function verify(
  name: string,
  options: VerifyOptions,
  output: Output,
  checks: readonly LiveCheck[] = liveChecks(),
): Promise<number> {
  const chosen = choose(checks, options.only);
  output.progress(`looking for ${name}`);
  const stack = await findStack(name, options);
  const [runtime, endpoints, inbound] = await Promise.all([
    describeRuntime(stack),
    listEndpoints(stack),
    inboundOf(stack),
  ]);
  const { entries } = await readDeployments(options.deployments);
  const listed = entries.find((entry) => entry.stack === name);
  const live = new Live(stack, runtime, endpoints, inbound, listed);
  output.line();
  output.line(
    `${output.paint('bold', name)}  ${stack.account}/${stack.region}, version ${runtime.version}, called with ${inbound.kind === 'iam' ? 'SigV4' : 'a token'}`,
  );
  output.line();
  output.line(output.paint('bold', columns(['', 'check', 'expected', 'got'], WIDTHS)));
  const rows: Row[] = [];
  for (const check of chosen) {
    output.progress(`${check.id}${check.slow === true ? ' (may take minutes)' : ''}`);
    const startedAt = performance.now();
    const seen = await check.run(live).catch(broken);
    const row = { check: check.id, expected: check.expected, ...seen, ms: Math.round(performance.now() - startedAt) };
    rows.push(row);
    showRow(output, row);
  }
  const good = rows.every(({ state }) => state !== 'failed');
  output.line();
  output.line(`${output.paint(good ? 'green' : 'red', tally(rows))}.`);
  output.result({
    command: 'verify',
    ok: good,
    stack: name,
    account: stack.account,
    region: stack.region,
    version: runtime.version,
    checks: rows,
  });
  return good ? EXIT.ok : EXIT.failed;
}

function choose(checks: readonly LiveCheck[], only: readonly string[] | undefined): readonly LiveCheck[] {
  const unknown = (only ?? []).filter((id) => !checks.some((check) => check.id === id));
  if (unknown.length > 0)
    throw new Failure(
      `--only: expected ids out of ${checks.map(({ id }) => id).join(', ')}; got ${unknown.join(', ')}`,
      EXIT.usage,
    );
  const chosen = checks.filter(({ id }) => only === undefined || only.includes(id));
  return [...chosen.filter(({ slow }) => slow !== true), ...chosen.filter(({ slow }) => slow === true)];
}

/** A check that couldn't run counts as failed. */
function broken(error: unknown): Seen {
  if (!(error instanceof Error)) return { state: 'failed', got: String(error) };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return {
    state: 'failed',
    got:
      error.name === 'TimeoutError'
        ? 'no answer in time'
        : `${error.message.split('\n', 1)[0] ?? ''}${error instanceof Failure ? '' : cause}`,
  };
}

const COLOURS: Readonly<Record<Seen['state'], Colour>> = { ok: 'green', failed: 'red', skipped: 'dim' };
const WIDTHS = [9, 22, 44, 52] as const;

function showRow(output: Output, { check, state, expected, got }: Row): void {
  output.line(
    columns([state, check, expected, got], WIDTHS, [
      (text) => output.paint(COLOURS[state], text),
      undefined,
      (text) => output.paint('dim', text),
      undefined,
    ]),
  );
}
