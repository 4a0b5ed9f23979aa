/** Runs the doctor's checks, ordered so that each relies on earlier ones. Each finding is reported at once. */
import { type Assembly, synthesize, type SynthStack } from './assembly.ts';
import { become, bootstrap, broken, credentials, region, type RoleCredentials } from './checks/account.ts';
import { builder } from './checks/builder.ts';
import { cdk } from './checks/cdk.ts';
import { locks } from './checks/lock.ts';
import { node, npm } from './checks/node.ts';
import { upstreams } from './checks/upstream.ts';
import { type Deployments, readDeployments } from './deployments-file.ts';
import { EXIT, Failure } from './failure.ts';
import { failed, type Finding, ok, type Result, skipped, warning } from './finding.ts';
import { isSelected, select, type Selection } from './selection.ts';
import { resolvedText } from './template.ts';
import { type Who, whoAmI } from './who.ts';

export interface ExamineOptions {
  /** Stack names, patterns, or `sample`; empty means all. */
  readonly names: readonly string[];
  readonly deployments: string | undefined;
  /** Additional context for the app, `key=value`. */
  readonly context: readonly string[];
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress: (text: string) => void;
}

export interface Examined extends AsyncDisposable {
  readonly findings: readonly Finding[];
  readonly selection: Selection;
  /** Undefined if the app couldn't be synthesized, or is empty. */
  readonly assembly: Assembly | undefined;
  /** The selected stacks. */
  readonly stacks: readonly SynthStack[];
}

/** Changes nothing. Throws a `Failure` if a name matches no stack. */
export async function examine({
  names,
  deployments: file,
  context,
  onFinding,
  onProgress,
}: ExamineOptions): Promise<Examined> {
  const findings: Finding[] = [];
  const report = (check: string, result: Result, deployment?: string): void => {
    const finding: Finding = { check, ...(deployment === undefined ? {} : { deployment }), ...result };
    findings.push(finding);
    onFinding(finding);
  };

  report('node', node());
  report('npm', await npm());
  report('cdk', cdk());

  onProgress('reading the deployments');
  const deployments = await readDeployments(file);
  const listed = deployments.entries.map(({ stack }) => stack);
  const selection = select(names, listed, context);
  report('deployments', fileResult(deployments));
  const empty = listed.length === 0 && !selection.context.some((pair) => pair.startsWith('sample='));
  const made =
    empty || deployments.faults.length > 0 ? undefined : await make(selection, deployments.path, report, onProgress);
  try {
    const stacks = (made?.stacks ?? []).filter(({ name }) => isSelected(name, selection));
    if (made !== undefined && stacks.length === 0) throw nothingSelected(selection, made.stacks);

    onProgress('looking at the container builder');
    report(
      'builder',
      made !== undefined && !stacks.some(({ image }) => image) ? skipped('no image has to be built') : await builder(),
    );

    onProgress('asking AWS who you are');
    const who = await whoAmI(stacks.find((stack) => stack.region !== undefined)?.region).catch((error: unknown) => {
      report(
        'credentials',
        error instanceof Failure ? broken(error) : failed(String(error), 'check the AWS configuration of this machine'),
      );
    });
    if (who !== undefined) report('credentials', credentials(who));

    const places: Places = new Map();
    for (const stack of stacks) await checkStack(stack, who ?? undefined, deployments, places, report, onProgress);
    return {
      findings,
      selection,
      assembly: made,
      stacks,
      [Symbol.asyncDispose]: async () => made?.[Symbol.asyncDispose](),
    };
  } catch (error) {
    await made?.[Symbol.asyncDispose]();
    throw error;
  }
}

type ReportFinding = (check: string, result: Result, deployment?: string) => void;

function fileResult({ path, entries, faults, warnings }: Deployments): Result {
  if (faults.length > 0) return failed(faults.join('\n'), `fix ${path}`);
  if (entries.length === 0) return skipped(`${path} lists none`, NOTHING_LISTED);
  const count = `${entries.length} ${entries.length === 1 ? 'deployment' : 'deployments'} without a fault`;
  return warnings.length === 0
    ? ok(count)
    : warning(`${count}, but: ${warnings.join('\n')}`, `check in ${path} whether that is intended`);
}

export const NOTHING_LISTED = `add an entry, such as { name: 'orders', account: '111122223333', region: 'eu-west-1', upstream: { gatewayArn: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/ID' } }, or try the walk-through: "npm run deploy -- sample"`;

async function make(
  selection: Selection,
  path: string,
  report: ReportFinding,
  onProgress: (text: string) => void,
): Promise<Assembly | undefined> {
  onProgress('synthesizing the app');
  try {
    const assembly = await synthesize([`deployments=${path}`, ...selection.context]);
    report(
      'app',
      ok(
        `makes ${assembly.stacks.length === 1 ? 'the stack' : `${assembly.stacks.length} stacks:`} ${assembly.stacks.map(({ name }) => name).join(', ')}`,
      ),
    );
    return assembly;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report('app', failed(error.message, 'fix that; "npm run cdk -- synth" shows the whole output of the app'));
    return undefined;
  }
}

function nothingSelected({ patterns }: Selection, stacks: readonly SynthStack[]): Failure {
  return new Failure(
    `expected the name of a stack, or a pattern, got ${patterns.join(' ')}; there are: ${stacks.map(({ name }) => name).join(', ')}`,
    EXIT.usage,
  );
}

/** Results shared by all stacks of one account and region, checked once. */
type Places = Map<string, Promise<readonly (readonly [string, Result])[]>>;

async function checkStack(
  stack: SynthStack,
  who: Who | undefined,
  deployments: Deployments,
  places: Places,
  report: ReportFinding,
  onProgress: (text: string) => void,
): Promise<void> {
  const { name, runtime } = stack;
  const account = stack.account ?? who?.account;
  const inRegion = stack.region ?? who?.defaultRegion;
  if (who === undefined || account === undefined) report('account', skipped('without credentials'), name);
  else if (inRegion === undefined) report('region', failed('none is known', 'give --region, or set AWS_REGION'), name);
  else {
    const place = `${account}/${inRegion}`;
    onProgress(`looking at ${place}`);
    const found = places.get(place) ?? checkPlace(account, inRegion, who, stack);
    places.set(place, found);
    for (const [check, result] of await found) report(check, result, name);
  }
  if (runtime === undefined) return;
  onProgress(`asking the upstreams of ${name} for their tools`);
  const entry = deployments.entries.find((entry) => entry.stack === name);
  // The image has the certificates beside the bundle; here they are where the deployment names them.
  const authorities = entry?.caFile === undefined ? {} : { CA_BUNDLE: `file:${entry.caFile}` };
  const environment = { ...runtime.environment, ...authorities };
  const question = { environment, config: entry?.config, inVpc: entry?.inVpc === true };
  const found = await upstreams(question);
  for (const [check, result] of found) report(check, result, name);
  onProgress(`comparing the upstreams of ${name} with their lock`);
  for (const [check, result] of await locks(question, found)) report(check, result, name);
}

async function checkPlace(
  account: string,
  name: string,
  who: Who,
  { bootstrap: needed, deployRole }: SynthStack,
): Promise<readonly (readonly [string, Result])[]> {
  const results: [string, Result][] = [];
  let credentials: RoleCredentials | undefined;
  if (account !== who.account) {
    const role =
      deployRole === undefined ? undefined : resolvedText({ 'Fn::Sub': deployRole }, { account, region: name });
    try {
      credentials = role === undefined ? undefined : await become(role, name);
    } catch (error) {
      if (error instanceof Failure) return [['account', broken(error)]];
      throw error;
    }
    if (role === undefined || credentials === undefined) {
      return [
        [
          'account',
          failed(
            `${account}, but these credentials are for ${who.account}, and may not become the deployment role there`,
            `choose others, such as with AWS_PROFILE; or bootstrap it to trust this one: "npm run cdk -- bootstrap aws://${account}/${name} --trust ${who.account}"`,
          ),
        ],
      ];
    }
    results.push(['account', ok(`${account}, through ${role}`)]);
  }
  results.push(['region', await region(name)]);
  results.push([
    'bootstrap',
    needed === undefined
      ? skipped('this app needs none')
      : await bootstrap({ account, region: name, credentials, ...needed }),
  ]);
  return results;
}
