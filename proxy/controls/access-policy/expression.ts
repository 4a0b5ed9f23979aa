/**
 * Reads the parts of Cedar's expressions and policies in their JSON form that this proxy analyzes (Cedar policy format,
 * "JSON policy format").
 */
import type { PolicyJson } from '@cedar-policy/cedar-wasm/web';
import { isObject } from '../../json/lossless.ts';

export type { PolicyJson };

/** One operator with its operands. */
export type Expression = Readonly<Record<string, unknown>>;

export interface EntityId {
  readonly type: string;
  readonly id: string;
}

/** The operator and its operands. */
export function operation(expression: object): readonly [operator: string, operands: unknown] {
  return Object.entries(expression)[0] ?? ['', undefined];
}

/** The direct subexpressions. */
export function operandsOf(expression: Expression): Expression[] {
  const [operator, operands] = operation(expression);
  if (operator === 'Value' || operator === 'Var' || operator === 'Slot') return [];
  // Sets and calls of extension functions have a list of operands, records have members; all others have named
  // operands.
  if (Array.isArray(operands)) return operands.filter(isObject);
  return isObject(operands) ? Object.values(operands).filter((operand) => isObject(operand)) : [];
}

export function isVariable(expression: unknown, name: 'principal' | 'action' | 'resource' | 'context'): boolean {
  return isObject(expression) && expression['Var'] === name;
}

/** The attributes of `a.b.c` on a variable; undefined for any other expression. */
export function pathOf(expression: unknown, variable: 'principal' | 'resource' | 'context'): string[] | undefined {
  if (isVariable(expression, variable)) return [];
  const access = isObject(expression) ? expression['.'] : undefined;
  if (!isObject(access) || typeof access['attr'] !== 'string') return undefined;
  const path = pathOf(access['left'], variable);
  path?.push(access['attr']);
  return path;
}

/** The attributes that `has` checks: one, or a chain of them. */
export function hasPath(expression: Expression, variable: 'principal' | 'resource' | 'context'): string[] | undefined {
  const has = expression['has'];
  if (!isObject(has)) return undefined;
  const path = pathOf(has['left'], variable);
  const attributes: unknown[] = Array.isArray(has['attr']) ? has['attr'] : [has['attr']];
  return path === undefined ? undefined : [...path, ...attributes.filter((attribute) => typeof attribute === 'string')];
}

/** A literal entity; undefined for any other expression. */
export function literalOf(expression: unknown): EntityId | undefined {
  return isObject(expression) ? entityOf(expression['Value']) : undefined;
}

/** A literal entity or a set of them; undefined if any element is something else. */
export function literalsOf(expression: unknown): EntityId[] | undefined {
  const one = literalOf(expression);
  if (one !== undefined) return [one];
  const set = isObject(expression) ? expression['Set'] : undefined;
  if (!Array.isArray(set)) return undefined;
  const literals = set.map(literalOf).filter((literal) => literal !== undefined);
  return literals.length === set.length ? literals : undefined;
}

/** `{ __entity: { type, id } }` or `{ type, id }`. */
export function entityOf(json: unknown): EntityId | undefined {
  const inner = isObject(json) && isObject(json['__entity']) ? json['__entity'] : json;
  return isObject(inner) && typeof inner['type'] === 'string' && typeof inner['id'] === 'string'
    ? { type: inner['type'], id: inner['id'] }
    : undefined;
}

/** The conditions of a policy, with `unless` negated. */
export function conditionsOf(policy: PolicyJson): Expression[] {
  return policy.conditions.map(({ kind, body }) => (kind === 'when' ? (body as Expression) : not(body as Expression)));
}

/** The actions of a policy; undefined: all. Entities of another type than actions match none. */
export function actionsOf({ action }: PolicyJson): string[] | undefined {
  if (action.op === 'All') return undefined;
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  return entities
    .map(entityOf)
    .filter((entity) => entity?.type === 'Action')
    .map((entity) => entity?.id ?? '');
}

export const TRUE: Expression = { Value: true };
export const FALSE: Expression = { Value: false };

export function not(a: Expression): Expression {
  if (a === TRUE) return FALSE;
  return a === FALSE ? TRUE : { '!': { arg: a } };
}

export function and(a: Expression, b: Expression): Expression {
  if (a === FALSE || b === TRUE) return a;
  return a === TRUE ? b : { '&&': { left: a, right: b } };
}

export function or(a: Expression, b: Expression): Expression {
  if (a === TRUE || b === FALSE) return a;
  return a === FALSE ? b : { '||': { left: a, right: b } };
}
