/** The lock of an upstream that lists these entries, written as `npm run tools -- lock` writes it. */
import type { Entries } from '../../../bin/tools/live.ts';
import { lockOfOffered, lockText } from '../../../bin/tools/lock-file.ts';
import { KIND_NAMES, type KindName, KINDS } from '../../../proxy/controls/tool-lock/kinds.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

export type Listing = Partial<Readonly<Record<KindName, readonly object[]>>> & {
  readonly instructions?: string;
  readonly serverInfo?: JsonObject;
};

/** @param prefix what stands before the names of the upstream */
export function writtenLock(
  { instructions, serverInfo = {}, ...lists }: Listing,
  prefix = '',
  upstream = 'default',
): object {
  const entries = (kind: KindName): Entries =>
    new Map((lists[kind] ?? []).map((entry) => [String(Object(entry)[KINDS[kind].key]), entry as JsonObject]));
  const lock = lockOfOffered({
    live: {
      server: 'u',
      serverInfo,
      instructions: instructions === undefined ? [] : [instructions],
      isModern: true,
      tools: entries('tools'),
      prompts: entries('prompts'),
      resourceTemplates: entries('resourceTemplates'),
      skills: entries('skills'),
    },
    upstreams: { [upstream]: prefix },
    originOf: (kind, name) => ({
      upstream,
      upstreamName: KIND_NAMES.indexOf(kind) < 2 ? name.slice(prefix.length) : name,
    }),
  });
  return JSON.parse(lockText(lock)) as object;
}
