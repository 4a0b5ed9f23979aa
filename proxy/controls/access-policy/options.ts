/** The options of `accessPolicy`, and their checks. */
import { kindOf } from '../../base/kind-of.ts';
import { isObject } from '../../json/lossless.ts';
import { gotForNames, memberFaults, optionsOf } from '../shared/members.ts';
import type { CallerModel, ClaimType } from './caller-entity.ts';
import type { PolicySource } from './policies.ts';
import { faultsOf, type Rule } from './rule.ts';

export interface AccessPolicyOptions {
  /**
   * Rules made by `allow` and `deny`, and texts in Cedar, in any order: a policy that forbids overrides all that
   * permit.
   */
  readonly policies: readonly PolicySource[];
  /**
   * Claims with the caller's groups: a list, or one name.
   * @default ['groups', 'cognito:groups']
   */
  readonly groups?: readonly string[];
  /**
   * Further claims that rules may read, as attributes of the caller, with their types.
   * @default - those that `allow` and `deny` name
   */
  readonly claims?: Readonly<Record<string, ClaimType>>;
}

/** What policies may read of callers. Throws `TypeError` with all faults. */
export function modelOf(options: AccessPolicyOptions): CallerModel {
  const given = optionsOf(options, 'access-policy', '{ policies: [allow({ … })] }');
  const faults = memberFaults(given, ['policies', 'groups', 'claims']);
  if (faults.length === 0) faults.push(...policyFaults(options.policies), ...groupFaults(options));
  const claims = claimsOf(options, faults);
  if (faults.length > 0) throw new TypeError(`access-policy: ${faults.join('; ')}`);
  return { groups: options.groups ?? ['groups', 'cognito:groups'], claims };
}

function policyFaults(policies: unknown): string[] {
  if (!Array.isArray(policies) || policies.length === 0)
    return ['policies: expected a list of allow(…), deny(…) and strings in Cedar, got none'];
  return (policies as readonly unknown[]).flatMap((source, i) => {
    if (isRule(source)) return faultsOf(source, `policies[${i}]`);
    return typeof source === 'string'
      ? []
      : [`policies[${i}]: expected allow(…), deny(…) or a string in Cedar, got ${typeof source}`];
  });
}

function isRule(source: unknown): source is Rule {
  return isObject(source) && (source['effect'] === 'permit' || source['effect'] === 'forbid') && 'spec' in source;
}

/** A group in Cedar's syntax. */
const GROUP = /\bGroup\s*::/;

function groupFaults({ policies, groups }: AccessPolicyOptions): string[] {
  if (groups === undefined) return [];
  if (!Array.isArray(groups) || !groups.every((claim) => typeof claim === 'string' && claim !== ''))
    return [`groups: expected a list of names of claims, got ${gotForNames(groups)}`];
  const named = policies.some((source) =>
    isRule(source) ? isObject(source.spec) && 'group' in source.spec : GROUP.test(source),
  );
  return groups.length === 0 && named
    ? ['groups: expected names of claims, since policies name groups, got an empty list']
    : [];
}

const CLAIM_TYPES: readonly unknown[] = ['string', 'number', 'boolean', 'strings'] satisfies ClaimType[];

/** The claims that rules compare, with the types of the values that they are compared with. */
function claimsOf(
  { policies, claims: declared = {} }: AccessPolicyOptions,
  faults: string[],
): Readonly<Record<string, ClaimType>> {
  if (faults.length > 0) return {};
  if (!isObject(declared)) {
    faults.push(
      `claims: expected an object of claims and their types, such as { region: 'string' }, got ${kindOf(declared)}`,
    );
    return {};
  }
  const claims: Record<string, ClaimType> = { ...declared };
  for (const [name, type] of Object.entries(declared))
    if (!CLAIM_TYPES.includes(type))
      faults.push(`claims.${name}: expected ${CLAIM_TYPES.join(', ')}, got ${JSON.stringify(type)}`);
  for (const source of policies) {
    if (!isRule(source)) continue;
    for (const [name, value] of Object.entries(source.spec.claims ?? {})) {
      const type = typeof value as 'string' | 'number' | 'boolean';
      const known = (claims[name] ??= type);
      if (known !== type)
        faults.push(
          `claims.${name}: expected one type, got ${known} and ${type}: compare the claim with values of one type`,
        );
    }
  }
  return claims;
}
