/**
 * What a name of ASCII characters looks like. Digits count as letters (`b0b`), pairs of letters as one (`crrn`), as do kinds of
 * dashes, and any number of them from two on. Letters become pairs and not the other way round, so that `vvv` has one form.
 *
 * A capital `I` is an `i` in another case, or looks like `l`: `InitiaI` is `initial`. Only a capital one does: `get_uri` is not
 * `get_url`.
 */
export interface Look {
  /** In small letters. */
  readonly small: string;
  /** In the name's own letters, with `l` for a capital `I`. */
  readonly own: string;
  /** In small letters, with {@link EITHER} for each capital `I` if there are several; each may be read differently. */
  readonly either: string;
}

/** Stands for `i` or `l`. No name has it. */
const EITHER = '\u0001';

export function lookOf(name: string): Look {
  const small = shapeOf(name.toLowerCase());
  const first = name.indexOf('I');
  const own = shapeOf(first < 0 ? name : name.replaceAll('I', 'l'));
  const hasSeveral = first >= 0 && name.indexOf('I', first + 1) >= 0;
  return { small, own, either: hasSeveral ? shapeOf(name.replaceAll('I', EITHER).toLowerCase()) : small };
}

/** Whether one is taken for the other. */
export function looksLike(one: Look, other: Look): boolean {
  return inAnyForm(one, other, matches);
}

/** Whether a name is taken for one that begins with the prefix. */
export function looksLikeStart(name: Look, prefix: Look): boolean {
  return inAnyForm(name, prefix, beginsWith);
}

/** The same for all names that look alike, and for a few others. */
export function keyOfLook({ small }: Look): string {
  return small.replaceAll('i', 'l');
}

function inAnyForm(one: Look, other: Look, agree: (one: string, other: string) => boolean): boolean {
  const others = formsOf(other);
  return formsOf(one).some((form) => others.some((each) => agree(form, each)));
}

function formsOf({ small, own, either }: Look): readonly string[] {
  return [...new Set([small, own, either])];
}

function matches(one: string, other: string): boolean {
  return one.length === other.length && beginsWith(one, other);
}

function beginsWith(text: string, start: string): boolean {
  if (!text.includes(EITHER) && !start.includes(EITHER)) return text.startsWith(start);
  if (text.length < start.length) return false;
  // All of them as `l` is how the name's own letters are read; one after the start may be an `i`.
  let isMixed = text.includes(EITHER, start.length);
  for (let i = 0; i < start.length; i++) {
    const [one = '', other = ''] = [text[i], start[i]];
    if (!agrees(one, other)) return false;
    isMixed ||= (one === EITHER || other === EITHER) && one !== 'l' && other !== 'l';
  }
  return isMixed;
}

function agrees(one: string, other: string): boolean {
  if (one === other) return true;
  return (one === EITHER && isEither(other)) || (other === EITHER && isEither(one));
}

function isEither(character: string): boolean {
  return character === 'i' || character === 'l';
}

function shapeOf(name: string): string {
  return name.replace(/[01|mwWO\-./ ]/g, (character) => SHAPES[character] ?? character).replace(/__+/g, '__');
}

const SHAPES: Readonly<Record<string, string>> = {
  '0': 'o',
  O: 'o',
  '1': 'l',
  '|': 'l',
  m: 'rn',
  w: 'vv',
  W: 'VV',
  '-': '_',
  '.': '_',
  '/': '_',
  ' ': '_',
};
