/** Everything that upstreams offer, as the rules look at it. */
import { KIND_NAMES } from '../../proxy/controls/tool-lock/kinds.ts';
import type { Lock } from '../../proxy/controls/tool-lock/lock.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Subject } from './rules/rule.ts';

/** @param before the reviewed lock, if any */
export function subjectsOf(now: Lock, before: Lock | undefined): Subject[] {
  const tools = now.tools.map(({ name, upstream }) => ({ name, upstream }));
  const entries = KIND_NAMES.flatMap((kind) => {
    const locked = new Map(before?.[kind].map(({ name, entry }) => [name, entry]));
    return now[kind].map(({ name, upstream, entry }): Subject => ({
      kind,
      name,
      upstream,
      entry,
      before: locked.get(name),
      tools,
    }));
  });
  if (now.instructions.length === 0 && now.serverInfo === undefined) return entries;
  const texts = ({ instructions, serverInfo }: Lock): JsonObject => ({
    texts: instructions.map(({ text }) => text),
    ...(serverInfo === undefined ? {} : { serverInfo }),
  });
  const [upstream = ''] = Object.keys(now.upstreams);
  return [
    ...entries,
    {
      kind: 'instructions',
      name: 'instructions',
      upstream,
      entry: texts(now),
      before: before === undefined ? undefined : texts(before),
      tools,
    },
  ];
}
