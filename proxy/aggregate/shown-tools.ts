/** Tools and prompts under their clients' names, as controls get them. */
import type { Tool } from '@modelcontextprotocol/server';
import type { Member } from './member.ts';
import { skeleton } from './naming.ts';

interface Named {
  readonly name: string;
}

/** One object for each of the upstream's. */
const shownEntries = new WeakMap<object, Named>();

export function shown<T extends Named>(entry: T, { naming }: Member): T {
  if (naming.prefix === '') return entry;
  // What was kept for an entry is a copy of that entry, so it has its type.
  let found = shownEntries.get(entry) as T | undefined;
  if (found === undefined) {
    found = Object.freeze({ ...entry, name: naming.shown(entry.name) });
    shownEntries.set(entry, found);
  }
  return found;
}

export interface ToolsOf {
  readonly member: Member;
  readonly tools: readonly Tool[];
}

/** Those that clients can see and call: without names that are another's as well, or look like one. */
export function shownTools(lists: readonly ToolsOf[], members: readonly Member[]): readonly Tool[] {
  const bare = lists
    .filter(({ member }) => member.naming.prefix === '')
    .map(({ member, tools }) => ({ member, forms: new Set(tools.map(({ name }) => skeleton(name))) }));
  const isRivalled = (member: Member, name: string): boolean => {
    if (member.naming.prefix !== '') return false;
    const form = skeleton(name);
    return (
      members.some(({ prefixSkeleton }) => prefixSkeleton !== '' && form.startsWith(prefixSkeleton)) ||
      bare.some((other) => other.member !== member && other.forms.has(form))
    );
  };
  return lists.flatMap(({ member, tools }) =>
    [...byShownName(member, tools)].flatMap(([name, tool]) =>
      tool === undefined || isRivalled(member, name) ? [] : [shown(tool, member)],
    ),
  );
}

/** Undefined: two tools have this name, since it is shortened. A tool that is listed twice counts as it is listed first. */
function byShownName(member: Member, tools: readonly Tool[]): ReadonlyMap<string, Tool | undefined> {
  const found = new Map<string, Tool | undefined>();
  for (const tool of tools) {
    const name = member.naming.shown(tool.name);
    if (!found.has(name)) found.set(name, tool);
    else if (found.get(name)?.name !== tool.name) found.set(name, undefined);
  }
  return found;
}
