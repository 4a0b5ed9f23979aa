/** What a name of ASCII characters looks like. */

/**
 * The forms that names which look alike have in common, one in small letters, one in the name's own. Digits count as letters
 * (`b0b`), pairs of letters as one (`crrn`), as do kinds of dashes, and any number of them from two on. Letters become pairs and not
 * the other way round, so that `vvv` has one form.
 */
export function shapesOf(name: string): readonly string[] {
  const small = shapeOf(name.toLowerCase());
  // Only a capital `I` looks like `l`: `get_uri` is not `get_url`.
  const own = shapeOf(name.replaceAll('I', 'l'));
  return own === small ? [small] : [small, own];
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
