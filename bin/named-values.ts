/** Options such as `--upstream NAME=URL`, which give each upstream of a config a value. */
import { shownUrl } from '../proxy/base/shown-url.ts';

/** Values by the upstream that they are for. With one upstream, a value needs no name. Adds to `faults`. */
export function byName(
  option: string,
  what: string,
  values: readonly string[],
  names: readonly string[],
  faults: string[],
): Map<string, string> {
  const found = new Map<string, string>();
  for (const value of values) {
    // A URL has a colon before any equals sign.
    const [, name = names.length === 1 ? names[0] : undefined, rest = value] =
      /^([a-z][a-z0-9-]*)=(.*)$/s.exec(value) ?? [];
    if (name === undefined || !names.includes(name))
      faults.push(
        `${option}: expected ${names.length === 1 ? `${what}, since the config has one upstream` : `NAME=${what}, where NAME is ${names.join(' or ')}`}, got ${JSON.stringify(name === undefined ? shownUrl(value) : `${name}=${shownUrl(rest)}`)}`,
      );
    else if (found.has(name)) faults.push(`${option}: expected one ${what} for ${name}, got two`);
    else found.set(name, rest);
  }
  return found;
}
