/**
 * What rules look at: known from the policies alone, so that nothing else is handed to Cedar, and nothing else tells
 * decisions apart.
 */
import {
  conditionsOf,
  type EntityId,
  entityOf,
  type Expression,
  hasPath,
  isVariable,
  literalOf,
  literalsOf,
  operandsOf,
  pathOf,
  type PolicyJson,
} from './expression.ts';

export interface Reads {
  /** Members of the arguments, by name. */
  readonly arguments: Set<string>;
  /** The arguments as a whole, or the whole context. */
  allArguments: boolean;
  /** Members of the context other than the arguments. */
  readonly context: Set<string>;
  /** Callers and groups that are named, as by {@link keyOf}. */
  readonly named: Set<string>;
  /** Attributes of the caller. */
  readonly claims: Set<string>;
  /** The caller is compared with something that isn't named: then everything about it may matter. */
  wholeCaller: boolean;
}

/** As Cedar writes it: a type may have `::` in it, and an id anything. */
export function keyOf({ type, id }: EntityId): string {
  return `${type}::${JSON.stringify(id)}`;
}

/** The id that a key was made of; undefined: of something of another type. */
export function idIn(key: string, type: string): string | undefined {
  const before = `${type}::`;
  return key.startsWith(`${before}"`) ? (JSON.parse(key.slice(before.length)) as string) : undefined;
}

/** What these policies read, taken together. */
export function readsOf(policies: Iterable<PolicyJson>): Reads {
  const reads: Reads = {
    arguments: new Set(),
    allArguments: false,
    context: new Set(),
    named: new Set(),
    claims: new Set(),
    wholeCaller: false,
  };
  for (const policy of policies) {
    const { principal } = policy;
    const inner = principal.op === 'is' ? principal.in : principal.op === 'All' ? undefined : principal;
    const named = inner !== undefined && 'entity' in inner ? entityOf(inner.entity) : undefined;
    if (named !== undefined) reads.named.add(keyOf(named));
    for (const condition of conditionsOf(policy)) visit(condition, reads);
  }
  return reads;
}

/** Callers may be told apart by these. */
export function readsCallers({ named, claims, wholeCaller }: Reads): boolean {
  return wholeCaller || named.size > 0 || claims.size > 0;
}

export function readsArguments({ arguments: names, allArguments }: Reads): boolean {
  return allArguments || names.size > 0;
}

function visit(expression: Expression, reads: Reads): void {
  const context = pathOf(expression, 'context') ?? hasPath(expression, 'context');
  if (context !== undefined) return ofContext(context, reads);
  const claim = pathOf(expression, 'principal') ?? hasPath(expression, 'principal');
  if (claim !== undefined) {
    if (claim[0] === undefined) reads.wholeCaller = true;
    else reads.claims.add(claim[0]);
    return;
  }
  const named = comparedWith(expression);
  if (named !== undefined) {
    for (const entity of named) reads.named.add(keyOf(entity));
    return;
  }
  // Called by its name, it may be looked at in any way.
  if (literalOf(expression)?.type === 'Caller') reads.wholeCaller = true;
  for (const operand of operandsOf(expression)) visit(operand, reads);
}

function ofContext([member, name]: readonly string[], reads: Reads): void {
  if (member === undefined || (member === 'arguments' && name === undefined)) reads.allArguments = true;
  else if (member === 'arguments' && name !== undefined) reads.arguments.add(name);
  else reads.context.add(member);
}

/** The entities that the caller is compared with, where all of them are named. */
function comparedWith(expression: Expression): EntityId[] | undefined {
  for (const operator of ['==', '!=', 'in'] as const) {
    const operands = expression[operator] as { readonly left?: unknown; readonly right?: unknown } | undefined;
    if (operands === undefined) continue;
    if (isVariable(operands.left, 'principal')) return literalsOf(operands.right);
    // Nothing but a caller is in a caller.
    if (operator !== 'in' && isVariable(operands.right, 'principal')) return literalsOf(operands.left);
  }
  const is = expression['is'] as { readonly left?: unknown; readonly in?: unknown } | undefined;
  if (is === undefined || !isVariable(is.left, 'principal')) return undefined;
  return is.in === undefined ? [] : literalsOf(is.in);
}
