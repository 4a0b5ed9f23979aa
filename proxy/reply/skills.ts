/**
 * Digests of skills (SEP-2640), if a control may change what they are digests of. The new content is known only when it
 * is read, so the file list of a skill becomes `"dynamic"`: the extension's word for content without stable digests. A
 * host then reads without comparing digests, or declines the skill. It rejects a skill whose digest is wrong.
 */
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Reply } from './reply.ts';

const WITHOUT: Readonly<Record<string, (result: JsonObject) => JsonObject>> = {
  'skills/list': (result) => inList(result, 'skills', undigested),
  'skills/get': (result) => {
    const { skill } = result;
    const next = skill === undefined ? skill : undigested(skill);
    return next === skill ? result : { ...result, skill: next };
  },
  'resources/directory/read': (result) => inList(result, 'resources', unsized),
};

/** The reply without digests and sizes of files. Other replies stay the same. */
export function withoutDigests(reply: Reply, { kind, method }: Call): Reply {
  const map = kind === 'request' && Object.hasOwn(WITHOUT, method) ? WITHOUT[method] : undefined;
  return map === undefined || reply.kind === 'empty' ? reply : reply.mapResult(map);
}

function inList(result: JsonObject, member: string, map: (item: JsonValue) => JsonValue): JsonObject {
  const items = result[member];
  if (!Array.isArray(items)) return result;
  const next = (items as readonly JsonValue[]).map(map);
  return next.every((item, i) => item === items[i]) ? result : { ...result, [member]: next };
}

function undigested(skill: JsonValue): JsonValue {
  return isObject(skill) && Array.isArray(skill['resources']) ? { ...skill, resources: 'dynamic' } : skill;
}

function unsized(resource: JsonValue): JsonValue {
  if (!isObject(resource) || resource['size'] === undefined) return resource;
  const { size: _, ...others } = resource;
  return others;
}
