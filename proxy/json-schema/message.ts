/** Describes what is wrong with arguments so that a model can correct them. Holds no value of the call. */
import type { Failure, Segment } from './failure.ts';
import { cut } from './keywords/words.ts';

/** For example `customer.emails[0]`, relative to the arguments. */
export function pathOf(path: readonly Segment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text === '' ? 'arguments' : text;
}

export function wordsOf(failures: readonly Failure[]): string {
  const lines = failures.map(({ path, expected, got }) => `${cut(pathOf(path))}: expected ${expected}, got ${got}`);
  return [...new Set(lines)].join('\n');
}
