/** Paths within a value, as written in a config: `order.lines[*].price`. */

export type Step = string | number | typeof ANY_KEY | typeof ANY_ITEM | typeof ANY_DEPTH;
export const ANY_KEY = Symbol('*');
export const ANY_ITEM = Symbol('[*]');
export const ANY_DEPTH = Symbol('**');

const STEP = /\.?(\*\*|\*|[\p{L}\p{N}_$-]+)|\[(\*|\d+|"(?:[^"\\]|\\.)*")\]/uy;

/** The steps of a path; undefined if it is invalid. */
export function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const [whole, key, item] = STEP.exec(path) ?? [];
    // The first step has no dot before it; each later step without brackets has one.
    if (whole === undefined || (key !== undefined && whole.startsWith('.') !== steps.length > 0)) return undefined;
    if (key !== undefined) steps.push(key === '**' ? ANY_DEPTH : key === '*' ? ANY_KEY : key);
    else if (item === '*') steps.push(ANY_ITEM);
    else steps.push(JSON.parse(item ?? '""') as string | number);
  }
  return steps.length === 0 ? undefined : steps;
}

/** The path made of these literal keys. */
export function pathOf(keys: readonly string[]): string {
  return keys.map((key) => `[${JSON.stringify(key)}]`).join('');
}

/** The first key of a path; undefined if it matches any key. */
export function firstKeyOf(path: string): string | undefined {
  const [first] = stepsOf(path) ?? [];
  return typeof first === 'string' ? first : undefined;
}
