/** Keys that a change of an object replaces by others, so that each new one takes the place of the old one in the text. */

type Names = ReadonlyMap<string, string>;

const known = new WeakMap<object, Names>();
const NO_NAMES: Names = new Map();

/** Notes the new names of an object's members, by the old ones. */
export function noteNames(next: object, names: Names): void {
  known.set(next, names);
}

/** The new names; none if they don't say which keys of `next` are new. */
export function namesIn(
  next: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> | undefined,
  added: readonly string[],
): Names {
  const names = added.length === 0 ? undefined : known.get(next);
  if (names === undefined || before === undefined || names.size !== added.length) return NO_NAMES;
  for (const [old, name] of names)
    if (!Object.hasOwn(before, old) || next[old] !== undefined || next[name] === undefined) return NO_NAMES;
  return names;
}

/** Where the text of a key begins. @param start where its value begins */
export function startOfKey(text: string, start: number, keyText: string): number {
  let end = start;
  while (text[end - 1] !== ':') end--;
  end--;
  while (text[end - 1] !== '"') end--;
  return end - keyText.length;
}
