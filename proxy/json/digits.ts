/** The digits that numbers were written with: a double keeps 15 to 17 of them. */
import { isObject, type JsonValue } from './lossless.ts';
import { stringEnd } from './string-end.ts';

type Key = string | number;
/** By the object or list that a number stands in, and by its key there. */
export type Numbers = ReadonlyMap<object, ReadonlyMap<Key, string>>;

/** A shorter text says no more than its double. */
const LONG = 16;
const NUMBER = /-?\d[\d.eE+-]*/y;

/** The JSON text that a message was read from. */
export interface Source {
  readonly json: string;
  /** What that text was read as, or what was made of it: what isn't where it was in the text is not found there. */
  readonly value: JsonValue;
}

interface Level {
  readonly value: JsonValue | undefined;
  readonly isList: boolean;
  key: Key;
}

/** The text of every number that a double may not hold. One pass over a text that was checked. */
export function numbersOf(source: Source | undefined): Numbers {
  const found = new Map<object, Map<Key, string>>();
  if (source === undefined) return found;
  const { json, value } = source;
  const levels: Level[] = [];
  let level: Level | undefined;
  let isKey = false;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case 0x22: {
        const end = stringEnd(json, at);
        if (isKey && level !== undefined) level.key = JSON.parse(json.slice(at, end)) as string;
        isKey = false;
        at = end - 1;
        break;
      }
      case 0x7b:
      case 0x5b: {
        isKey = json.charCodeAt(at) === 0x7b;
        level = { value: levels.length === 0 ? value : within(level), isList: !isKey, key: isKey ? '' : 0 };
        levels.push(level);
        break;
      }
      case 0x7d:
      case 0x5d:
        levels.pop();
        level = levels.at(-1);
        isKey = false;
        break;
      case 0x2c:
        if (level === undefined) break;
        isKey = !level.isList;
        if (typeof level.key === 'number') level.key++;
        break;
      default: {
        const c = json.charCodeAt(at);
        if (c !== 0x2d && (c < 0x30 || c > 0x39)) break;
        NUMBER.lastIndex = at;
        const token = NUMBER.exec(json)?.[0] ?? '';
        if (token.length >= LONG && typeof level?.value === 'object' && level.value !== null) {
          const here = found.get(level.value);
          if (here === undefined) found.set(level.value, new Map([[level.key, token]]));
          else here.set(level.key, token);
        }
        at += Math.max(token.length, 1) - 1;
      }
    }
  }
  return found;
}

function within(level: Level | undefined): JsonValue | undefined {
  if (level === undefined) return undefined;
  const { value, key } = level;
  if (typeof key === 'number') return Array.isArray(value) ? (value as readonly JsonValue[])[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Digits that an exponent may add: nobody's number has more. */
const MOST = 64;

/** The digits of a number's whole part, without its sign: of `-12.5e1`, `125`. Empty where it has none, or more than anybody's number. */
export function wholeDigits(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(number) ?? [];
  const shift = Number(exponent);
  if (shift === 0) return whole;
  const digits = whole + fraction;
  const length = whole.length + shift;
  return length <= 0 || length > digits.length + MOST ? '' : digits.slice(0, length).padEnd(length, '0').replace(/^0+(?=\d)/, '');
}
