/**
 * Digests of skills (SEP-2640), if a control may change what they are digests of. The new content is known only when it
 * is read, so the file list of a skill becomes `"dynamic"`: the extension's word for content without stable digests. A
 * host then reads without comparing digests, or declines the skill. It rejects a skill whose digest is wrong.
 */
import type { Call } from '../call/call.ts';
import { fold } from '../call/variants.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Reply } from './reply.ts';

/** Where results describe files: the member with one entry or a list of them. Some readers ignore the case of names. */
const DESCRIBING: Readonly<Record<string, string>> = {
  'skills/list': 'skills',
  'skills/get': 'skill',
  'resources/directory/read': 'resources',
};

/** Members of a skill or a file that describe content. */
const OF_CONTENT: ReadonlySet<string> = new Set(['digest', 'size'].map(fold));
const FILES = fold('resources');

/** The reply without digests and sizes of files. Other replies stay the same. */
export function withoutDigests(reply: Reply, { kind, method }: Call): Reply {
  const member = kind === 'request' && Object.hasOwn(DESCRIBING, method) ? DESCRIBING[method] : undefined;
  if (member === undefined || reply.kind === 'empty') return reply;
  const folded = fold(member);
  return reply
    .dependsOn([])
    .mapResult((result) => mapped(result, (key, value) => (fold(key) === folded ? undigestedIn(value) : value)));
}

/** The entries of a list, or one entry. */
function undigestedIn(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return undigested(value);
  const items = value as readonly JsonValue[];
  const next = items.map(undigested);
  return next.every((item, i) => item === items[i]) ? value : next;
}

function undigested(entry: JsonValue): JsonValue {
  if (!isObject(entry)) return entry;
  return mapped(entry, (key, value) => {
    const folded = fold(key);
    if (OF_CONTENT.has(folded)) return undefined;
    return folded === FILES && typeof value !== 'string' ? 'dynamic' : value;
  });
}

/** Undefined leaves a member out. Returns the same object if nothing changes. */
function mapped(object: JsonObject, map: (key: string, value: JsonValue) => JsonValue | undefined): JsonObject {
  const entries = Object.entries(object).map(
    ([key, value]) => [key, value, value === undefined ? undefined : map(key, value)] as const,
  );
  if (entries.every(([, before, after]) => before === after)) return object;
  return Object.fromEntries(entries.flatMap(([key, , after]) => (after === undefined ? [] : [[key, after]])));
}
