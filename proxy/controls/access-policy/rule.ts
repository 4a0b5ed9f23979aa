/**
 * The one-line form of a policy, for the common case: who, and what by name. Rules are translated to Cedar, so Cedar's
 * semantics decide.
 */
import { isObject } from '../../json/lossless.ts';
import { globOf } from '../shared/glob.ts';
import { memberFaults } from '../shared/members.ts';
import { methodFault } from '../shared/method-names.ts';
import { readingsOf, samenessOf, spellingsOf } from '../shared/uris/readings.ts';
import { and, type Expression, or, type PolicyJson, TRUE } from './expression.ts';
import { FREE, SHARED, UNATTACHED } from './methods.ts';
import { ANNOTATION, isScope } from './required-scopes.ts';

type OneOrMore = string | readonly string[];

/** A rule applies to callers who match all of its conditions; without conditions, to everybody. */
export interface RuleSpec {
  /** Members of any of these groups. */
  readonly group?: OneOrMore;
  /** Callers with any of these OAuth scopes. */
  readonly scope?: OneOrMore;
  /**
   * All of these OAuth scopes are required of callers whom the rule permits. Who lacks one sees what the rule is about, and
   * a call is refused with the scopes to ask for (`insufficient-scope`). Only for `allow`.
   */
  readonly requiresScopes?: OneOrMore;
  /** Callers with one of these subjects (a token's `sub`). */
  readonly caller?: OneOrMore;
  /** Callers with all of these claims, with exactly these values. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Names; `*` stands for any characters: `['search___*']` means all tools of a gateway's target, `['*']` all tools.
   */
  readonly tools?: readonly string[];
  readonly prompts?: readonly string[];
  /**
   * URIs, with `*` as above. If a URL parser normalizes a URI (`https://example.com` gets a slash), the rule applies to
   * both forms.
   */
  readonly resources?: readonly string[];
  /**
   * Methods without a specific resource: `elicitation/create`, `sampling/createMessage`, `roots/list`, `tasks/list`,
   * methods of extensions. `['*']` means all of them; within a name, `*` stands for any characters, in MCP's own
   * methods only.
   */
  readonly methods?: readonly string[];
  /** Tools in whose calls tokens may be restored (`detokenize`, see the tokenization control). `*` as above. */
  readonly detokenize?: readonly string[];
}

export interface Rule {
  readonly effect: 'permit' | 'forbid';
  readonly spec: RuleSpec;
}

/** Permits: `allow({ group: 'analysts', tools: ['search___*'] })`. */
export function allow(spec: RuleSpec): Rule {
  return Object.freeze({ effect: 'permit' as const, spec });
}

/** Forbids, and overrides everything that permits. */
export function deny(spec: RuleSpec): Rule {
  return Object.freeze({ effect: 'forbid' as const, spec });
}

/** The attribute that names each kind of resource, and the action that uses it. */
const KINDS = {
  tools: { action: 'tools/call', type: 'Tool', attribute: 'name' },
  prompts: { action: 'prompts/get', type: 'Prompt', attribute: 'name' },
  resources: { action: 'resources/read', type: 'Resource', attribute: 'uri' },
  detokenize: { action: 'detokenize', type: 'Tool', attribute: 'name' },
} as const;

const WHO = ['group', 'scope', 'caller'] as const;
const TYPES = { group: 'Group', scope: 'Scope', caller: 'Caller' } as const;
const NO_CLAIMS = {};
const KNOWN: readonly string[] = [...WHO, 'requiresScopes', 'claims', ...Object.keys(KINDS), 'methods'];

/** The faults of a rule; `where` is its path in the config. */
export function faultsOf({ spec, effect }: Rule, where: string): string[] {
  const given: unknown = spec;
  if (!isObject(given))
    return [
      `${where}: expected an object such as { group: 'analysts', tools: ['search'] }, got ${given === undefined ? 'nothing' : shown(given)}`,
    ];
  const faults = memberFaults(spec, KNOWN, where);
  if (faults.length > 0) return faults;
  for (const key of WHO)
    if (spec[key] !== undefined && !isNames(list(spec[key])))
      faults.push(`${where}.${key}: expected a name, or a list of names; got ${shown(spec[key])}`);
  for (const key of [...Object.keys(KINDS), 'methods'] as const) {
    const names = spec[key as keyof typeof KINDS];
    if (names !== undefined && !(Array.isArray(names) && isNames(names)))
      faults.push(`${where}.${key}: expected a list of names, got ${shown(names)}`);
  }
  const { requiresScopes } = spec;
  if (requiresScopes !== undefined && !(isNames(list(requiresScopes)) && list(requiresScopes).every(isScope)))
    faults.push(`${where}.requiresScopes: expected a scope, or a list of scopes; got ${shown(requiresScopes)}`);
  else if (requiresScopes !== undefined && effect === 'forbid')
    faults.push(`${where}.requiresScopes: expected it in allow(…), which it restricts, got it in deny(…): use scope`);
  if (!Object.keys(KINDS).some((kind) => kind in spec) && spec.methods === undefined) {
    faults.push(
      `${where}: expected ${Object.keys(KINDS).join(', ')} or methods, got only callers: name what they may use`,
    );
  }
  if (faults.length === 0)
    for (const [i, method] of (spec.methods ?? []).entries())
      faults.push(...unattachedFaults(method).map((fault) => `${where}.methods[${i}]: ${fault}`));
  const claims: unknown = spec.claims ?? NO_CLAIMS;
  if (!isObject(claims)) return [...faults, `${where}.claims: expected claims by name, got ${shown(claims)}`];
  if (claims !== NO_CLAIMS && Object.keys(claims).length === 0)
    faults.push(`${where}.claims: expected claims by name, got none`);
  for (const [name, value] of Object.entries(claims)) {
    const fits = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
    if (!fits)
      faults.push(`${where}.claims.${name}: expected a string, a whole number or a boolean, got ${shown(value)}`);
  }
  return faults;
}

/** The rule in Cedar: one policy for each kind of resource it names, with the suffix of its id. */
export function policiesOf({ effect, spec }: Rule): { readonly ending: string; readonly policy: PolicyJson }[] {
  const made: { ending: string; policy: PolicyJson }[] = [];
  const who = callers(spec);
  const required = spec.requiresScopes === undefined ? [] : list(spec.requiresScopes);
  for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const names = spec[kind];
    if (names === undefined) continue;
    const { action, type, attribute } = KINDS[kind];
    const which = names.includes('*')
      ? TRUE
      : names
          .flatMap((name) => (kind === 'resources' ? urisOf(name, effect) : name))
          .map((name) => named(attribute, name))
          .reduce(or);
    made.push({ ending: `.${kind}`, policy: policyOf(effect, [action], type, and(who, which)) });
  }
  if (spec.methods?.includes('*') === true)
    made.push({ ending: '.methods', policy: { ...policyOf(effect, [], 'Upstream', who), action: { op: 'All' } } });
  else if (spec.methods !== undefined)
    made.push({ ending: '.methods', policy: policyOf(effect, spec.methods.flatMap(unattachedBy), undefined, who) });
  return required.length === 0
    ? made
    : made.map(({ ending, policy }) => ({
        ending,
        policy: { ...policy, annotations: { [ANNOTATION]: required.join(' ') } },
      }));
}

/** The methods that match a name or a pattern. */
function unattachedBy(name: string): readonly string[] {
  return name.includes('*') ? UNATTACHED.filter(globOf(name)) : [name];
}

/**
 * A rule for a method that is not decided would have no effect; one for a method with a resource would apply to all
 * resources.
 */
function unattachedFaults(name: string): string[] {
  if (name === '*' || UNATTACHED.includes(name)) return [];
  if (name.includes('*'))
    return unattachedBy(name).length > 0
      ? []
      : [`expected a method, or a pattern that matches one of ${UNATTACHED.join(', ')}, got ${JSON.stringify(name)}`];
  const kind = Object.entries(KINDS).find(([, { action }]) => action === name)?.[0];
  if (kind !== undefined)
    return [`expected a method without a tool, prompt or resource, got ${name}: use ${kind}, as in ${kind}: ['*']`];
  if (Object.hasOwn(SHARED, name))
    return [`expected a method that policies decide, got ${name}, which is decided as ${SHARED[name]}: name that`];
  if (FREE.has(name)) return [`expected a method that policies decide, got ${name}, which always passes: leave it out`];
  const fault = methodFault(name);
  return fault === undefined ? [] : [fault];
}

function policyOf(
  effect: 'permit' | 'forbid',
  actions: readonly string[],
  type: string | undefined,
  condition: Expression,
): PolicyJson {
  const [first, ...more] = actions.map((id) => ({ type: 'Action', id }));
  return {
    effect,
    principal: { op: 'All' },
    action:
      first !== undefined && more.length === 0
        ? { op: '==', entity: first }
        : { op: 'in', entities: first === undefined ? [] : [first, ...more] },
    resource: type === undefined ? { op: 'All' } : { op: 'is', entity_type: type },
    conditions:
      condition === TRUE ? [] : [{ kind: 'when', body: condition as PolicyJson['conditions'][number]['body'] }],
  };
}

/**
 * In any of the groups, with any of the scopes, one of the callers, and with all of the claims; conditions that are not
 * given are omitted.
 */
function callers(spec: RuleSpec): Expression {
  const left = { Var: 'principal' };
  const among = WHO.filter((key) => spec[key] !== undefined).map((key): Expression => {
    const entities = list(spec[key] ?? []).map((id) => ({ Value: { __entity: { type: TYPES[key], id } } }));
    return { in: { left, right: { Set: entities } } };
  });
  const claims = Object.entries(spec.claims ?? {}).map(([attr, value]) =>
    and({ has: { left, attr } }, { '==': { left: { '.': { left, attr } }, right: { Value: value } } }),
  );
  return [...among, ...claims].reduce(and, TRUE);
}

/**
 * A URI is decided in each spelling, so a rule for one applies to the others. A prohibition applies to everything that
 * may be read as the URI.
 */
function urisOf(uri: string, effect: Rule['effect']): readonly string[] {
  // Not if the parser would remove stars, or the segment before `..`.
  if (readingsOf(uri) === undefined) return [uri];
  const spellings = effect === 'permit' ? spellingsOf(uri) : new Set([uri, ...samenessOf(uri)]);
  return [...spellings].filter((spelling) => spelling.split('*').length === uri.split('*').length);
}

/** Matches a name or a pattern; everything between the stars is literal. */
function named(attr: string, name: string): Expression {
  const left = { '.': { left: { Var: 'resource' }, attr } };
  if (!name.includes('*')) return { '==': { left, right: { Value: name } } };
  const pattern = name
    .split('*')
    .flatMap((piece, i) => [...(i === 0 ? [] : ['Wildcard']), ...(piece === '' ? [] : [{ Literal: piece }])]);
  return { like: { left, pattern } };
}

export function list(names: OneOrMore): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

function isNames(names: readonly unknown[]): boolean {
  return names.length > 0 && names.every((name) => typeof name === 'string' && name !== '');
}

function shown(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? 'an empty list' : JSON.stringify(value);
}
