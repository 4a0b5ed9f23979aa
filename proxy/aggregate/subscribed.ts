/** URIs of a subscription in the form in which the client asked for them: it looks for that form. */
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { replaced } from './replaced.ts';

/** What an upstream granted, under the client's URIs. @param forms by the upstream's own URI */
export function grantedAs(params: JsonObject, forms: ReadonlyMap<string, string> | undefined): JsonObject {
  const filter = params['notifications'];
  const uris: unknown = isObject(filter) ? filter['resourceSubscriptions'] : undefined;
  if (forms === undefined || !isObject(filter) || !Array.isArray(uris)) return params;
  const shown = (uris as readonly JsonValue[]).map((uri) => (typeof uri === 'string' ? (forms.get(uri) ?? uri) : uri));
  return replaced(params, 'notifications', { ...filter, resourceSubscriptions: shown });
}
