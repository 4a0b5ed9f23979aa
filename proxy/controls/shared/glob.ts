/**
 * Matches names against patterns: `*` stands for any characters, everything else for itself. Clients choose names, so
 * the time depends only on the length of the name, not on the number of stars.
 */

/** Whether a name matches. */
export type Fits = (name: string) => boolean;

/** Matches one pattern. */
export function globOf(glob: string): Fits {
  return piecewise(glob.split('*'));
}

/** Matches any of the patterns; without patterns nothing matches. */
export function anyOf(globs: readonly string[]): Fits {
  const names = new Set(globs.filter((glob) => !glob.includes('*')));
  const patterns = globs.filter((glob) => glob.includes('*')).map(globOf);
  return (name) => names.has(name) || patterns.some((fits) => fits(name));
}

/** @param pieces the texts between the stars: one more than there are stars */
export function piecewise([first = '', ...rest]: readonly string[]): Fits {
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    // The earliest match leaves the most text for the pieces that follow.
    let at = first.length;
    for (const piece of rest) {
      const next = name.indexOf(piece, at);
      if (next < 0) return false;
      at = next + piece.length;
    }
    return at <= name.length - last.length;
  };
}
