/** Files of a skill that have another content than the locked one. */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import type { Found, Rule } from './rule.ts';
import { excerpt } from './texts.ts';

export const digests: Rule = {
  name: 'digests',
  find({ kind, entry, before }) {
    if (kind !== 'skills' || before === undefined) return [];
    if (before['resources'] !== 'dynamic' && entry['resources'] === 'dynamic')
      return [{ where: 'resources', what: 'are made for each request, so no digest holds' }];
    const locked = filesOf(before);
    return [...filesOf(entry)].flatMap(([uri, digest]): Found[] => {
      if (locked.get(uri) === digest) return [];
      return [{ where: 'resources', what: `${excerpt(uri)} ${locked.has(uri) ? 'has another digest' : 'is new'}` }];
    });
  },
};

function filesOf({ resources }: JsonObject): ReadonlyMap<string, unknown> {
  const files: readonly unknown[] = Array.isArray(resources) ? resources : [];
  return new Map(
    files.flatMap((file) =>
      isObject(file) && typeof file['uri'] === 'string' ? [[file['uri'], file['digest']] as const] : [],
    ),
  );
}
