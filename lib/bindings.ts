/**
 * Binds what a config's controls and its caller need: checks each value, creates what is missing, and allows it to the
 * role.
 */
import { Annotations, type RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ANY, SECRET, TABLE } from './arn.ts';
import type { Described } from './described.ts';
import { checkArn, type Faults, known } from './faults.ts';
import { createKeyring } from './keyring.ts';
import { type BoundResource, boundResource, keyStatements, type ResourceRef } from './resource-ref.ts';
import { createTable, TABLE_ACTIONS } from './shared-table.ts';
import { VARIABLE_OPTIONS } from './variable-options.ts';

/** A text, or a CDK resource (`ISecret`, `ITable`, `IKey`, `IStream`, …), whose own KMS key is then known. */
export type BindingValue = string | ResourceRef;

/** The properties that set the construct's own variables. */
const BINDING_PROPS: readonly string[] = [
  'upstream',
  'upstreamAuth',
  'upstreams',
  'inboundAuth',
  'caFile',
  ...Object.keys(VARIABLE_OPTIONS),
];

const RESOURCES = 'a text or a secret, table, key, Kinesis or Firehose stream, queue, topic or user pool';

export interface BindingSite {
  readonly scope: Construct;
  readonly stack: Stack;
  readonly removalPolicy: RemovalPolicy;
  readonly faults: Faults;
}

export interface BoundNeeds {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

type Need = Described['bindings'][number];

/** @param own variables that the construct itself binds */
export function bindNeeds(
  described: Described,
  given: Readonly<Record<string, BindingValue>>,
  own: ReadonlySet<string>,
  site: BindingSite,
): BoundNeeds {
  // Optional bindings are bound only on request.
  const needs = described.bindings
    .filter(({ name, required }) => !own.has(name) && (required || given[name] !== undefined))
    .map(secretForSessions);
  const names = new Set(needs.map(({ name }) => name));
  for (const name of Object.keys(given)) checkWanted(name, names, own, site.faults);
  // Created only if a resource needs it.
  let created: Construct | undefined;
  const environment: Record<string, string> = {};
  const statements: PolicyStatement[] = [];
  for (const name of names) {
    const of = needs.filter((need) => need.name === name);
    const bound = bindOne(name, of, given[name], {
      ...site,
      createdIn: () => (created ??= new Construct(site.scope, 'Bindings')),
    });
    if (bound === undefined) continue;
    environment[name] = bound.value;
    statements.push(...bound.statements);
  }
  return { environment, statements };
}

/**
 * The proxy also accepts the key of session ids from a file or variable. That is for local use, not for a deployment.
 */
function secretForSessions(need: Need): Need {
  return need.name === 'SESSION_SECRET' ? { ...need, kind: 'secret' } : need;
}

/** A name that nothing reads is a typo, and the control that it was meant for would run without its value. */
function checkWanted(name: string, wanted: ReadonlySet<string>, own: ReadonlySet<string>, faults: Faults): void {
  if (wanted.has(name)) return;
  if (own.has(name))
    faults.add(
      `bindings: ${name} is bound by the proxy itself: ${BINDING_PROPS.slice(0, -1).join(', ')} and ${BINDING_PROPS.at(-1)} say what it is`,
    );
  else
    faults.add(
      `bindings: expected ${wanted.size === 0 ? 'none (no control of the config needs one)' : [...wanted].join(', ')}, got ${name}, which nothing needs`,
    );
}

interface OneSite extends BindingSite {
  readonly createdIn: () => Construct;
}

function bindOne(
  name: string,
  needs: readonly Need[],
  given: BindingValue | undefined,
  site: OneSite,
): { readonly value: string; readonly statements: readonly PolicyStatement[] } | undefined {
  const [first] = needs;
  const kinds = [...new Set(needs.map(({ kind }) => kind))];
  const actions = [...new Set(needs.flatMap((need) => need.actions))];
  const by = needs.map(({ neededBy, for: purpose }) => `${neededBy} (${purpose})`).join(' and ');
  if (first === undefined) return undefined;
  if (kinds.length > 1)
    return site.faults.add(`binding ${name}: expected one kind of value, got ${kinds.join(' and ')} for ${by}`);
  const where = `binding ${name} for ${by}`;
  const bound = typeof given === 'object' ? boundResource(given) : undefined;
  if (typeof given === 'object' && bound === undefined)
    return site.faults.add(
      `${where}: expected ${RESOURCES}, got another object: bind its name, and grant it to proxy.executionRole`,
    );
  const more = (arn: string): PolicyStatement[] => needs.flatMap((need) => actionsOn(arn, need));
  const allowed = (
    { arn, resource, ...rest }: BoundResource,
    own: readonly PolicyStatement[],
  ): { readonly value: string; readonly statements: readonly PolicyStatement[] } => {
    const [region, account] = known(arn) ? [ANY.pattern.exec(arn)?.[1], ANY.pattern.exec(arn)?.[2]] : [];
    if (account !== undefined && known(site.stack.account) && account !== site.stack.account) {
      Annotations.of(site.scope).addWarningV2(
        `agentcore-mcp-proxy:elsewhere:${name}`,
        `${where}: is in account ${account}, the proxy in ${site.stack.account}: the policy of that ${rest.what}, and of its key, must allow the execution role`,
      );
    }
    return {
      value: arn,
      statements: [
        ...own,
        ...keyStatements(
          site.stack,
          { arn, resource, ...rest },
          region === undefined || region === '' ? site.stack.region : region,
        ),
        ...more(resource),
      ],
    };
  };
  switch (first.kind) {
    case 'table': {
      const table = bound ?? textOf('table', given ?? createTable(site.createdIn(), name, site.removalPolicy).tableArn);
      if (table.what !== 'table') return site.faults.add(`${where}: expected ${TABLE.what}, got a ${table.what}`);
      checkArn(table.arn, TABLE, where, site.stack, site.faults);
      return allowed(table, [new PolicyStatement({ actions: [...TABLE_ACTIONS], resources: [table.arn] })]);
    }
    case 'keyring':
    case 'secret': {
      const created =
        given === undefined && first.kind === 'keyring'
          ? createKeyring(site.createdIn(), name, site.removalPolicy)
          : undefined;
      const secret = bound ?? (created === undefined ? undefined : boundResource(created)) ?? textOf('secret', given);
      if (secret.what !== 'secret') return site.faults.add(`${where}: expected ${SECRET.what}, got a ${secret.what}`);
      if (secret.arn === '') return site.faults.add(`${where}: expected ${SECRET.what}, got nothing`);
      if (bound === undefined) checkArn(secret.arn, SECRET, where, site.stack, site.faults);
      return allowed(secret, [
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.resource] }),
      ]);
    }
    case 'value': {
      if (bound === undefined && (given === undefined || given === ''))
        return site.faults.add(`${where}: expected a value, got nothing: add it to bindings`);
      const value = bound ?? textOf('resource', given);
      if (actions.length === 0) return { value: value.arn, statements: [] };
      checkArn(value.arn, ANY, `${where}, which allows ${actions.join(', ')} on it`, site.stack, site.faults);
      return allowed(value, []);
    }
  }
}

function actionsOn(arn: string, { actions, conditions }: Need): readonly PolicyStatement[] {
  if (actions.length === 0) return [];
  const limits = conditions === undefined ? {} : { conditions: { StringEquals: conditions } };
  return [new PolicyStatement({ actions: [...actions], resources: [arn], ...limits })];
}

/** A text, whose KMS key is unknown. */
function textOf(what: BoundResource['what'], text: unknown): BoundResource {
  const arn = typeof text === 'string' ? text : '';
  return { what, arn, resource: arn };
}
