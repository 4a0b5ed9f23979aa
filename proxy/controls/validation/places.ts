/** Where arguments fail, for the record of a call. */
import type { Failure, Segment } from '../../json-schema/failure.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonValue } from '../../json/value.ts';

const MOST = 5;
/** The form of names that may be logged. */
const NAME = /^[\w.-]{1,64}$/;

/** Names that the tool's schema declares. Any other is the client's own, which may be anything: it is `…`. */
export function placesOf(schema: JsonValue, failures: readonly Failure[]): string {
  const places = [...new Set(failures.map(({ path }) => placeOf(schema, path)))];
  return places.length <= MOST ? places.join(', ') : `${places.slice(0, MOST).join(', ')}, …`;
}

function placeOf(schema: JsonValue | undefined, path: readonly Segment[]): string {
  let place = '';
  let at = schema;
  for (const segment of path) {
    if (typeof segment === 'number') {
      at = memberOf(at, 'items');
      place += '[]';
      continue;
    }
    at = memberOf(memberOf(at, 'properties'), segment);
    const name = at === undefined || !NAME.test(segment) ? '…' : segment;
    place += place === '' ? name : `.${name}`;
    if (name === '…') break;
  }
  return place === '' ? 'arguments' : place;
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
