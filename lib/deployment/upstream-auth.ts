import { either, isRecord, type Parse } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { saying, type Schema, schemaOf } from '../rules/schema.ts';
/**
 * `upstreamAuth` of an entry: how the proxy authenticates to its upstream. It names the places of secrets, never their
 * values. The form of each way is in `lib/upstream-auth/`.
 */
import { UpstreamAuth } from '../upstream-auth.ts';
import type { EntryOf, Meaning } from '../upstream-auth/way.ts';
import type { Home } from './arn.ts';

/** `iam` is SigV4. What other tools call `jwt` is `oauth` here. */
export type UpstreamAuthEntry = EntryOf<(typeof UpstreamAuth.ways)[keyof typeof UpstreamAuth.ways]>;

const WAYS = Object.values(UpstreamAuth.ways);
const FORMS = either(WAYS.map(({ written, key }) => (written === 'as a word' ? `"${key}"` : `{ ${key}: … }`)));

const anyWay = (): Schema => ({ anyOf: WAYS.map(({ entry }) => schemaOf(entry)) });

export const upstreamAuth: Parse<UpstreamAuthEntry> = saying(anyWay, (value, place) => {
  if (value === 'jwt') return place.expected(`${FORMS} (what other tools call jwt is oauth here)`, value);
  const way = WAYS.find(({ written, key }) =>
    written === 'as a word' ? value === key : isRecord(value) && value[key] !== undefined,
  );
  if (way !== undefined) return way.entry(value, place);
  if (!isRecord(value)) return place.expected(FORMS, value);
  const [key] = Object.keys(value);
  return place.fault(
    `expected ${FORMS}, got ${key === undefined ? 'an empty object' : `an object with ${JSON.stringify(key)}`}`,
  );
});

/** @param entry a parsed entry */
export function upstreamAuthOf(entry: UpstreamAuthEntry): UpstreamAuth {
  return new UpstreamAuth(meaningOf(entry).bind);
}

export function checkUpstreamAuth(entry: UpstreamAuthEntry, home: Home, place: Place): void {
  meaningOf(entry).checkHome(home, place);
}

function meaningOf(entry: UpstreamAuthEntry): Meaning {
  for (const { meaning } of WAYS) {
    const found = meaning(entry);
    if (found !== undefined) return found;
  }
  throw new TypeError('expected a parsed upstreamAuth');
}
