/**
 * The arguments that policies read, by tool. The proxy compares argument names with these, so that no other spelling
 * gets past a policy.
 */
import { pathOf as pathOfKeys } from '../../json/path.ts';
import type { ArgumentScope } from '../../pipeline/control.ts';
import {
  actionsOf,
  conditionsOf,
  entityOf,
  type Expression,
  hasPath,
  operandsOf,
  pathOf,
  type PolicyJson,
} from './expression.ts';
import type { Policies } from './policies.ts';

export function reachedBy(policies: Policies): ArgumentScope[] {
  return [...policies.values()].flatMap((policy) => {
    const actions = actionsOf(policy);
    const paths = new Set<string>();
    for (const condition of conditionsOf(policy)) collect(condition, paths);
    const tool = toolOf(policy);
    const method = actions?.length === 1 && actions[0] !== 'detokenize' ? actions[0] : undefined;
    return [...paths].map((path) => ({
      ...(tool === undefined ? {} : { tool }),
      ...(method === undefined ? {} : { method }),
      path,
    }));
  });
}

/** Whether Cedar texts may read arguments. Cedar has only one spelling for each name. */
export function mayLookAtArguments(text: string): boolean {
  return text.includes('context');
}

function collect(expression: Expression, paths: Set<string>): void {
  const path = pathOf(expression, 'context') ?? hasPath(expression, 'context');
  if (path === undefined) {
    for (const operand of operandsOf(expression)) collect(operand, paths);
    return;
  }
  const [member, ...keys] = path;
  // Read as a whole, so any of their names may matter.
  if (member === undefined || (member === 'arguments' && keys.length === 0)) paths.add('*');
  else if (member === 'arguments') paths.add(pathOfKeys(keys));
}

/**
 * The tool or prompt in the policy's head, if it is the only one. A star in its name would be a pattern, so it counts
 * as any tool.
 */
function toolOf({ resource }: PolicyJson): string | undefined {
  const named = resource.op === '==' && 'entity' in resource ? entityOf(resource.entity) : undefined;
  return named === undefined || named.id.includes('*') ? undefined : named.id;
}
