/** Cedar's `like`: `*` stands for any characters, everything else for itself. */
export type Pattern = readonly ('Wildcard' | { readonly Literal: string })[];

/** The pieces between the stars. */
export function piecesOf(pattern: Pattern): string[] {
  const pieces = [''];
  for (const element of pattern) {
    if (element === 'Wildcard') pieces.push('');
    else pieces[pieces.length - 1] += element.Literal;
  }
  return pieces;
}

/** @param pattern as Cedar's JSON writes it */
export function matcherOf(pattern: unknown): (text: string) => boolean {
  const pieces = piecesOf(pattern as Pattern);
  return (text) => matches(text, pieces);
}

/** The pieces one after the other; the first at the beginning, the last at the end. */
function matches(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const next = text.indexOf(piece, at);
    if (next < 0) return false;
    at = next + piece.length;
  }
  return at <= text.length - last.length;
}
