/** A value under a name: in an object, between other members, as structured content or as JSON in a text. */
import type { JsonObject, JsonValue } from '../../../../../../proxy/json/value.ts';
import type { Random } from '../random.ts';
import type { Made, Making, Value } from '../sample.ts';

const BESIDE: readonly (readonly [name: string, value: (random: Random) => JsonValue])[] = [
  ['status', (r) => r.word('open closed pending')],
  ['active', (r) => r.chance(0.5)],
  ['city', (r) => r.word('Lisbon Oslo Wien Kyoto')],
  ['score', (r) => r.int(1, 99)],
  ['tags', (r) => [r.word('vip new trial')]],
  ['plan', (r) => r.word('basic pro')],
];

export function usualField(value: Value, making: Making): Made | undefined {
  return field(value, making, making.words.of('fields', making.type));
}

export function unusualField(value: Value, making: Making): Made | undefined {
  return field(value, making, making.words.of('unusual', making.type));
}

function field({ text }: Value, { random, words }: Making, names: readonly string[]): Made | undefined {
  if (names.length === 0) return undefined;
  const name = random.pick(names);
  // A number, as a backend with such a column sends it.
  const asNumber = /^[1-9]\d{6,14}$/.test(text) && random.chance(0.3);
  let document = among(name, asNumber ? Number(text) : text, random);
  if (random.chance(0.4)) document = wrapped(random.pick(words.of('wrappers')), document, random);
  return { shape: asNumber ? 'number' : name, document: random.chance(0.3) ? JSON.stringify(document) : document };
}

/** `a.b` is `b` within `a`. */
export function among(path: string, value: JsonValue, random: Random): JsonObject {
  const [name = '', ...within] = path.split('.').toReversed();
  let made: JsonObject = { ...beside(random), [name]: value, ...beside(random) };
  for (const outer of within) made = { [outer]: made };
  return made;
}

function beside(random: Random): JsonObject {
  if (random.chance(0.4)) return {};
  const [name, make] = random.pick(BESIDE);
  return { [name]: make(random) };
}

function wrapped(name: string, inner: JsonObject, random: Random): JsonObject {
  return { [name]: random.chance(0.5) ? [inner] : inner };
}
