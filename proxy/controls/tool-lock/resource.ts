/** What a list of resources, a directory or a read shows of a file of a locked skill: nothing but what the lock says. */
import { fold } from '../../call/variants.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { LockedFile } from './files.ts';

const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/;

/** Members that readers that ignore case may take for these. */
const READ: ReadonlySet<string> = new Set(['uri', 'name', 'title', 'description', 'size', 'digest']);

/** The members in which a file differs from the lock. */
export function changesOf(entry: JsonObject, { uri, digest, size }: LockedFile): string[] {
  return [
    ...(entry['uri'] === uri && !hasVariant(entry) ? [] : ['uri']),
    ...(isOther(entry['digest'], digest) ? ['digest'] : []),
    ...(isOther(entry['size'], size) ? ['size'] : []),
  ];
}

function isOther(given: JsonValue | undefined, locked: string | number | undefined): boolean {
  return given !== undefined && locked !== undefined && given !== locked;
}

export function hasVariant(entry: JsonObject): boolean {
  return Object.keys(entry).some((key) => !READ.has(key) && READ.has(fold(key)));
}

/** Without texts that the lock doesn't have. Returns the same object if there are none. @param file undefined: a folder */
export function described(entry: JsonObject, uri: string, file: LockedFile | undefined): JsonObject {
  const { name, description } = file?.frontmatter ?? {};
  const last = lastOf(uri);
  const kept = Object.entries(entry).flatMap(([key, value]): [string, JsonValue | undefined][] => {
    switch (key) {
      case 'uri':
      case 'digest':
      case 'size':
        return [[key, value]];
      case 'name':
        return [[key, value === name && name !== undefined ? value : last]];
      case 'title':
        return value === name || value === last ? [[key, value]] : [];
      case 'description':
        return value === description ? [[key, value]] : [];
      case 'mimeType':
        return typeof value === 'string' && MEDIA_TYPE.test(value) ? [[key, value]] : [];
      default:
        return [];
    }
  });
  const same = kept.length === Object.keys(entry).length && kept.every(([key, value]) => entry[key] === value);
  return same ? entry : Object.fromEntries(kept);
}

const OF_CONTENT: ReadonlySet<string> = new Set(['uri', 'text', 'blob']);

/** The content of a file, without members that may hold other texts. Returns the same object if there are none. */
export function contentOnly(content: JsonObject): JsonObject {
  const entries = Object.entries(content);
  const kept = entries.filter(
    ([key, value]) =>
      OF_CONTENT.has(key) || (key === 'mimeType' && typeof value === 'string' && MEDIA_TYPE.test(value)),
  );
  return kept.length === entries.length ? content : Object.fromEntries(kept);
}

const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';
const OF_RESULT: ReadonlySet<string> = new Set(['resultType', 'ttlMs', 'cacheScope']);

/** A result without members that may hold other texts, but for who answered. Returns the same object if there are none. */
export function resultOnly(result: JsonObject, member: string): JsonObject {
  const entries = Object.entries(result);
  const kept = entries.flatMap(([key, value]): [string, JsonValue | undefined][] => {
    if (key === member || OF_RESULT.has(key)) return [[key, value]];
    if (key !== '_meta' || !isObject(value) || value[SERVER_INFO] === undefined) return [];
    return [[key, Object.keys(value).length === 1 ? value : { [SERVER_INFO]: value[SERVER_INFO] }]];
  });
  const isSame = kept.length === entries.length && kept.every(([key, value]) => result[key] === value);
  return isSame ? result : Object.fromEntries(kept);
}

function lastOf(uri: string): string {
  return uri.replace(/\/+$/, '').split('/').at(-1) ?? uri;
}
