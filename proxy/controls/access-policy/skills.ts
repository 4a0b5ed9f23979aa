/**
 * Skills (SEP-2640) show what the caller may read: a skill is shown if its `SKILL.md` may be read, with those of its
 * files that may be read. A file that is not listed counts as no file of the skill, so hosts don't read it.
 */
import { ProxyError } from '../../base/errors.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { entriesOf, refuseVariants } from '../shared/entries.ts';
import { type May, those } from './kept.ts';
import { reading } from './requests.ts';

/** A skill as the caller may see it; undefined if not at all. Throws `inspection-failed` if its files are no list. */
export async function shownSkill(skill: JsonValue, may: May): Promise<JsonValue | undefined> {
  if (!isReadable(skill, may)) return undefined;
  refuseVariants(skill, 'resources');
  // "dynamic": the skill names no file.
  if (skill['resources'] === undefined || typeof skill['resources'] === 'string') return skill;
  const files = entriesOf(skill, 'resources');
  const shown = await those(files, (file) => isReadable(file, may));
  return shown === files ? skill : { ...skill, resources: shown };
}

/** The result of `skills/get`. Undefined: the caller may not see the skill in it. */
export async function shownIn(result: JsonObject, may: May): Promise<JsonObject | undefined> {
  refuseVariants(result, 'skill');
  const { skill } = result;
  // The upstream asks something first.
  if (skill === undefined) return result;
  if (!isObject(skill))
    throw new ProxyError('inspection-failed', 'cannot filter the skill: expected an object, got something else');
  const shown = await shownSkill(skill, may);
  return shown === undefined ? undefined : shown === skill ? result : { ...result, skill: shown };
}

function isReadable(entry: JsonValue, may: May): entry is JsonObject {
  return isObject(entry) && typeof entry['uri'] === 'string' && may(reading(entry['uri']));
}
