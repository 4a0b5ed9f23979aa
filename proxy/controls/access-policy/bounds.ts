/**
 * Computes what a policy set decides at most and at least if some facts are unknown: arguments when a list is shown,
 * claims and URIs when recorded traffic is replayed. Each policy is rewritten into one that does not read the unknown
 * facts. If both sets give the same decision, it holds for any facts; otherwise it depends on them. Nothing is guessed.
 */
import { isObject } from '../../json/lossless.ts';
import {
  and,
  conditionsOf,
  entityOf,
  type Expression,
  FALSE,
  hasPath,
  isVariable,
  literalOf,
  not,
  operandsOf,
  operation,
  or,
  pathOf,
  type PolicyJson,
  TRUE,
} from './expression.ts';

export interface Unknown {
  readonly arguments: boolean;
  /** All claims of the caller, but not its subject. */
  readonly claims: boolean;
  /** The name or URI of the resource, but not its type. */
  readonly resource: boolean;
}

/** `most`: permits everything that may be permitted. `least`: permits only what is permitted in any case. */
export type Bound = 'most' | 'least';

/** The possible results of a boolean expression. Each is an expression that reads nothing unknown. */
interface Outcomes {
  readonly mayBeTrue: Expression;
  readonly mayBeFalse: Expression;
  readonly mayFail: Expression;
}

/** Possible types of resources. */
const ASKED_ABOUT: ReadonlySet<string> = new Set(['Tool', 'Prompt', 'Resource']);
const ANYTHING: Outcomes = { mayBeTrue: TRUE, mayBeFalse: TRUE, mayFail: TRUE };
/** Larger expressions are unknown as a whole, because rewriting doubles what it nests. */
const MAX_NODES = 500;

/** The policy without unknown facts; the same object if it reads none of them. */
export function boundOf(policy: PolicyJson, bound: Bound, unknown: Unknown): PolicyJson {
  const { principal, resource } = policy;
  const scope = [
    scopeOf(principal, 'principal', unknown.claims),
    scopeOf(resource, 'resource', unknown.resource),
  ] as const;
  const conditions = conditionsOf(policy);
  const open =
    scope.some(({ outcomes }) => outcomes !== undefined) ||
    conditions.some((condition) => dependsOn(condition, unknown));
  if (!open) return policy;
  const parts = [
    ...scope.flatMap(({ outcomes }) => outcomes ?? []),
    ...conditions.map((condition) => outcomesOf(condition, unknown)),
  ];
  const { mayBeTrue, mayBeFalse, mayFail } = parts.reduce(both);
  // A permit that fails permits nothing; a forbid that fails forbids.
  const permits = policy.effect === 'permit';
  const most = permits ? mayBeTrue : not(mayBeFalse);
  const least = permits ? not(or(mayBeFalse, mayFail)) : or(mayBeTrue, mayFail);
  const body = (bound === 'most' ? most : least) as PolicyJson['conditions'][number]['body'];
  return {
    ...policy,
    principal: scope[0].constraint,
    resource: scope[1].constraint,
    conditions: [{ kind: 'when', body }],
  };
}

/** A constraint without unknown facts, and the possible results of the rest. */
function scopeOf(
  constraint: PolicyJson['principal'],
  variable: 'principal' | 'resource',
  unknown: boolean,
): { readonly constraint: PolicyJson['principal']; readonly outcomes?: Outcomes } {
  const inner = constraint.op === 'is' ? constraint.in : constraint.op === 'All' ? undefined : constraint;
  const entity = inner !== undefined && 'entity' in inner ? entityOf(inner.entity) : undefined;
  if (!unknown || entity === undefined || isNamedCaller(entity.type, variable)) return { constraint };
  const open: Outcomes = { mayBeTrue: TRUE, mayBeFalse: TRUE, mayFail: FALSE };
  if (constraint.op === 'is') return { constraint: { op: 'is', entity_type: constraint.entity_type }, outcomes: open };
  // A resource of another type never matches, whatever its name.
  if (constraint.op === '==') return { constraint: { op: 'is', entity_type: entity.type }, outcomes: open };
  return { constraint: { op: 'All' }, outcomes: open };
}

/** A caller's subject is known even if its claims are not. */
function isNamedCaller(type: string, variable: string): boolean {
  return variable === 'principal' && type === 'Caller';
}

function outcomesOf(expression: Expression, unknown: Unknown): Outcomes {
  return nodesOf(expression, MAX_NODES) > MAX_NODES ? ANYTHING : outcomes(expression, unknown);
}

function outcomes(expression: Expression, unknown: Unknown): Outcomes {
  if (!dependsOn(expression, unknown)) return { mayBeTrue: expression, mayBeFalse: not(expression), mayFail: FALSE };
  const [operator, operands] = operation(expression);
  const operand = (name: string): Outcomes =>
    outcomes((isObject(operands) ? operands[name] : {}) as Expression, unknown);
  switch (operator) {
    case '!': {
      const { mayBeTrue, mayBeFalse, mayFail } = operand('arg');
      return { mayBeTrue: mayBeFalse, mayBeFalse: mayBeTrue, mayFail };
    }
    case '&&':
      return both(operand('left'), operand('right'));
    case '||':
      return either(operand('left'), operand('right'));
    case 'if-then-else': {
      const [condition, yes, no] = [operand('if'), operand('then'), operand('else')];
      const reached = (of: keyof Outcomes): Expression =>
        or(and(condition.mayBeTrue, yes[of]), and(condition.mayBeFalse, no[of]));
      return {
        mayBeTrue: reached('mayBeTrue'),
        mayBeFalse: reached('mayBeFalse'),
        mayFail: or(condition.mayFail, reached('mayFail')),
      };
    }
    default:
      // Whether an argument exists is always known.
      return hasPath(expression, 'context')?.length === 2 ? { ...ANYTHING, mayFail: FALSE } : ANYTHING;
  }
}

/** `a && b`: the second is evaluated only if the first is true. */
function both(a: Outcomes, b: Outcomes): Outcomes {
  return {
    mayBeTrue: and(a.mayBeTrue, b.mayBeTrue),
    mayBeFalse: or(a.mayBeFalse, and(a.mayBeTrue, b.mayBeFalse)),
    mayFail: or(a.mayFail, and(a.mayBeTrue, b.mayFail)),
  };
}

function either(a: Outcomes, b: Outcomes): Outcomes {
  return {
    mayBeTrue: or(a.mayBeTrue, and(a.mayBeFalse, b.mayBeTrue)),
    mayBeFalse: and(a.mayBeFalse, b.mayBeFalse),
    mayFail: or(a.mayFail, and(a.mayBeFalse, b.mayFail)),
  };
}

/** Whether the expression reads unknown facts. */
export function dependsOn(expression: Expression, unknown: Unknown): boolean {
  const context = pathOf(expression, 'context') ?? hasPath(expression, 'context');
  if (context !== undefined) return unknown.arguments && (context[0] === undefined || context[0] === 'arguments');
  if (isVariable(expression, 'principal')) return unknown.claims;
  if (isVariable(expression, 'resource')) return unknown.resource;
  if (asksForType(expression) || (unknown.claims && comparesCaller(expression))) return false;
  // A literal entity may be read in any way.
  const named = literalOf(expression)?.type;
  if (named !== undefined) return named === 'Caller' ? unknown.claims : unknown.resource && ASKED_ABOUT.has(named);
  return operandsOf(expression).some((operand) => dependsOn(operand, unknown));
}

function asksForType({ is }: Expression): boolean {
  return (
    isObject(is) &&
    is['in'] === undefined &&
    (isVariable(is['left'], 'principal') || isVariable(is['left'], 'resource'))
  );
}

/** `principal == Caller::"…"`. */
function comparesCaller(expression: Expression): boolean {
  const operands = expression['=='] ?? expression['!='];
  return (
    isObject(operands) && isVariable(operands['left'], 'principal') && literalOf(operands['right'])?.type === 'Caller'
  );
}

function nodesOf(expression: Expression, enough: number): number {
  let nodes = 1;
  for (const operand of operandsOf(expression)) {
    nodes += nodesOf(operand, enough);
    if (nodes > enough) break;
  }
  return nodes;
}
