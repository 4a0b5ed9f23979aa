/** The stacks that a command applies to, from the names it was given. */
import { matchesGlob } from 'node:path';

/** Stands for the walk-through's two stacks, which no deployments file lists. */
export const SAMPLE = 'sample';

/** In the order of removal: the proxy before the gateway that it imports from. */
export const SAMPLE_STACKS: readonly string[] = [`${SAMPLE}-calculator`, `${SAMPLE}-gateway`];

export interface Selection {
  /** Additional context for cdk, `key=value`. */
  readonly context: readonly string[];
  /** Stack names or patterns, as cdk takes them; empty means all. */
  readonly patterns: readonly string[];
}

/**
 * @param names as typed
 * @param listed stacks of the deployments file: a stack named `sample` takes precedence
 * @param context already passed to cdk
 */
export function select(names: readonly string[], listed: readonly string[], context: readonly string[]): Selection {
  const given = context.some((pair) => pair.startsWith(`${SAMPLE}=`));
  if (!names.includes(SAMPLE) || listed.includes(SAMPLE)) return { context, patterns: names };
  return {
    context: given ? context : [...context, `${SAMPLE}=iam`],
    patterns: names.flatMap((name) => (name === SAMPLE ? [`${SAMPLE}-*`] : [name])),
  };
}

/** Uses cdk's patterns: shell wildcards. */
export function isSelected(stack: string, { patterns }: Selection): boolean {
  return patterns.length === 0 || patterns.some((pattern) => stack === pattern || matchesGlob(stack, pattern));
}
