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
export function mayContain(text: string | Buffer, wanted: string, verbatim = false): boolean {
  return holds(text, wanted) || (!verbatim && (holdsEscape(text) || (wanted.includes('/') && text.includes('\\/'))));
}

/** An escape for a printable character of ASCII. Those from `\\u0080` on are many where a server escapes all that isn't ASCII, and spell none. */
function holdsEscape(text: string | Buffer): boolean {
  for (let at = text.indexOf('\\u00'); at >= 0; at = text.indexOf('\\u00', at + 1)) {
    const digit = typeof text === 'string' ? text.charCodeAt(at + 4) : text[at + 4];
    if (digit !== undefined && digit >= 0x32 && digit <= 0x37) return true;
  }
  return false;
}

interface Wanted {
  readonly contains: string | undefined;
  readonly verbatim?: boolean | undefined;
}

const MAX_PATTERNS = 64;
const patterns = new Map<string, RegExp>();

/** Whether {@link mayContain} holds of any of them: one pass over the text, where a search for each takes a pass of its own. @param text ASCII is enough */
export function mayContainAny(text: string, wanted: readonly Wanted[]): boolean {
  let key = '';
  for (const { contains = '', verbatim = false } of wanted) key += `${verbatim ? '=' : '~'}${contains}\n`;
  let pattern = patterns.get(key);
  if (pattern === undefined) {
    // Some are made anew for each call.
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(key, (pattern = patternOf(wanted)));
  }
  return pattern.test(text);
}

function patternOf(wanted: readonly Wanted[]): RegExp {
  const escapable = wanted.filter(({ verbatim = false }) => !verbatim);
  const alternatives = wanted.map(({ contains = '' }) => contains.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  if (escapable.length > 0) alternatives.push('\\\\u00[2-7]');
  if (escapable.some(({ contains = '' }) => contains.includes('/'))) alternatives.push('\\\\/');
  const pattern = new RegExp(alternatives.join('|'));
  // V8 makes code for how often characters are in the text at hand, at the second try. With the first reply as that text, the same
  // search took 22 to 104 µs for 100 KB of another kind; with none, 22 to 28.
  for (let tries = 0; tries < 2; tries++) pattern.test('');
  return pattern;
}
