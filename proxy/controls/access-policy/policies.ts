/** Reads a config's policies in either form into Cedar's JSON, each with an id that shows where it is. */
import type { Cedar } from './cedar.ts';
import { actionsOf, type PolicyJson } from './expression.ts';
import { DECIDED } from './methods.ts';
import { annotationFault } from './required-scopes.ts';
import { policiesOf, type Rule } from './rule.ts';
import { words } from './words.ts';

/** A rule made by `allow` or `deny`, or a text with any number of Cedar policies. */
export type PolicySource = Rule | string;

export type Policies = ReadonlyMap<string, PolicyJson>;

/** Policies that can't be read. The message has all faults. */
export class PolicyError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'PolicyError';
    this.faults = faults;
  }
}

/**
 * Reads policies. A policy is named by its `@id("…")`, or by its position: `policies[0].tools`, `policies[1]#2`.
 * Throws `PolicyError`.
 */
export function readPolicies(
  sources: readonly PolicySource[],
  cedar: Pick<Cedar, 'policySetTextToParts' | 'policyToJson'>,
): Policies {
  const policies = new Map<string, PolicyJson>();
  const faults: string[] = [];
  sources.forEach((source, i) => {
    const where = `policies[${i}]`;
    const read =
      typeof source === 'string'
        ? fromText(source, where, cedar, faults)
        : policiesOf(source).map(({ ending, policy }) => ({ id: where + ending, policy }));
    for (const { id, policy } of read) {
      const fault = annotationFault(policy);
      if (fault !== undefined) faults.push(`${id}: ${fault}`);
      if (policies.has(id)) faults.push(`${where}: expected unique ids, got a second @id(${JSON.stringify(id)})`);
      policies.set(id, policy);
    }
  });
  if (faults.length > 0) throw new PolicyError(faults);
  return policies;
}

/** Reads rules only, without Cedar. */
export function readRules(rules: readonly Rule[]): Policies {
  return new Map(
    rules.flatMap((rule, i) => policiesOf(rule).map(({ ending, policy }) => [`policies[${i}]${ending}`, policy])),
  );
}

function fromText(
  text: string,
  where: string,
  cedar: Pick<Cedar, 'policySetTextToParts' | 'policyToJson'>,
  faults: string[],
): { id: string; policy: PolicyJson }[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') {
    faults.push(
      ...parts.errors.map((error) => `${where}: ${words([error])}${placeOf(error.sourceLocations?.[0]?.start, text)}`),
    );
    return [];
  }
  if (parts.policy_templates.length > 0)
    faults.push(
      `${where}: expected policies, got a template (?principal, ?resource), which the proxy does not fill in: write a policy for each`,
    );
  const order = originalOrder(parts.policies.length);
  const read: { id: string; policy: PolicyJson }[] = [];
  parts.policies.forEach((part, i) => {
    const answer = cedar.policyToJson(part);
    if (answer.type === 'failure') faults.push(`${where}: ${words(answer.errors)}`);
    else
      read[order[i] ?? i] = {
        id: answer.json.annotations?.['id'] ?? `${where}#${(order[i] ?? i) + 1}`,
        policy: answer.json,
      };
  });
  return read.filter((entry) => entry !== undefined);
}

/** Cedar names policies policy0, policy1, … and returns them sorted by name, policy10 before policy2. */
function originalOrder(count: number): number[] {
  return Array.from({ length: count }, (_, i) => `policy${i}`)
    .sort()
    .map((name) => Number(name.slice('policy'.length)));
}

function placeOf(start: number | undefined, text: string): string {
  if (start === undefined) return '';
  const before = Buffer.from(text).subarray(0, start).toString('utf8').split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

/** The policies that may apply to an action. */
export function about(policies: Policies, action: string): PolicyJson[] {
  return [...policies.values()].filter((policy) => actionsOf(policy)?.includes(action) ?? true);
}

/** Methods that no policy permits to any caller, so they are always denied. */
export function permittedToNobody(policies: Policies): string[] {
  return Object.keys(DECIDED).filter(
    (action) =>
      !about(policies, action).some(({ effect, resource }) => effect === 'permit' && !isOther(resource, action)),
  );
}

/** Whether a policy's resource has another type than those of an action. */
function isOther(resource: PolicyJson['resource'], action: string): boolean {
  return resource.op === 'is' && DECIDED[action]?.some((type) => type === resource.entity_type) === false;
}
