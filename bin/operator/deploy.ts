/** `npm run deploy`: the doctor's checks, then `cdk deploy`, then what to try. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isObject } from '../../proxy/json/lossless.ts';
import { ROOT } from '../bundle.ts';
import { type Split, valueOf } from './cdk-arguments.ts';
import { CDK } from './cdk.ts';
import { handOver } from './child.ts';
import { findingPrinter } from './doctor.ts';
import { examine, NOTHING_LISTED } from './examine.ts';
import { EXIT, Failure } from './failure.ts';
import { type Finding, tally } from './finding.ts';
import type { Output } from './terminal.ts';

/** A stack's outputs by their names; undefined members where it holds no proxy. */
type StackOutputs = Readonly<Record<string, string>>;

export async function deploy({ names, deployments, context, rest }: Split, output: Output): Promise<number> {
  await using examined = await examine({ names, deployments, context, onFinding: findingPrinter(output), onProgress: (text) => output.progress(text) });
  const { findings, assembly, stacks } = examined;
  const failures = findings.filter(({ state }) => state === 'failed');
  output.line();
  if (failures.length > 0) return stopped(findings, failures, output);
  if (assembly === undefined) throw new Failure(`there is nothing to deploy: ${NOTHING_LISTED}`, EXIT.usage);
  if (names.length === 0 && stacks.length > 1) throw new Failure(`expected the names of the stacks to deploy, or '*' for all, got none; there are: ${stacks.map(({ name }) => name).join(', ')}`, EXIT.usage);
  output.line(`${output.paint('green', tally(findings))}. Deploying ${stacks.map(({ name }) => name).join(', ')}.`);
  output.line();

  const own = valueOf(rest, '--outputs-file', '-O');
  const outputsFile = own === undefined ? join(assembly.folder, 'outputs.json') : resolve(ROOT, own);
  const args = [CDK, 'deploy', '--app', assembly.folder, ...stacks.map(({ name }) => name), ...rest, ...(own === undefined ? ['--outputs-file', outputsFile] : [])];
  const code = await handOver(process.execPath, args, { cwd: ROOT, env: process.env, toStderr: output.json });
  if (code !== 0) {
    if (code === EXIT.interrupted) return EXIT.interrupted;
    throw new Failure(`cdk deploy ended with exit code ${code}: what it said above tells why. What was there before is still there, unless it says otherwise`);
  }
  const outputs = await readOutputs(outputsFile);
  const suffix = deployments === undefined ? '' : ` --deployments ${deployments}`;
  for (const { name } of stacks) introduce(name, outputs.get(name), suffix, output);
  output.result({ command: 'deploy', ok: true, findings, stacks: stacks.map(({ name }) => ({ name, ...described(outputs.get(name)) })) });
  return EXIT.ok;
}

function stopped(findings: readonly Finding[], failures: readonly Finding[], output: Output): number {
  output.line(`${output.paint('red', tally(findings))}. Nothing was deployed: mend what failed (${failures.map(({ check }) => check).join(', ')}) and try again.`);
  output.line('"npm run cdk -- deploy NAME" deploys without these checks.');
  output.result({ command: 'deploy', ok: false, error: 'a check failed, so nothing was deployed', findings });
  return EXIT.failed;
}

/** What cdk wrote; nothing where it only prepared a change. */
async function readOutputs(file: string): Promise<ReadonlyMap<string, StackOutputs>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const parsed: unknown = JSON.parse(text);
  return new Map(
    Object.entries(isObject(parsed) ? parsed : {}).map(([stack, values]) => [
      stack,
      Object.fromEntries(Object.entries(isObject(values) ? values : {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
    ]),
  );
}

function described(outputs: StackOutputs | undefined): object {
  if (outputs?.['RuntimeArn'] === undefined) return { outputs: outputs ?? {} };
  return { runtimeArn: outputs['RuntimeArn'], invocationUrl: outputs['InvocationUrl'], inboundAuth: outputs['UserPoolId'] === undefined ? 'iam-or-given-issuer' : 'cognito', outputs };
}

function introduce(name: string, outputs: StackOutputs | undefined, suffix: string, output: Output): void {
  const runtimeArn = outputs?.['RuntimeArn'];
  if (outputs === undefined || runtimeArn === undefined) return;
  output.line();
  output.line(output.paint('bold', `${name} is deployed`));
  output.line();
  output.line(`  runtime         ${runtimeArn}`);
  output.line(`  invocation URL  ${outputs['InvocationUrl'] ?? ''}`);
  for (const line of callers(runtimeArn, outputs)) output.line(`  ${line}`);
  output.line();
  output.line('Try it:');
  output.line();
  output.line(`  npm run agent -- ${name} --list${suffix}`);
  output.line(`  npm run status -- ${name}${suffix}`);
  output.line(`  npm run verify -- ${name}${suffix}`);
}

function callers(runtimeArn: string, outputs: StackOutputs): readonly string[] {
  if (outputs['UserPoolId'] === undefined) return [`callers         sign with SigV4 and need bedrock-agentcore:InvokeAgentRuntime on ${runtimeArn}`, '                (or, where the deployment names an issuer of its own, bring its token)'];
  return [
    `callers         bring a token from ${outputs['TokenUrl'] ?? 'the user pool'} (client ${outputs['ClientId'] ?? ''})`,
    `                the agent reads that client's secret itself; your role needs cognito-idp:DescribeUserPoolClient on ${outputs['UserPoolId']}`,
  ];
}
