/** Annotations by which clients decide whether to ask their user: weaker ones let a dangerous tool run unasked. */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import type { Found, Rule } from './rule.ts';

const DESTROYS =
  /(?:^|[_.\-/]|(?<=[a-z])(?=[A-Z]))(?:delete|remove|drop|destroy|purge|wipe|erase|truncate|revoke|terminate|kill|overwrite|write|send|transfer|pay)(?:$|[_.\-/]|(?=[A-Z]))/i;

export const hints: Rule = {
  name: 'hints',
  find({ kind, name, entry, before }) {
    if (kind !== 'tools') return [];
    const found: Found[] = [];
    const hint = (of: JsonObject | undefined, key: string): JsonValue | undefined =>
      isObject(of?.['annotations']) ? of['annotations'][key] : undefined;
    const changed = (key: string): boolean => before !== undefined && hint(before, key) !== hint(entry, key);
    // Without the hint, a client takes a tool for destructive: only false and a dropped true say less.
    if (
      changed('destructiveHint') &&
      (hint(before, 'destructiveHint') === true || hint(entry, 'destructiveHint') === false)
    )
      found.push({ where: 'annotations.destructiveHint', what: 'no longer says that the tool destroys data' });
    if (changed('readOnlyHint') && hint(entry, 'readOnlyHint') === true)
      found.push({ where: 'annotations.readOnlyHint', what: 'now says that the tool only reads' });
    if (changed('openWorldHint') && hint(entry, 'openWorldHint') === false)
      found.push({ where: 'annotations.openWorldHint', what: 'now says that the tool reaches nothing outside' });
    if (before === undefined && hint(entry, 'readOnlyHint') === true && DESTROYS.test(name))
      found.push({ where: 'annotations.readOnlyHint', what: 'says that the tool only reads, unlike its name' });
    return found;
  },
};
