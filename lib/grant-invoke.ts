/**
 * Letting somebody invoke a runtime: in the grantee's own policy where that can be written here, and in the runtime's
 * where that isn't enough.
 */
import { Annotations, Stack, Stage, Token } from 'aws-cdk-lib';
import {
  AccountPrincipal,
  Grant,
  type IGrantable,
  type IPrincipal,
  ManagedPolicy,
  Policy,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { known } from './faults.ts';
import { INVOKE, type RuntimePolicy } from './runtime-policy.ts';

export interface Invocable {
  readonly scope: Construct;
  readonly runtimeName: string;
  /** The runtime's ARN and its endpoints'. */
  readonly arns: readonly string[];
  readonly policy: RuntimePolicy;
}

export function grantInvoke(to: Invocable, grantee: IGrantable, actions: readonly string[] = [INVOKE]): Grant {
  const own = Stack.of(to.scope);
  const principal = grantee.grantPrincipal;
  const home = [principal, grantee].find((one) => Construct.isConstruct(one));
  const stack = home === undefined ? own : Stack.of(home);
  const account = accountOf(principal);
  const elsewhere = known(account) && known(own.account) && account !== own.account;
  // A policy for a user or role of another account, written in this one, would be attached to nobody, or to a namesake.
  const unwritable = elsewhere && stack.account !== account;
  const identity =
    unwritable || isImmutable(principal)
      ? undefined
      : Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: resourcesFor(to, own, stack) });
  if (identity?.success === true && isSame(account, own.account)) return identity;

  if (stack !== own && Stage.of(stack) === Stage.of(own))
    own.addStackDependency(stack, 'a policy takes principals that exist');
  if (identity?.success !== true && !isSame(account, own.account) && !isService(principal)) {
    // One for each grantee: an acknowledgement of one is none of the others.
    const whose = shownOf(principal, account);
    Annotations.of(to.scope).addWarningV2(
      `agentcore-mcp-proxy:grantInvoke:${whose}`,
      `grantInvoke: the runtime's resource policy lets ${whose} in, which is not enough for another account: a policy there must allow ${actions.join(' and ')} on the runtime and its endpoints, too`,
    );
  }
  const resource = Grant.addStatementToResourcePolicy({
    grantee,
    actions: [...actions],
    resourceArns: [...to.arns],
    resource: to.policy,
    statement: statementFor(
      isPolicy(grantee) ? new AccountPrincipal(account ?? own.account) : principal,
      account,
      own,
      actions,
    ),
  });
  return identity === undefined ? resource : identity.combine(resource);
}

/**
 * An ARN made at deploy time isn't known to a stack in another account or region: there, all ids that the runtime may
 * get are meant.
 */
function resourcesFor({ runtimeName, arns }: Invocable, own: Stack, other: Stack): string[] {
  if (other.environment === own.environment || !known(own.account) || !known(own.region)) return [...arns];
  return [own.formatArn({ service: 'bedrock-agentcore', resource: 'runtime', resourceName: `${runtimeName}-*` })];
}

function statementFor(
  principal: IPrincipal,
  account: string | undefined,
  own: Stack,
  actions: readonly string[],
): PolicyStatement {
  const { principalJson, conditions } = principal.policyFragment;
  const named = Object.entries(principalJson);
  const values = named.flatMap(([, value]) => value);
  if (values.includes('*') && Object.keys(conditions).length === 0) {
    throw new Error(
      'grantInvoke: expected a role, user, account, organization or service, got everybody: any account in AWS could call',
    );
  }
  const other = named.find(([type]) => !['AWS', 'Service', 'LiteralString'].includes(type));
  if (other !== undefined)
    throw new Error(
      `grantInvoke: expected a role, user, account, organization or service, got ${other[0]}, which a resource policy doesn't take: grant the role that it assumes`,
    );
  const service = isService(principal);
  // Otherwise the service would call for whoever asks it (the confused deputy).
  const ofAccount =
    service && !/aws:Source(?:Account|Arn|OrgID|OrgPaths)/i.test(JSON.stringify(conditions))
      ? { StringEquals: { 'aws:SourceAccount': own.account } }
      : {};
  // A group is no principal: its account is, whose policies then decide.
  const usable = !values.some((value) => known(value) && /:group\//.test(value));
  const whom = usable ? principal : new AccountPrincipal(account ?? own.account);
  return new PolicyStatement({
    actions: [...actions],
    principals: [whom],
    ...(service ? { conditions: { ...conditions, ...ofAccount } } : {}),
  });
}

/** What an ARN says is right; of imported users and groups CDK takes the stack's account. */
function accountOf(principal: IPrincipal): string | undefined {
  const arns = Object.entries(principal.policyFragment.principalJson).flatMap(([, values]) => values);
  const accounts = arns.flatMap((arn) =>
    known(arn) ? (/^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(arn)?.slice(1) ?? /^\d{12}$/.exec(arn) ?? []) : [],
  );
  const [first] = accounts;
  return first ?? principal.principalAccount;
}

/** `role.withoutPolicyUpdates()` and its like, which say that they took a statement, and drop it. */
function isImmutable(principal: IPrincipal): boolean {
  return 'addGrantsToResources' in principal;
}

/** It is no principal, but its account is. */
function isPolicy(grantee: IGrantable): boolean {
  return grantee instanceof ManagedPolicy || grantee instanceof Policy;
}

function isService(principal: IPrincipal): boolean {
  return Object.keys(principal.policyFragment.principalJson).includes('Service');
}

function isSame(account: string | undefined, own: string): boolean {
  return account !== undefined && (account === own || (Token.isUnresolved(account) && Token.isUnresolved(own)));
}

function shownOf(principal: IPrincipal, account: string | undefined): string {
  const [first] = Object.values(principal.policyFragment.principalJson).flat();
  if (known(first) && first !== '*') return first;
  return known(account) ? `account ${account}` : 'those it names';
}
