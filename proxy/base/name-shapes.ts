/** What a name of ASCII characters looks like. */

/**
 * The forms that names which look alike have in common, one in small letters, one in the name's own. Digits count as letters
 * (`b0b`), pairs of letters as one (`crrn`), as do kinds of dashes, and any number of them from two on. Letters become pairs and not
 * the other way round, so that `vvv` has one form.
 *
 * A capital `I` is an `i` in another case, or looks like `l`. A name with several has a form for each way to read them
 * (`InitiaI` is `initial`).
 */
export function shapesOf(name: string): readonly string[] {
  const small = shapeOf(name.toLowerCase());
  // Only a capital `I` looks like `l`: `get_uri` is not `get_url`.
  const own = shapeOf(name.replaceAll('I', 'l'));
  if (own === small) return [small];
  const parts = name.toLowerCase() === name ? [] : name.split('I');
  return parts.length < 3 ? [small, own] : [small, own, ...mixed(parts.map((part) => part.toLowerCase()))];
}

/** Letters that are read both ways, at most: each doubles the number of forms. Any further ones are read as `i`. */
const MAX_READ = 6;

/** Each reading in which one of the letters between the parts is `i` and another one `l`. */
function mixed(parts: readonly string[]): string[] {
  const read = Math.min(parts.length - 1, MAX_READ);
  const last = parts.length - 1 > MAX_READ ? 2 ** read : 2 ** read - 1;
  const shapes: string[] = [];
  for (let reading = 1; reading < last; reading++)
    shapes.push(
      shapeOf(
        parts.reduce(
          (before, part, i) => `${before}${i <= read && (reading & (1 << (i - 1))) !== 0 ? 'l' : 'i'}${part}`,
        ),
      ),
    );
  return shapes;
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
