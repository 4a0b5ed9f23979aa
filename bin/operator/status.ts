/** `npm run status`: the state of a deployed proxy, from AWS's APIs. */
import { EXIT, Failure } from './failure.ts';
import { briefly, lastErrors, type LogLine } from './logs.ts';
import { type Measured, measure } from './measured.ts';
import type { PlaceOptions } from './place.ts';
import { describeRuntime, type Endpoint, listEndpoints, type Runtime } from './runtime.ts';
import { findStack, type Stack } from './stack.ts';
import type { Colour, Output } from './terminal.ts';
import { upstreamsIn } from './upstreams.ts';

const DAY_MS = 24 * 3_600_000;
const SHOWN = 5;

export async function status(name: string, place: PlaceOptions, output: Output): Promise<number> {
  output.progress(`looking for ${name}`);
  const stack = await findStack(name, place);
  output.progress('asking AgentCore, CloudWatch and the log');
  const [runtime, endpoints] = await Promise.all([describeRuntime(stack), listEndpoints(stack)]);
  // Figures and errors matter less than the state: if they can't be read, print that in their place.
  const [measured, errors] = await Promise.all([
    measure(stack, runtime).catch(inPlace),
    lastErrors({
      region: stack.region,
      logGroupName: stack.outputs.logGroupName,
      since: new Date(Date.now() - DAY_MS),
      most: SHOWN,
    }).catch(inPlace),
  ]);
  const ready = runtime.status === 'READY' && endpoints.every((endpoint) => endpoint.status === 'READY');
  show(output, stack, runtime, endpoints, measured, errors);
  const { environment, ...shown } = runtime;
  output.result({
    command: 'status',
    ok: ready,
    stack: {
      name: stack.name,
      account: stack.account,
      region: stack.region,
      status: stack.status,
      updatedAt: stack.updatedAt,
    },
    invocationUrl: stack.outputs.invocationUrl,
    logGroupName: stack.outputs.logGroupName,
    runtime: shown,
    upstreams: upstreamsIn(environment).map(({ name, address, auth }) => ({ name: name ?? 'default', address, auth })),
    endpoints,
    lastHour: measured instanceof Failure ? { error: measured.message } : (measured ?? null),
    lastErrors: errors instanceof Failure ? { error: errors.message } : errors,
  });
  return ready ? EXIT.ok : EXIT.failed;
}

function inPlace(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

function show(
  output: Output,
  stack: Stack,
  runtime: Runtime,
  endpoints: readonly Endpoint[],
  measured: Measured | Failure | undefined,
  errors: readonly LogLine[] | Failure,
): void {
  const row = (name: string, text: string): void => output.line(`  ${name.padEnd(12)}${text}`);
  output.line();
  output.line(`${output.paint('bold', stack.name)}  ${stack.account}/${stack.region}`);
  output.line();
  row('stack', `${stack.status}${stack.updatedAt === undefined ? '' : `, ${ago(stack.updatedAt)}`}`);
  row('runtime', `${state(output, runtime.status)}, version ${runtime.version}, ${ago(runtime.updatedAt)}`);
  if (runtime.failureReason !== undefined) row('', output.paint('red', runtime.failureReason));
  for (const endpoint of endpoints)
    row('endpoint', `${endpoint.name} ${state(output, endpoint.status)}, ${versions(endpoint)}`);
  row('image', runtime.artifact);
  row('network', runtime.networkMode);
  row(
    'callers',
    runtime.jwt === undefined
      ? 'sign with SigV4'
      : `bring a token of ${runtime.jwt.discoveryUrl.replace('/.well-known/openid-configuration', '')}`,
  );
  for (const { name, address = 'unknown', auth = 'the default of its address' } of upstreamsIn(runtime.environment))
    row('upstream', `${name === undefined ? '' : `${name}  `}${address}, ${auth}`);
  row('URL', stack.outputs.invocationUrl);
  output.line();
  if (measured instanceof Failure) row('last hour', output.paint('yellow', measured.message));
  else if (measured === undefined)
    row('last hour', 'no figures: the runtime has no METRICS_NAMESPACE, so the proxy prints none');
  else showMeasured(row, measured);
  output.line();
  showErrors(output, row, errors, stack);
}

type Row = (name: string, text: string) => void;

function showMeasured(row: Row, m: Measured): void {
  row(
    'last hour',
    `${m.calls} calls, ${m.upstreamErrors + m.internalErrors} errors (${m.upstreamErrors} of the upstream, ${m.internalErrors} of the proxy), ${m.denials} denials, ${m.toolErrors} tool errors`,
  );
  row(
    '',
    m.p50 === undefined || m.p95 === undefined
      ? 'no latency: no request went upstream'
      : `p50 ${milliseconds(m.p50)}, p95 ${milliseconds(m.p95)}`,
  );
  row('', `${m.coldStarts} cold starts, ${m.throttled} throttled by a control, ${m.platformThrottles} by AgentCore`);
}

function showErrors(output: Output, row: Row, errors: readonly LogLine[] | Failure, { outputs }: Stack): void {
  if (errors instanceof Failure) return row('errors', output.paint('yellow', errors.message));
  if (errors.length === 0) row('errors', 'none in the last 24 hours');
  else
    for (const [i, { at, text }] of errors.entries())
      row(i === 0 ? 'errors' : '', `${output.paint('dim', at.toISOString())} ${briefly(text)}`);
  row('log group', outputs.logGroupName);
}

function state(output: Output, status: string): string {
  const colour: Colour = status === 'READY' ? 'green' : status.endsWith('FAILED') ? 'red' : 'yellow';
  return output.paint(colour, status);
}

function versions({ liveVersion, targetVersion }: Endpoint): string {
  const live = `version ${liveVersion ?? 'none'}`;
  return targetVersion === undefined || targetVersion === liveVersion
    ? live
    : `${live}, on its way to ${targetVersion}`;
}

function milliseconds(value: number): string {
  return value < 10_000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function ago(date: Date, now = Date.now()): string {
  const minutes = Math.max(0, Math.round((now - date.getTime()) / 60_000));
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
}
