/** A form of tokens without a marker. */
import type { Permutation } from './permutation.ts';

/** Opens and makes tokens of one shape. Undefined: the value has no token of that shape. */
export interface Shaped {
  hide(value: string, by: Permutation): string | undefined;
  show(token: string, by: Permutation): string | undefined;
}
