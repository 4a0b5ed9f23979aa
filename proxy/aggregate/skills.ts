/**
 * Skills (SEP-2640) as the client of several upstreams gets them. All URIs of a skill have one form, since a host takes no
 * file that is outside the skill's folder.
 */
import { isObject, JsonText } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { wrapUri } from './uris.ts';

const MANIFEST = /\/SKILL\.md$/;

/**
 * The URIs that a client may read of a skill, its folder included. If it doesn't list its files, one in its folder stands for
 * them.
 */
export function urisIn(skill: JsonValue): readonly string[] {
  if (!isObject(skill)) return [];
  const { uri, resources } = skill;
  const own = typeof uri === 'string' ? [uri, uri.replace(MANIFEST, '')] : [];
  return Array.isArray(resources)
    ? [...own, ...(resources as readonly JsonValue[]).flatMap((file) => (hasUri(file) ? [file.uri] : []))]
    : [...own, ...own.slice(0, 1).map((manifest) => manifest.replace(MANIFEST, '/x'))];
}

/** A skill of an upstream, its URIs with the upstream's name. */
export function wrappedSkill(upstream: string, skill: JsonValue): JsonValue {
  if (!isObject(skill)) return skill;
  const next = hasUri(skill) ? { ...skill, uri: wrapUri(upstream, skill.uri) } : skill;
  return { ...next, ...wrappedIn(upstream, skill, 'resources') };
}

/** {@link wrappedSkill} of a text, which keeps its other bytes. */
export function wrappedSkillText(upstream: string, text: string): string {
  const json = JsonText.parse(text);
  return json.edit(wrappedSkill(upstream, json.value));
}

/** A list of an upstream's resources, their URIs with the upstream's name, as a member; none if it is no list. */
export function wrappedIn(upstream: string, holder: JsonObject, member: string): JsonObject {
  const list = holder[member];
  if (!Array.isArray(list)) return {};
  return {
    [member]: (list as readonly JsonValue[]).map((item) =>
      hasUri(item) ? { ...item, uri: wrapUri(upstream, item.uri) } : item,
    ),
  };
}

function hasUri(item: JsonValue): item is JsonObject & { readonly uri: string } {
  return isObject(item) && typeof item['uri'] === 'string';
}
