/**
 * Allows a grantee to invoke a runtime: in the grantee's own policy if it can be written here, and also in the
 * runtime's resource policy if that isn't enough.
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
  // A policy in this account for a user or role of another account would be attached to nothing, or to a namesake.
  const unwritable = elsewhere && stack.account !== account;
  const identity =
    unwritable || isImmutable(principal)
      ? undefined
      : Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: resourcesFor(to, own, stack) });
  if (identity?.success === true && isSame(account, own.account)) return identity;

  if (stack !== own && Stage.of(stack) === Stage.of(own))
    own.addStackDependency(stack, 'a policy accepts only principals that exist');
  if (identity?.success !== true && !isSame(account, own.account) && !isService(principal)) {
    // One for each grantee, since acknowledging one must not acknowledge the others.
    const whose = shownOf(principal, account);
    Annotations.of(to.scope).addWarningV2(
      `agentcore-mcp-proxy:grantInvoke:${whose}`,
      `grantInvoke: the runtime's resource policy allows ${whose}, which is not enough for another account: a policy there must also allow ${actions.join(' and ')} on the runtime and its endpoints`,
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
 * Returns the resources to name in a policy of another stack. A stack in another account or region can't know an ARN
 * that is made at deploy time, so all ids that the runtime may get are named there.
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
      'grantInvoke: expected a role, user, account, organization or service, got everyone: any account in AWS could call',
    );
  }
  const other = named.find(([type]) => !['AWS', 'Service', 'LiteralString'].includes(type));
  if (other !== undefined)
    throw new Error(
      `grantInvoke: expected a role, user, account, organization or service, got ${other[0]}, which a resource policy doesn't accept: grant the role that it assumes`,
    );
  const service = isService(principal);
  // Otherwise the service would call on behalf of anyone (the confused deputy).
  const ofAccount =
    service && !/aws:Source(?:Account|Arn|OrgID|OrgPaths)/i.test(JSON.stringify(conditions))
      ? { StringEquals: { 'aws:SourceAccount': own.account } }
      : {};
  // A group can't be a principal, so its account is named, whose policies then decide.
  const usable = !values.some((value) => known(value) && /:group\//.test(value));
  const whom = usable ? principal : new AccountPrincipal(account ?? own.account);
  return new PolicyStatement({
    actions: [...actions],
    principals: [whom],
    ...(service ? { conditions: { ...conditions, ...ofAccount } } : {}),
  });
}

/** What an ARN says is right. For imported users and groups, CDK assumes the stack's account. */
function accountOf(principal: IPrincipal): string | undefined {
  const arns = Object.entries(principal.policyFragment.principalJson).flatMap(([, values]) => values);
  const accounts = arns.flatMap((arn) =>
    known(arn) ? (/^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(arn)?.slice(1) ?? /^\d{12}$/.exec(arn) ?? []) : [],
  );
  const [first] = accounts;
  return first ?? principal.principalAccount;
}

/** Such as `role.withoutPolicyUpdates()`, which reports that it added a statement, but drops it. */
function isImmutable(principal: IPrincipal): boolean {
  return 'addGrantsToResources' in principal;
}

/** A managed policy can't be a principal, but its account can. */
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
