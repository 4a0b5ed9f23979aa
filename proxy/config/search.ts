import { kindOf } from '../base/kind-of.ts';
/** Tool search in a config: whether clients see all tools, or a search for them. */
import { lookOf, looksLike, looksLikeStart } from '../base/name-shapes.ts';
import { MAX_FOUND, type SearchSettings } from '../tool-search/settings.ts';
import { isRecord } from './values.ts';

export interface SearchConfig {
  /** Tools that are listed beside the search, by clients' names; `*` stands for any characters. @default - none */
  readonly pinned?: readonly string[];
  /** The names of the two tools. @default { search: 'search_tools', call: 'call_tool' } */
  readonly names?: { readonly search?: string; readonly call?: string };
  /** Tools that a search returns if its caller doesn't say how many; at most 20. @default 5 */
  readonly limit?: number;
}

const STANDARD: SearchSettings = { pinned: [], names: { search: 'search_tools', call: 'call_tool' }, limit: 5 };
/** What the APIs of models take as a tool's name. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Undefined: all tools are listed. @param prefixes of upstreams, with the separator; some may be empty */
export function searchOf(given: unknown, prefixes: readonly string[], errors: string[]): SearchSettings | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return STANDARD;
  if (!isRecord(given)) {
    errors.push(`config.search: expected true, false or an object, got ${kindOf(given)}`);
    return undefined;
  }
  const { pinned = [], names = {}, limit = STANDARD.limit, ...others } = given;
  for (const key of Object.keys(others))
    errors.push(`config.search: expected pinned, names, limit, got ${JSON.stringify(key)}`);
  return { pinned: pinnedOf(pinned, errors), names: namesOf(names, prefixes, errors), limit: limitOf(limit, errors) };
}

function pinnedOf(given: unknown, errors: string[]): readonly string[] {
  const isNames = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
  if (isNames(given)) return given;
  errors.push(`config.search.pinned: expected a list of names of tools, such as crm___*, got ${kindOf(given)}`);
  return [];
}

function namesOf(given: unknown, prefixes: readonly string[], errors: string[]): SearchSettings['names'] {
  const standard = STANDARD.names;
  if (!isRecord(given)) {
    errors.push(`config.search.names: expected an object with search, call or both, got ${kindOf(given)}`);
    return standard;
  }
  const { search = standard.search, call = standard.call, ...others } = given;
  for (const key of Object.keys(others))
    errors.push(`config.search.names: expected search, call, got ${JSON.stringify(key)}`);
  const names = {
    search: nameOf(search, 'search', errors) ?? standard.search,
    call: nameOf(call, 'call', errors) ?? standard.call,
  };
  if (names.search === names.call)
    errors.push(`config.search.names: expected two names, got ${JSON.stringify(names.call)} twice`);
  else if (looksLike(lookOf(names.search), lookOf(names.call)))
    errors.push(
      `config.search.names: expected names that look different, got ${JSON.stringify(names.search)} and ${JSON.stringify(names.call)}`,
    );
  for (const name of new Set(Object.values(names))) {
    const prefix = prefixes.find((each) => each !== '' && mayBeMistaken(name, each));
    if (prefix !== undefined)
      errors.push(
        `config.search.names: expected names that can't be taken for a tool of an upstream, got ${JSON.stringify(name)}, which begins like ${JSON.stringify(prefix)}`,
      );
  }
  return names;
}

/** Whether a name begins as if it had a prefix. */
function mayBeMistaken(name: string, prefix: string): boolean {
  return looksLikeStart(lookOf(name), lookOf(prefix));
}

function nameOf(given: unknown, which: 'search' | 'call', errors: string[]): string | undefined {
  if (typeof given === 'string' && NAME.test(given)) return given;
  errors.push(
    `config.search.names.${which}: expected 1 to 64 letters, digits, underscores or hyphens, got ${typeof given === 'string' ? JSON.stringify(given) : kindOf(given)}`,
  );
  return undefined;
}

function limitOf(given: unknown, errors: string[]): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= MAX_FOUND) return given;
  errors.push(`config.search.limit: expected a whole number from 1 to ${MAX_FOUND}, got ${String(given)}`);
  return STANDARD.limit;
}
