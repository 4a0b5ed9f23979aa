/** Methods as a config names them. A misspelt one would be a rule for nothing, and nobody would notice. */
import { METHODS } from '../../call/methods.ts';

/**
 * What is wrong with a method's name; undefined: nothing. A method of an extension may have any name that isn't all but
 * that of one of MCP's.
 * @param known those that are meant where they are misspelt. @default - all that MCP has
 */
export function methodFault(name: string, known: readonly string[] = METHODS): string | undefined {
  if (known.includes(name)) return undefined;
  if (name.includes('*'))
    return `expected a method as MCP writes it: * is no pattern here, got ${JSON.stringify(name)}`;
  const meant = known.find((method) => isNearly(name.trim().toLowerCase(), method.toLowerCase()));
  return meant === undefined
    ? undefined
    : `expected a method of MCP's or of an extension, got ${JSON.stringify(name)}: is ${meant} meant?`;
}

/**
 * Whether two names are the same but for one letter, left out, put in, in place of another, or changed with the next.
 */
function isNearly(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return (
    swapped || a.slice(at + 1) === b.slice(at + 1) || a.slice(at) === b.slice(at + 1) || a.slice(at + 1) === b.slice(at)
  );
}
