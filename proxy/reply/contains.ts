/** Whether a message may hold a string, without reading it as JSON. */

/** Characters of a string that may be looked for, at most. */
export const LONGEST = 1024;

interface Needle {
  /** From the rarest character on. */
  readonly rest: string;
  readonly before: string;
}

/** How seldom characters are in JSON; those that aren't listed are rarer still. The engine's search stops at each first character. */
const COMMON = '" etaoinshrdl,:u0c1mfp\\{}[]2w3gy4b5v6798./-_k';
const needles = new Map<string, Needle>();

function needleOf(wanted: string): Needle {
  let needle = needles.get(wanted);
  if (needle === undefined) {
    let rarest = 0;
    const rank = (i: number): number => {
      const at = COMMON.indexOf(wanted[i] ?? '');
      return at < 0 ? COMMON.length : at;
    };
    for (let i = 1; i < wanted.length; i++) if (rank(i) > rank(rarest)) rarest = i;
    needle = { rest: wanted.slice(rarest), before: wanted.slice(0, rarest) };
    // Some are made anew for each call.
    if (needles.size >= 256) needles.clear();
    needles.set(wanted, needle);
  }
  return needle;
}

/** As `text.includes(wanted)`, of ASCII. */
export function holds(text: string | Buffer, wanted: string): boolean {
  const { rest, before } = needleOf(wanted);
  for (let at = text.indexOf(rest); at >= 0; at = text.indexOf(rest, at + 1)) {
    const start = at - before.length;
    if (start < 0) continue;
    if ((typeof text === 'string' ? text.slice(start, at) : text.toString('latin1', start, at)) === before) return true;
  }
  return false;
}

/** False only where the text can't hold the string (plain ASCII) in any spelling that JSON has for it; or, `verbatim`, as it is. */
export function mayContain(text: string | Buffer, wanted: string, verbatim = false, escaped = hasEscapes(text)): boolean {
  return holds(text, wanted) || (!verbatim && (escaped() || (wanted.includes('/') && text.includes('\\/'))));
}

/** Whether ASCII may be written with escapes in it; looked for once, however often it is asked. */
export function hasEscapes(text: string | Buffer): () => boolean {
  let found: boolean | undefined;
  return () => (found ??= text.includes('\\u00'));
}
