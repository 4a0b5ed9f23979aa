/** All entries: each is parsed, then they are checked against each other. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { endsWhileIdle, LIFETIME } from '../rules/lifetime.ts';
import { isRecord } from '../rules/parse.ts';
import { type Findings, noFindings, Place } from '../rules/place.ts';
import { checkUpstreamForm } from '../rules/upstream-form.ts';
import { httpsFault } from '../url.ts';
import { checkHome, partsOf } from './arn.ts';
import { checkCallers } from './callers.ts';
import { type Deployment, deployment } from './entry.ts';
import { runtimeNameOf, stackNameOf } from './names.ts';
import { withStandIns } from './stand-ins.ts';
import { checkUpstreamAuth } from './upstream-auth.ts';
import { checkUpstream, type UpstreamEntry } from './upstream.ts';
import { checkPoolHome } from './user-pool.ts';

/** An entry, and its name in messages. */
export interface Placed {
  /** How lines about it begin: `deployments[3] orders`. */
  readonly label: string;
  readonly deployment: Deployment;
  /** Warnings about what is allowed but rarely meant, without the label. */
  readonly warnings: readonly string[];
}

export interface Read {
  readonly entries: readonly Placed[];
  /** The entries with faults, with stand-ins for the faulty members. */
  readonly refused: readonly (Placed & { readonly replaced: ReadonlySet<string> })[];
  /** One line each. */
  readonly faults: readonly string[];
  /** One line each, from the entries without faults. */
  readonly warnings: readonly string[];
}

/**
 * @param list what a deployments file exports
 * @param folder where the file is: `config` is a path from there
 */
export function readDeployments(list: unknown, folder: string): Read {
  if (!Array.isArray(list)) {
    const findings = noFindings();
    new Place('deployments', findings).expected('a list: export default defineDeployments([…])', list);
    return { entries: [], refused: [], faults: findings.faults, warnings: [] };
  }
  const items: readonly unknown[] = list;
  const clashes = findClashes(items);
  const read = items.map((item, index) => {
    const label = labelOf(item, index);
    const { deployment, findings } = readEntry(item, label, folder);
    const clash = clashes.get(index);
    if (clash !== undefined) new Place(label, findings, 'name').fault(clash);
    return { item, label, deployment, findings };
  });
  const good = read.flatMap(({ label, deployment, findings: { faults, warnings } }) =>
    deployment === undefined || faults.length > 0 ? [] : [{ label, deployment, warnings }],
  );
  return {
    entries: good,
    refused: read.flatMap(({ item, label, findings }) => {
      const deployment =
        findings.faults.length === 0
          ? undefined
          : readEntry(withStandIns(item, findings.members), label, folder).deployment;
      return deployment === undefined ? [] : [{ label, deployment, warnings: [], replaced: findings.members }];
    }),
    faults: read.flatMap(({ findings }) => findings.faults),
    warnings: good.flatMap(({ label, warnings }) => warnings.map((warning) => `${label}: ${warning}`)),
  };
}

function readEntry(
  item: unknown,
  label: string,
  folder: string,
): { readonly deployment: Deployment | undefined; readonly findings: Findings } {
  const findings = noFindings();
  const parsed = deployment(item, new Place(label, findings));
  // The valid members are checked in the same run, so that all faults are reported together.
  const replaced = new Set(findings.members);
  const whole = parsed ?? deployment(withStandIns(item, replaced), new Place(label, noFindings()));
  if (whole !== undefined) checkEntry(whole, folder, new Place(label, findings), replaced);
  return { deployment: parsed, findings };
}

function labelOf(item: unknown, index: number): string {
  const name = isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' && /^[^\p{Cc}\u2028\u2029]{1,64}$/u.test(name)
    ? `deployments[${index}] ${name}`
    : `deployments[${index}]`;
}

/**
 * Checks members against each other.
 * @param replaced members with stand-ins: neither they nor what depends on them is checked
 */
function checkEntry(entry: Deployment, folder: string, place: Place, replaced: ReadonlySet<string>): void {
  const sound = (...members: readonly (keyof Deployment)[]): boolean => !members.some((member) => replaced.has(member));
  const runtime = runtimeNameOf(entry);
  if (sound('name', 'stage') && runtime.length > 48)
    place
      .at('name')
      .fault(`expected at most 48 characters together with the stage (${runtime}), got ${runtime.length}`);
  const placed = sound('account', 'region');
  if (sound('upstream', 'upstreamAuth', 'upstreams')) checkUpstreamForm(entry, place);
  if (sound('upstream', 'upstreams', 'plainHttpHosts')) checkSchemes(entry, place);
  if (placed && sound('upstream') && entry.upstream !== undefined)
    checkUpstream(entry.upstream, entry, place.at('upstream'));
  if (placed && sound('upstreamAuth') && entry.upstreamAuth !== undefined)
    checkUpstreamAuth(entry.upstreamAuth, entry, place.at('upstreamAuth'));
  if (placed && sound('upstreams')) checkUpstreams(entry.upstreams ?? {}, entry, place.at('upstreams'));
  if (placed && sound('inboundAuth') && typeof entry.inboundAuth === 'object' && 'userPool' in entry.inboundAuth) {
    checkPoolHome(
      entry.inboundAuth.userPool.userPoolId,
      entry,
      place.at('inboundAuth').at('userPool').at('userPoolId'),
      false,
    );
  }
  if (sound('inboundAuth') && entry.callers !== undefined) checkCallers(entry.inboundAuth, place.at('callers'));
  if (placed && entry.alarmTopicArn !== undefined) checkTopic(entry.alarmTopicArn, entry, place.at('alarmTopicArn'));
  const { idleTimeoutSeconds: idle = LIFETIME.idle, maxLifetimeSeconds: life = LIFETIME.life } = entry;
  if (sound('maxLifetimeSeconds', 'idleTimeoutSeconds') && endsWhileIdle(idle, life))
    place.at('maxLifetimeSeconds').fault(`expected no less than idleTimeoutSeconds (${idle}), got ${life}`);
  for (const member of ['config', 'caFile'] as const) {
    const path = entry[member];
    if (path !== undefined && statSync(resolve(folder, path), { throwIfNoEntry: false })?.isFile() !== true)
      place.at(member).fault(`expected a file, found none at ${resolve(folder, path)}`);
  }
  if (entry.caFile !== undefined && entry.caSecretArn !== undefined)
    place.at('caFile').fault('expected caFile or caSecretArn, got both');
}

/** Only named hosts are reached by http. */
function checkSchemes({ upstream, upstreams = {}, plainHttpHosts = [] }: Deployment, place: Place): void {
  const check = (entry: UpstreamEntry, at: Place): void => {
    const fault = 'url' in entry ? httpsFault(entry.url, plainHttpHosts) : undefined;
    if (fault !== undefined) at.at('url').fault(`${fault} (http only to a host in plainHttpHosts)`);
  };
  if (upstream !== undefined) check(upstream, place.at('upstream'));
  for (const [name, entry] of Object.entries(upstreams)) check(entry, place.at('upstreams').at(name));
}

function checkUpstreams(upstreams: NonNullable<Deployment['upstreams']>, entry: Deployment, place: Place): void {
  for (const [name, upstream] of Object.entries(upstreams)) {
    checkUpstream(upstream, entry, place.at(name));
    if (upstream.auth !== undefined) checkUpstreamAuth(upstream.auth, entry, place.at(name).at('auth'));
  }
}

/** An alarm notifies in its own region only. */
function checkTopic(arn: string, entry: Deployment, place: Place): undefined {
  if (partsOf(arn).region !== entry.region)
    return place.fault(`expected a topic in ${entry.region}, got one in ${partsOf(arn).region}`);
  checkHome(arn, entry, place, "that topic's policy must allow cloudwatch.amazonaws.com for this account");
}

/**
 * Finds entries that would be one stack. CloudFormation's names are case-sensitive, but some file systems that synth
 * writes to are not. It reads the raw items, so that a clash is reported even if an entry has other faults.
 */
function findClashes(items: readonly unknown[]): ReadonlyMap<number, string> {
  const first = new Map<string, string>();
  const clashes = new Map<number, string>();
  for (const [index, item] of items.entries()) {
    const { name, stage } = isRecord(item) ? item : {};
    if (typeof name !== 'string' || (stage !== undefined && typeof stage !== 'string')) continue;
    const stack = stackNameOf(stage === undefined ? { name } : { name, stage });
    const other = first.get(stack.toLowerCase());
    if (other === undefined) first.set(stack.toLowerCase(), labelOf(item, index));
    else
      clashes.set(
        index,
        `expected a stack name that no other entry has, got ${stack}, which is ${other}'s (stage and name together must differ, even if account or region differ)`,
      );
  }
  return clashes;
}
