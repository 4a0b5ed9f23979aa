/** Whether a name that no policy permits exists at all, and which known one may have been meant. The client learns neither. */
import { nearest } from '../../lib/rules/nearest.ts';
import type { Noted } from './reasons.ts';

/** What names a thing of each method, and how to see all of them. */
const KINDS: Readonly<Record<string, string | undefined>> = { 'tools/call': 'tool', 'prompts/get': 'prompt' };
/** Longest name that is compared. */
const MOST = 256;

export interface KnownNames {
  /** All names that upstreams list, as clients see them. Undefined: they are not known. */
  readonly listed: readonly string[] | undefined;
  /** Others that exist, such as those of successful calls. */
  readonly others: readonly string[];
}

/** What may have to change about the name; empty: it exists, or something else than a missing permit refused it. */
export function nameRemedies({ control, decision, facts, method = '', name }: Noted, known: KnownNames): string[] {
  const kind = KINDS[method];
  if (control !== 'access-policy' || decision !== 'unknown-name' || kind === undefined) return [];
  if (name === undefined || name === '…' || name.length > MOST || facts.some(({ policy }) => policy !== undefined))
    return [];
  const { listed, others } = known;
  if (listed?.includes(name) === true || (listed === undefined && others.includes(name))) return [];
  const meant = nearest(
    name,
    [...new Set([...(listed ?? []), ...others])].filter((one) => one.length <= MOST),
  );
  const may = meant === undefined ? '' : `: ${JSON.stringify(meant)} may be meant`;
  return [
    listed === undefined
      ? `the name, if it is misspelt${may}. Whether there is a ${kind} ${JSON.stringify(name)} is not known here; the policy refuses all names that it does not permit in the same way`
      : `the name: no upstream lists a ${kind} ${JSON.stringify(name)}${may}`,
  ];
}
