/** Which stacks a command is about, as its names say. */
import { matchesGlob } from 'node:path';

/** The word for the walk-through's two stacks, which no deployments file lists. */
export const SAMPLE = 'sample';

/** The proxy before the gateway that it imports from: the order in which they go. */
export const SAMPLE_STACKS: readonly string[] = [`${SAMPLE}-calculator`, `${SAMPLE}-gateway`];

export interface Selection {
  /** What is added to cdk's context, `key=value`. */
  readonly context: readonly string[];
  /** Stack names or patterns, as cdk takes them; none stands for all. */
  readonly patterns: readonly string[];
}

/**
 * @param names as typed
 * @param listed stacks of the deployments file: one that is called `sample` is meant by that name
 * @param context what was given to cdk already
 */
export function select(names: readonly string[], listed: readonly string[], context: readonly string[]): Selection {
  const given = context.some((pair) => pair.startsWith(`${SAMPLE}=`));
  if (!names.includes(SAMPLE) || listed.includes(SAMPLE)) return { context, patterns: names };
  return {
    context: given ? context : [...context, `${SAMPLE}=iam`],
    patterns: names.flatMap((name) => (name === SAMPLE ? [`${SAMPLE}-*`] : [name])),
  };
}

/** As cdk understands patterns: shell's wildcards. */
export function isSelected(stack: string, { patterns }: Selection): boolean {
  return patterns.length === 0 || patterns.some((pattern) => stack === pattern || matchesGlob(stack, pattern));
}
