/** `npm run deploy`: the doctor's checks, then `cdk deploy`, then what to try. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isObject } from '../../proxy/json/lossless.ts';
import { PROJECT } from '../project.ts';
import type { SynthStack } from './assembly.ts';
import { type Split, valueOf } from './cdk-arguments.ts';
import { CDK } from './cdk.ts';
import { handOver } from './child.ts';
import { readDeployments } from './deployments-file.ts';
import { findingPrinter } from './doctor.ts';
import { examine, NOTHING_LISTED } from './examine.ts';
import { EXIT, Failure } from './failure.ts';
import { type Finding, tally } from './finding.ts';
import { SAMPLE } from './selection.ts';
import type { Output } from './terminal.ts';

type StackOutputs = Readonly<Record<string, string>>;

export async function deploy({ names, deployments, context, rest }: Split, output: Output): Promise<number> {
  const { entries, faults, path } = await readDeployments(deployments);
  const sample = names.includes(SAMPLE) || context.some((pair) => pair.startsWith(`${SAMPLE}=`));
  if (entries.length === 0 && faults.length === 0 && !sample)
    throw new Failure(`${path} lists no deployments: ${NOTHING_LISTED}`, EXIT.usage);
  await using examined = await examine({
    names,
    deployments,
    context,
    onFinding: findingPrinter(output),
    onProgress: (text) => output.progress(text),
  });
  const { findings, assembly, stacks } = examined;
  const failures = findings.filter(({ state }) => state === 'failed');
  output.line();
  if (failures.length > 0) return stopped(findings, failures, output);
  if (assembly === undefined) throw new Failure('there is nothing to deploy');
  if (names.length === 0 && stacks.length > 1)
    throw new Failure(
      `expected the names of the stacks to deploy, or '*' for all, got none; there are: ${stacks.map(({ name }) => name).join(', ')}`,
      EXIT.usage,
    );
  output.line(`${output.paint('green', tally(findings))}. Deploying ${stacks.map(({ name }) => name).join(', ')}.`);
  output.line();

  const own = valueOf(rest, '--outputs-file', '-O');
  const outputsFile = own === undefined ? join(assembly.folder, 'outputs.json') : resolve(PROJECT, own);
  const args = [
    CDK,
    'deploy',
    '--app',
    assembly.folder,
    ...stacks.map(({ name }) => name),
    ...rest,
    ...(own === undefined ? ['--outputs-file', outputsFile] : []),
  ];
  const code = await handOver(process.execPath, args, { cwd: PROJECT, env: process.env, toStderr: output.json });
  if (code !== 0) {
    if (code === EXIT.interrupted) return EXIT.interrupted;
    throw new Failure(
      `cdk deploy ended with exit code ${code}: its output above says why. What was deployed before is still there, unless it says otherwise`,
    );
  }
  const outputs = await readOutputs(outputsFile);
  const suffix = deployments === undefined ? '' : ` --deployments ${deployments}`;
  for (const stack of stacks) introduce(stack, outputs.get(stack.name), suffix, output);
  output.result({
    command: 'deploy',
    ok: true,
    findings,
    stacks: stacks.map((stack) => described(stack, outputs.get(stack.name))),
  });
  return EXIT.ok;
}

function stopped(findings: readonly Finding[], failures: readonly Finding[], output: Output): number {
  output.line(
    `${output.paint('red', tally(findings))}. Nothing was deployed: fix what failed (${failures.map(({ check }) => check).join(', ')}) and try again.`,
  );
  output.line('"npm run cdk -- deploy NAME" deploys without these checks.');
  output.result({ command: 'deploy', ok: false, error: 'a check failed, so nothing was deployed', findings });
  return EXIT.failed;
}

/** Reads the outputs that cdk wrote; empty if it only prepared a change set. */
async function readOutputs(file: string): Promise<ReadonlyMap<string, StackOutputs>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const parsed: unknown = JSON.parse(text);
  return new Map(
    Object.entries(isObject(parsed) ? parsed : {}).map(([stack, values]) => [
      stack,
      Object.fromEntries(
        Object.entries(isObject(values) ? values : {}).filter(
          (pair): pair is [string, string] => typeof pair[1] === 'string',
        ),
      ),
    ]),
  );
}

function described({ name, account, region, runtime }: SynthStack, outputs: StackOutputs = {}): object {
  if (runtime === undefined) return { name, account, region, outputs };
  return {
    name,
    account,
    region,
    runtimeArn: outputs['RuntimeArn'],
    invocationUrl: outputs['InvocationUrl'],
    inboundAuth: runtime.jwt ? 'jwt' : 'iam',
    outputs,
  };
}

function introduce(
  { name, runtime }: SynthStack,
  outputs: StackOutputs | undefined,
  suffix: string,
  output: Output,
): void {
  if (outputs === undefined || runtime === undefined) return;
  output.line();
  output.line(output.paint('bold', `${name} is deployed`));
  output.line();
  output.line(`  runtime         ${outputs['RuntimeArn'] ?? ''}`);
  output.line(`  invocation URL  ${outputs['InvocationUrl'] ?? ''}`);
  for (const [i, line] of callers(runtime.jwt, outputs).entries())
    output.line(`  ${(i === 0 ? 'callers' : '').padEnd(16)}${line}`);
  output.line();
  output.line('Try it:');
  output.line();
  output.line(`  npm run agent -- ${name} --list${suffix}`);
  output.line(`  npm run status -- ${name}${suffix}`);
  output.line(`  npm run verify -- ${name}${suffix}`);
}

/** What a person needs to call the proxy. */
function callers(
  jwt: boolean,
  { UserPoolId: pool, ClientId: client, TokenUrl: tokenUrl }: StackOutputs,
): readonly string[] {
  if (!jwt)
    return ['sign with SigV4; they, and your role to try it, need bedrock-agentcore:InvokeAgentRuntime on the runtime'];
  if (pool === undefined)
    return [
      'bring a token of the issuer that the deployment names; to try it, set INBOUND_CLIENT_ID and, unless the issuer is Cognito, INBOUND_SECRET',
    ];
  return [
    `bring a token from ${tokenUrl ?? 'the user pool'} (client ${client ?? ''})`,
    `to try it, your role needs cognito-idp:DescribeUserPoolClient on ${pool}: the client's secret is read there`,
  ];
}
