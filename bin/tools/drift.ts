/** What upstreams offer now, compared with the lock. */
import { byCodeUnits, canonical, isCanonically } from '../../proxy/controls/tool-lock/canonical.ts';
import { KIND_NAMES, type KindName, KINDS } from '../../proxy/controls/tool-lock/kinds.ts';
import type { Lock, LockedEntry } from '../../proxy/controls/tool-lock/lock.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { OptionError } from '../option-error.ts';
import { type Danger, dangersOf } from './rules/index.ts';
import { subjectsOf } from './subjects.ts';

export interface Change {
  readonly what: 'added' | 'removed' | 'changed';
  /** `tool`, `prompt`, `resource template`, `skill` or `instructions`. */
  readonly kind: string;
  readonly name: string;
  readonly upstream: string;
  /** Members that differ, if it changed. */
  readonly members: readonly string[];
  readonly dangers: readonly Danger[];
}

/** Throws `OptionError` if the lock was written for other upstreams. */
export function driftOf(lock: Lock, now: Lock): Change[] {
  refuseOthers(lock, now);
  const names = new Set(Object.keys(now.upstreams));
  const dangers = new Map(
    subjectsOf(now, lock).map((subject) => [`${subject.kind}\n${subject.name}`, dangersOf(subject)]),
  );
  const changes = KIND_NAMES.flatMap((kind) =>
    changesOf(
      lock[kind].filter(({ upstream }) => names.has(upstream)),
      now[kind],
      (name) => dangers.get(`${kind}\n${name}`) ?? [],
      kind,
    ),
  );
  // What the server says of itself is one text of all upstreams.
  const isWhole = Object.keys(lock.upstreams).length === names.size;
  const members = isWhole ? differingOfServer(lock, now) : [];
  if (members.length > 0)
    changes.push({
      what: isEmpty(lock) ? 'added' : isEmpty(now) ? 'removed' : 'changed',
      kind: 'instructions',
      name: now.server,
      upstream: [...names].join(', '),
      members: members.filter((member) => member !== 'instructions'),
      dangers: dangers.get('instructions\ninstructions') ?? [],
    });
  return changes;
}

function isEmpty({ instructions, serverInfo = {} }: Lock): boolean {
  return instructions.length === 0 && Object.keys(serverInfo).length === 0;
}

/** `instructions`, and members of the server's info. */
function differingOfServer(lock: Lock, now: Lock): string[] {
  const members = differingIn(lock.serverInfo ?? {}, now.serverInfo ?? {}).map((member) => `serverInfo.${member}`);
  return canonical(textsOf(lock)) === canonical(textsOf(now)) ? members : ['instructions', ...members];
}

function textsOf({ instructions }: Lock): string[] {
  return instructions.map(({ text }) => text);
}

function changesOf(
  locked: readonly LockedEntry[],
  now: readonly LockedEntry[],
  dangersIn: (name: string) => readonly Danger[],
  kind: KindName,
): Change[] {
  const before = new Map(locked.map((entry) => [entry.name, entry]));
  const after = new Map(now.map((entry) => [entry.name, entry]));
  const { word } = KINDS[kind];
  const removed = locked
    .filter(({ name }) => !after.has(name))
    .map(({ name, upstream }): Change => ({ what: 'removed', kind: word, name, upstream, members: [], dangers: [] }));
  const others = now.flatMap((entry): Change[] => {
    const old = before.get(entry.name);
    if (old?.sha256 === entry.sha256 && old.upstream === entry.upstream && old.upstreamName === entry.upstreamName)
      return [];
    const { name, upstream } = entry;
    return [
      {
        what: old === undefined ? 'added' : 'changed',
        kind: word,
        name,
        upstream,
        members: old === undefined ? [] : differing(old, entry),
        dangers: dangersIn(name),
      },
    ];
  });
  return [...others, ...removed];
}

function differingIn(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((member) => {
    const [was, is] = [before[member], after[member]];
    return was === undefined || is === undefined ? was !== is : !isCanonically(is, canonical(was));
  });
}

function differing(old: LockedEntry, now: LockedEntry): string[] {
  const own = differingIn(old.entry, now.entry);
  const isSame = old.upstream === now.upstream && old.upstreamName === now.upstreamName;
  return (isSame ? own : [...own, 'upstream']).toSorted(byCodeUnits);
}

function refuseOthers(lock: Lock, now: Lock): void {
  for (const [name, prefix] of Object.entries(now.upstreams)) {
    const locked = lock.upstreams[name];
    if (locked === prefix) continue;
    throw new OptionError([
      `expected a lock of the upstream ${name}${prefix === '' ? '' : ` with the prefix ${prefix}`}, got one of ${Object.keys(lock.upstreams).join(', ') || 'none'}: write it with npm run tools -- lock`,
    ]);
  }
  const isShared = now.tools.some(({ name }) => lock.tools.some((tool) => tool.name === name));
  if (lock.server !== now.server && !isShared && lock.tools.length > 0 && now.tools.length > 0)
    throw new OptionError([
      `expected the server that the lock was written for, ${JSON.stringify(lock.server)}, got ${JSON.stringify(now.server)}, which has none of its tools`,
    ]);
}
