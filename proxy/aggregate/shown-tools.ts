/** Tools and prompts under their clients' names, as controls get them. */
import type { Tool } from '@modelcontextprotocol/server';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import { readBare, rivalOf } from './look-alikes.ts';
import type { Member } from './member.ts';

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
export async function shownTools(lists: readonly ToolsOf[], members: readonly Member[]): Promise<readonly Tool[]> {
  const bare = [];
  for (const { member, tools } of lists)
    if (member.naming.prefix === '')
      bare.push({
        member,
        ...(await readBare(
          tools,
          tools.map(({ name }) => name),
        )),
      });
  const found: Tool[] = [];
  for (const { member, tools } of lists)
    for (const [name, tool] of byShownName(member, tools)) {
      if (tool !== undefined && rivalOf(member, name, members, bare) === undefined) found.push(shown(tool, member));
      if (isTurnOver()) await nextTurn();
    }
  return found;
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
