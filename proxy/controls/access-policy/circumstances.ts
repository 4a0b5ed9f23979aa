/** What rules read of a decision's context besides the arguments. */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import type { DecisionContext } from '../shared/decide.ts';
import type { Reads } from './reads.ts';

const CIRCUMSTANCES = ['field', 'to', 'kind'] as const;

/** The part of a cache key for the context that rules read, without the arguments. */
export function circumstances(context: DecisionContext, reads: Reads): string {
  let text = '';
  for (const name of CIRCUMSTANCES)
    if (context[name] !== undefined && (reads.context.has(name) || reads.allArguments))
      text += `\n${name}=${JSON.stringify(context[name])}`;
  return text;
}

export function contextOf(context: DecisionContext, reads: Reads): Record<string, CedarValueJson> {
  const values: Record<string, CedarValueJson> = {};
  for (const name of CIRCUMSTANCES) {
    const value = context[name];
    if (value !== undefined && (reads.context.has(name) || reads.allArguments)) values[name] = value;
  }
  return values;
}
