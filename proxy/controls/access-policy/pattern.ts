/** Cedar's `like`: `*` stands for any characters, everything else for itself. */
import { type Fits, piecewise } from '../shared/glob.ts';

export type Pattern = readonly ('Wildcard' | { readonly Literal: string })[];

/** The texts between the stars. */
export function piecesOf(pattern: Pattern): string[] {
  const pieces = [''];
  for (const element of pattern) {
    if (element === 'Wildcard') pieces.push('');
    else pieces[pieces.length - 1] += element.Literal;
  }
  return pieces;
}

/** @param pattern in Cedar's JSON form */
export function matcherOf(pattern: unknown): Fits {
  return piecewise(piecesOf(pattern as Pattern));
}
