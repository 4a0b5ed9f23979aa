/** A lock of one upstream without a prefix, made without the command: its tests load little. `written.ts` has the command's. */
import { canonical } from '../../../proxy/controls/tool-lock/canonical.ts';
import { type KindName, KINDS } from '../../../proxy/controls/tool-lock/kinds.ts';
import { type Lock, type LockedEntry, sha256Of } from '../../../proxy/controls/tool-lock/lock.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

export type Entries = Partial<Readonly<Record<KindName, readonly object[]>>>;

export function sealedLock(lists: Entries, instructions: readonly string[] = []): Lock {
  const entries = (kind: KindName): readonly LockedEntry[] =>
    (lists[kind] ?? []).map((given) => {
      const entry = given as JsonObject;
      const name = String(Object(entry)[KINDS[kind].key]);
      return { name, upstream: 'default', upstreamName: name, sha256: sha256Of(canonical(entry)), entry };
    });
  return {
    version: 1,
    server: 'u',
    upstreams: { default: '' },
    instructions: instructions.map((text) => ({ text, sha256: sha256Of(text) })),
    tools: entries('tools'),
    prompts: entries('prompts'),
    resourceTemplates: entries('resourceTemplates'),
    skills: entries('skills'),
  };
}
