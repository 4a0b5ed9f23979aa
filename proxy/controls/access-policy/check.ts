/**
 * Checks policies against the schema: an invalid policy is a fault, and one that can never match is a warning. Too slow
 * for start-up.
 */
import { isObject } from '../../json/lossless.ts';
import type { Checked } from '../../pipeline/control.ts';
import { dependsOn } from './bounds.ts';
import type { CallerModel } from './caller-entity.ts';
import { type Cedar, loadCedar } from './cedar.ts';
import { actionsOf, conditionsOf, type Expression, operation, type PolicyJson } from './expression.ts';
import { DECIDED, FREE, SHARED } from './methods.ts';
import { upstreamsIn } from './names.ts';
import { type Policies, PolicyError, type PolicySource, readPolicies } from './policies.ts';
import type { Rule } from './rule.ts';
import { ANY_ARGUMENTS, schemaOf } from './schema.ts';
import { words } from './words.ts';

/** @param upstreams the names of the config's upstreams, if known */
export async function checkPolicies(
  sources: readonly PolicySource[],
  model: CallerModel,
  upstreams?: readonly string[],
): Promise<Checked> {
  const cedar = await loadCedar();
  try {
    const policies = readPolicies(sources, cedar);
    const { faults, warnings } = checkRead(cedar, policies, sources, model);
    return {
      faults,
      warnings: upstreams === undefined ? warnings : warnings.concat(otherUpstreams(policies, upstreams)),
    };
  } catch (error) {
    if (error instanceof PolicyError)
      return { faults: error.faults.map((fault) => `access-policy: ${fault}`), warnings: [] };
    throw error;
  }
}

function checkRead(cedar: Cedar, policies: Policies, sources: readonly PolicySource[], model: CallerModel): Checked {
  const faults: string[] = [];
  const warnings: string[] = [];
  sources.forEach((source, i) =>
    warnings.push(...(typeof source === 'string' ? [] : starsIn(source, `access-policy: policies[${i}]`))),
  );
  const more = new Set<string>();
  for (const [id, policy] of policies) {
    for (const action of actionsOf(policy) ?? []) {
      if (Object.hasOwn(DECIDED, action)) continue;
      const shared = Object.hasOwn(SHARED, action) ? SHARED[action] : undefined;
      if (shared !== undefined)
        faults.push(
          `access-policy: ${id}: expected a method that policies decide, got ${action}, which is decided as ${shared}: name that`,
        );
      else if (FREE.has(action))
        faults.push(
          `access-policy: ${id}: expected a method that policies decide, got ${action}, which always passes: leave it out`,
        );
      else
        warnings.push(
          `access-policy: ${id}: expected a method of MCP, got ${action}: correct only if an extension defines it`,
        );
      more.add(action);
    }
  }
  const staticPolicies = Object.fromEntries([...policies].map(([id, policy]) => [id, withoutArguments(policy)]));
  const answer = cedar.validate({ schema: schemaOf(model, more), policies: { staticPolicies } });
  if (answer.type === 'failure') faults.push(`access-policy: ${words(answer.errors)}`);
  else {
    faults.push(
      ...answer.validationErrors.map(({ policyId, error }) => `access-policy: ${policyId}: ${words([error])}`),
    );
    warnings.push(
      ...answer.validationWarnings.map(({ policyId, error }) => `access-policy: ${policyId}: ${words([error])}`),
    );
  }
  return { faults, warnings };
}

/** A rule for an upstream that the config lacks never applies. */
function otherUpstreams(policies: Policies, upstreams: readonly string[]): string[] {
  return [...policies].flatMap(([id, policy]) =>
    [...new Set(upstreamsIn(policy))]
      .filter((name) => !upstreams.includes(name))
      .map(
        (name) =>
          `access-policy: ${id}: expected an upstream of the config (${upstreams.join(', ')}), got ${JSON.stringify(name)}: the rule never applies to it`,
      ),
  );
}

/** Groups, scopes and callers have no patterns, so a star in them is suspicious. */
function starsIn({ spec }: Rule, where: string): string[] {
  return (['group', 'scope', 'caller'] as const).flatMap((who) =>
    [spec[who] ?? []]
      .flat()
      .flatMap((name) =>
        name.includes('*')
          ? [`${where}.${who}: expected a whole name, got ${JSON.stringify(name)}: * is not a pattern here`]
          : [],
      ),
  );
}

const ARGUMENTS = { arguments: true, claims: false, resource: false };

/** Replaces every condition on arguments by an open one: their types are known only to the tools. */
function withoutArguments(policy: PolicyJson): PolicyJson {
  const conditions = conditionsOf(policy).map((condition) => ({
    kind: 'when' as const,
    body: opened(condition) as PolicyJson['conditions'][number]['body'],
  }));
  return { ...policy, conditions };
}

function opened(expression: Expression): Expression {
  if (!dependsOn(expression, ARGUMENTS)) return expression;
  const [operator, operands] = operation(expression);
  if (!['!', '&&', '||', 'if-then-else'].includes(operator) || !isObject(operands)) return ANY_ARGUMENTS;
  return {
    [operator]: Object.fromEntries(
      Object.entries(operands).map(([name, operand]) => [name, opened(operand as Expression)]),
    ),
  };
}
