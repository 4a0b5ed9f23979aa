/** The folder of this package: sources in a checkout, compiled files in an installed package. */
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);

export const ROOT = dirname(dirname(here));

/** Only a package that was published is compiled. */
export const IS_PUBLISHED = extname(here) === '.js';

/** Returns the path of a module of this package, named without its ending. */
export function moduleFile(name: string): string {
  return join(ROOT, `${name}${extname(here)}`);
}
