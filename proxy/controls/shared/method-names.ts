/** Checks method names in a config: a rule for a misspelt method would never apply, and nobody would notice. */
import { METHODS } from '../../call/methods.ts';

/**
 * The fault of a method's name; undefined if there is none. A method of an extension may have any name that is not a
 * near miss of an MCP method.
 * @param known the methods that a misspelt name is compared with. @default - all methods of MCP
 */
export function methodFault(name: string, known: readonly string[] = METHODS): string | undefined {
  if (known.includes(name)) return undefined;
  if (name.includes('*')) return `expected the name of one method, without *, got ${JSON.stringify(name)}`;
  const meant = known.find((method) => isNearly(name.trim().toLowerCase(), method.toLowerCase()));
  return meant === undefined
    ? undefined
    : `expected a method of MCP or of an extension, got ${JSON.stringify(name)}: did you mean ${meant}?`;
}

/** Whether two names differ in one letter only: missing, added, replaced, or swapped with the next. */
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
