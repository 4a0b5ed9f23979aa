/** What a config's controls and its caller need, bound: checked, created where nothing was given, and allowed to the role. */
import type { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ANY, SECRET, TABLE } from './arn.ts';
import type { Described } from './described.ts';
import { checkArn, type Faults } from './faults.ts';
import { createKeyring } from './keyring.ts';
import { readStatements, resourceOf, type SecretRef } from './secret-source.ts';
import { createTable, TABLE_ACTIONS } from './shared-table.ts';

/** A text, or an `ISecret`, whose own KMS key is then known. */
export type BindingValue = string | SecretRef;

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

/** @param own variables that the construct binds itself */
export function bindNeeds(described: Described, given: Readonly<Record<string, BindingValue>>, own: ReadonlySet<string>, site: BindingSite): BoundNeeds {
  // What is optional is bound only on request.
  const needs = described.bindings.filter(({ name, required }) => !own.has(name) && (required || given[name] !== undefined)).map(secretForSessions);
  const names = new Set(needs.map(({ name }) => name));
  for (const name of Object.keys(given)) checkWanted(name, names, own, site.faults);
  // Made only if something is created.
  let created: Construct | undefined;
  const environment: Record<string, string> = {};
  const statements: PolicyStatement[] = [];
  for (const name of names) {
    const of = needs.filter((need) => need.name === name);
    const bound = bindOne(name, of, given[name], { ...site, createdIn: () => (created ??= new Construct(site.scope, 'Bindings')) });
    if (bound === undefined) continue;
    environment[name] = bound.value;
    statements.push(...bound.statements);
  }
  return { environment, statements };
}

/** The proxy takes the key of session ids from a file or variable, too: at home, not here. */
function secretForSessions(need: Need): Need {
  return need.name === 'SESSION_SECRET' ? { ...need, kind: 'secret' } : need;
}

/** A name that nothing reads is a typo, and the control that it was meant for goes without. */
function checkWanted(name: string, wanted: ReadonlySet<string>, own: ReadonlySet<string>, faults: Faults): void {
  if (wanted.has(name)) return;
  if (own.has(name)) faults.add(`bindings: ${name} is bound by the construct itself: use its properties instead`);
  else faults.add(`bindings: expected ${wanted.size === 0 ? 'none (no control of the config needs one)' : [...wanted].join(', ')}, got ${name}, which nothing needs`);
}

interface OneSite extends BindingSite {
  readonly createdIn: () => Construct;
}

function bindOne(name: string, needs: readonly Need[], given: BindingValue | undefined, site: OneSite): { readonly value: string; readonly statements: readonly PolicyStatement[] } | undefined {
  const [first] = needs;
  const kinds = [...new Set(needs.map(({ kind }) => kind))];
  const actions = [...new Set(needs.flatMap((need) => need.actions))];
  const by = needs.map(({ neededBy, for: purpose }) => `${neededBy} (${purpose})`).join(' and ');
  if (first === undefined) return undefined;
  if (kinds.length > 1) return site.faults.add(`binding ${name}: expected one kind of value, got ${kinds.join(' and ')} for ${by}`);
  const more = (arn: string): PolicyStatement[] => (actions.length === 0 ? [] : [new PolicyStatement({ actions, resources: [arn] })]);
  const where = `binding ${name} for ${by}`;
  switch (first.kind) {
    case 'table': {
      const value = given ?? createTable(site.createdIn(), name, site.removalPolicy).tableArn;
      if (typeof value !== 'string') return site.faults.add(`${where}: expected ${TABLE.what}, got a secret`);
      checkArn(value, TABLE, where, site.faults);
      return { value, statements: [new PolicyStatement({ actions: [...TABLE_ACTIONS], resources: [value] }), ...more(value)] };
    }
    case 'keyring':
    case 'secret': {
      const value = given ?? (first.kind === 'keyring' ? createKeyring(site.createdIn(), name, site.removalPolicy) : undefined);
      if (value === undefined || value === '') return site.faults.add(`${where}: expected ${SECRET.what}, got nothing`);
      if (typeof value === 'string') checkArn(value, SECRET, where, site.faults);
      const [text, resource, key] = typeof value === 'string' ? [value, value, undefined] : [value.secretArn, resourceOf(value), value.encryptionKey];
      return { value: text, statements: [...readStatements(site.stack, resource, key), ...more(resource)] };
    }
    case 'value': {
      if (given === undefined || given === '') return site.faults.add(`${where}: expected a value, got nothing: add it to bindings`);
      const value = typeof given === 'string' ? given : given.secretArn;
      if (actions.length > 0) checkArn(value, ANY, `${where}, which allows ${actions.join(', ')} on it`, site.faults);
      return { value, statements: more(value) };
    }
  }
}
