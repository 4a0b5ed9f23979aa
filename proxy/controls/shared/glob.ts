/**
 * Names by pattern: `*` stands for any characters, everything else for itself. The time goes by the length of the name
 * alone, however many stars there are: clients choose names.
 */

/** Whether a name fits. */
export type Fits = (name: string) => boolean;

/** Whether a name is as the pattern says. */
export function globOf(glob: string): Fits {
  return piecewise(glob.split('*'));
}

/** Whether a name is as any of the patterns says; none fits where there are none. */
export function anyOf(globs: readonly string[]): Fits {
  const names = new Set(globs.filter((glob) => !glob.includes('*')));
  const patterns = globs.filter((glob) => glob.includes('*')).map(globOf);
  return (name) => names.has(name) || patterns.some((fits) => fits(name));
}

/** @param pieces what lies between the stars: one more than there are stars */
export function piecewise([first = '', ...rest]: readonly string[]): Fits {
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    // Each as early as it occurs: that leaves the most to those that follow.
    let at = first.length;
    for (const piece of rest) {
      const next = name.indexOf(piece, at);
      if (next < 0) return false;
      at = next + piece.length;
    }
    return at <= name.length - last.length;
  };
}
