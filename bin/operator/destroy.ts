/** `npm run destroy`: `cdk destroy`, then removes everything left of a stack that costs money. */
import { PROJECT } from '../project.ts';
import { synthesize } from './assembly.ts';
import { CDK } from './cdk.ts';
import { handOver } from './child.ts';
import { deploymentsPath, readDeployments } from './deployments-file.ts';
import { EXIT, Failure } from './failure.ts';
import { type Kept, removeKept, stillThere } from './leftovers/data.ts';
import { type Group, listGroups, prefixesOf, removeGroups } from './leftovers/log-groups.ts';
import { lastDeleted, resourcesOf, type StackResource } from './leftovers/stack-record.ts';
import { placeOf, type PlaceOptions } from './place.ts';
import { SAMPLE, SAMPLE_STACKS } from './selection.ts';
import { describeStack } from './stack.ts';
import type { Output } from './terminal.ts';
import { whoAmI } from './who.ts';

export interface DestroyOptions extends PlaceOptions {
  /** Don't ask. */
  readonly yes: boolean;
  /** Also remove what holds data. */
  readonly data: boolean;
}

/** One stack and what was done to it. */
interface Destroyed {
  readonly name: string;
  readonly removedLogGroups: readonly Group[];
  readonly removedData: readonly Kept[];
  readonly left: readonly Kept[];
  readonly failures: readonly string[];
}

interface Doomed {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  /** The stack still exists; otherwise only its leftovers are removed. */
  readonly standing: boolean;
}

export async function destroy(name: string, options: DestroyOptions, output: Output): Promise<number> {
  const { names, context, inApp } = await meant(name, options);
  output.progress(`looking for ${names.join(' and ')}`);
  const doomed = (await Promise.all(names.map((one) => find(one, options)))).filter((found) => found !== undefined);
  if (doomed.length === 0)
    throw new Failure(
      `there is no stack ${names.join(' or ')}, nor one that was deleted in the last 90 days: nothing to destroy; check the name, the account and the region`,
      EXIT.usage,
    );
  const standing = doomed.filter(({ standing }) => standing).map((stack) => stack.name);
  const [unknown] = doomed.filter((stack) => stack.standing && !inApp.includes(stack.name));
  if (unknown !== undefined) {
    throw new Failure(
      `${unknown.name} is deployed but not in ${deploymentsPath(options.deployments)}, and cdk destroys only stacks of the app: put its entry back (or name its file with --deployments); or run "aws cloudformation delete-stack --region ${unknown.region} --stack-name ${unknown.name}", then this command again for the leftovers`,
      EXIT.usage,
    );
  }
  if (standing.length > 0) await cdkDestroy(standing, context, options, output);
  const results: Destroyed[] = [];
  for (const stack of doomed) results.push(await clearUp(stack, options, output));
  const account = /:(\d{12}):/.exec(doomed[0]?.id ?? '')?.[1] ?? (await whoAmI(doomed[0]?.region)).account;
  const places = [...new Set(doomed.map(({ region }) => `aws://${account}/${region}`))];
  return report(results, places, options, output);
}

/** The stacks that a name stands for, cdk's context for them, and the stacks that the app then has. */
interface Meant {
  readonly names: readonly string[];
  readonly context: readonly string[];
  readonly inApp: readonly string[];
}

async function meant(name: string, { deployments }: PlaceOptions): Promise<Meant> {
  const { entries } = await readDeployments(deployments);
  const context = [`deployments=${deploymentsPath(deployments)}`];
  const listed = entries.map(({ stack }) => stack);
  if (listed.includes(name) || (name !== SAMPLE && !SAMPLE_STACKS.includes(name)))
    return { names: [name], context, inApp: listed };
  return {
    names: name === SAMPLE ? SAMPLE_STACKS : [name],
    context: [...context, `${SAMPLE}=iam`],
    inApp: [...listed, ...SAMPLE_STACKS],
  };
}

async function find(name: string, options: PlaceOptions): Promise<Doomed | undefined> {
  const { region, account } = await placeOf(name, options);
  const stack = await describeStack(name, region);
  const id = stack?.id ?? (await lastDeleted(name, region));
  if (id === undefined) return undefined;
  const [, , , itsRegion = '', itsAccount] = id.split(':');
  if (account !== undefined && account !== itsAccount)
    throw new Failure(
      `the deployments file puts ${name} into account ${account}, but these credentials are for ${itsAccount}: choose others, such as with AWS_PROFILE`,
      EXIT.usage,
    );
  return { name, id, region: itsRegion, standing: stack !== undefined };
}

async function cdkDestroy(
  names: readonly string[],
  context: readonly string[],
  { yes, data }: DestroyOptions,
  output: Output,
): Promise<void> {
  if (!yes && (output.json || !process.stdin.isTTY))
    throw new Failure(
      'expected a terminal to ask for confirmation, got none: add --yes to destroy without asking',
      EXIT.usage,
    );
  output.line(
    `${output.paint('bold', `Destroying ${names.join(' and ')}`)}, its logs with it${data ? ', and its tables, keyrings and user pools' : ''}.`,
  );
  output.progress('synthesizing the app');
  await using assembly = await synthesize(context);
  output.line();
  const args = [CDK, 'destroy', '--app', assembly.folder, ...names, ...(yes ? ['--force'] : [])];
  const code = await handOver(process.execPath, args, { cwd: PROJECT, env: process.env, toStderr: output.json });
  if (code === EXIT.interrupted)
    throw new Failure('interrupted; "npm run status" shows what is there', EXIT.interrupted);
  if (code !== 0)
    throw new Failure(
      `cdk destroy ended with exit code ${code}: its output above says why. Nothing else was removed; fix that and run this again`,
    );
}

async function clearUp({ name, id, region }: Doomed, { data }: DestroyOptions, output: Output): Promise<Destroyed> {
  output.progress(`looking at what ${name} left`);
  const stack = await describeStack(id, region);
  const resources = await resourcesOf(id, region);
  if (stack !== undefined && stack.status !== 'DELETE_COMPLETE')
    throw new Failure(
      `the stack ${name} is still there, its state is ${stack.status}; nothing else was removed${failedIn(resources)}`,
    );
  const prefixes = prefixesOf(resources);
  output.progress(`removing the logs of ${name}`);
  const removedLogGroups = await removeGroups(prefixes, region);
  const failures: string[] = [];
  const found = await stillThere(resources, region);
  const removedData: Kept[] = [];
  for (const kept of data ? found : []) {
    const failure = kept.commands.length === 0 ? undefined : await removeKept(kept, region);
    if (failure !== undefined) failures.push(failure.message);
    else if (kept.commands.length > 0) removedData.push(kept);
  }
  // List the groups again: a service may have created one since.
  for (const group of await listGroups(prefixes, region))
    failures.push(`the log group ${group.name} came back: a service still writes to it; run this again in a minute`);
  const left = data ? await stillThere(resources, region) : found;
  return { name, removedLogGroups, removedData, left, failures };
}

function failedIn(resources: readonly StackResource[]): string {
  const failed = resources.filter(({ status }) => status === 'DELETE_FAILED');
  return failed
    .map(({ logicalId, type, reason }) => `\n  - ${logicalId} (${type}): ${reason ?? 'no reason given'}`)
    .join('');
}

function report(
  results: readonly Destroyed[],
  places: readonly string[],
  { data }: DestroyOptions,
  output: Output,
): number {
  const failures = results.flatMap((result) => result.failures);
  const left = results.flatMap((result) => result.left);
  const collect = places.map((place) => `npm run cdk -- gc --unstable=gc ${place}`);
  for (const { name, removedLogGroups, removedData } of results) {
    output.line();
    output.line(output.paint('bold', `${name} is gone`));
    for (const group of removedLogGroups) output.line(`  removed  ${group.name} (${Math.ceil(group.bytes / 1024)} KB)`);
    for (const kept of removedData)
      output.line(
        `  removed  ${kept.id} (${kept.type.includes('KMS') || kept.type.includes('Secret') ? 'for good in 7 days' : 'for good'})`,
      );
  }
  output.line();
  if (left.length === 0) output.line('None of its own resources is left, as a listing just now shows.');
  else {
    output.line(
      `${output.paint('yellow', 'Left, because it holds data')}${data ? '' : ' (add --data to remove it, too)'}:`,
    );
    for (const { id, what, commands } of left) {
      output.line(`  ${id}: ${what}`);
      for (const command of commands) output.line(`    ${command}`);
    }
  }
  output.line();
  output.line(
    "Also left: the image and template in the account's bootstrap assets, which all CDK apps share. To collect those in use by none:",
  );
  for (const command of collect) output.line(`    ${command}`);
  for (const failure of failures) output.line(output.paint('red', `failed   ${failure}`));
  output.result({
    command: 'destroy',
    ok: failures.length === 0,
    stacks: results,
    sharedAssets: { left: 'images and templates in the bootstrap assets', collect },
  });
  return failures.length === 0 ? EXIT.ok : EXIT.failed;
}
