/** What rules read, derived from the policies. Cedar gets nothing else, and decisions are cached by nothing else. */
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
import { requiredScopes } from './required-scopes.ts';

export interface Reads {
  /** Names of arguments. */
  readonly arguments: Set<string>;
  /** The arguments as a whole, or the whole context. */
  allArguments: boolean;
  /** Members of the context other than the arguments. */
  readonly context: Set<string>;
  /** Literal callers and groups, in the form of {@link keyOf}. */
  readonly named: Set<string>;
  /** Attributes of the caller. */
  readonly claims: Set<string>;
  /** The caller is compared with something other than a literal, so everything about it may matter. */
  wholeCaller: boolean;
}

/** Unambiguous, although a type may contain `::` and an id anything, as in Cedar's syntax. */
export function keyOf({ type, id }: EntityId): string {
  return `${type}::${JSON.stringify(id)}`;
}

/** The id in a key; undefined for another type. */
export function idIn(key: string, type: string): string | undefined {
  const before = `${type}::`;
  return key.startsWith(`${before}"`) ? (JSON.parse(key.slice(before.length)) as string) : undefined;
}

/** Everything that these policies read. */
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
    for (const id of requiredScopes(policy)) reads.named.add(keyOf({ type: 'Scope', id }));
    for (const condition of conditionsOf(policy)) visit(condition, reads);
  }
  return reads;
}

/** Whether the policies may distinguish callers. */
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
  // A literal caller may be read in any way.
  if (literalOf(expression)?.type === 'Caller') reads.wholeCaller = true;
  for (const operand of operandsOf(expression)) visit(operand, reads);
}

function ofContext([member, name]: readonly string[], reads: Reads): void {
  if (member === undefined || (member === 'arguments' && name === undefined)) reads.allArguments = true;
  else if (member === 'arguments' && name !== undefined) reads.arguments.add(name);
  else reads.context.add(member);
}

/** The entities that the caller is compared with, if all are literals. */
function comparedWith(expression: Expression): EntityId[] | undefined {
  for (const operator of ['==', '!=', 'in'] as const) {
    const operands = expression[operator] as { readonly left?: unknown; readonly right?: unknown } | undefined;
    if (operands === undefined) continue;
    if (isVariable(operands.left, 'principal')) return literalsOf(operands.right);
    // Only a caller itself is in a caller.
    if (operator !== 'in' && isVariable(operands.right, 'principal')) return literalsOf(operands.left);
  }
  const is = expression['is'] as { readonly left?: unknown; readonly in?: unknown } | undefined;
  if (is === undefined || !isVariable(is.left, 'principal')) return undefined;
  return is.in === undefined ? [] : literalsOf(is.in);
}
