/** The digits that numbers were written with: a double keeps 15 to 17 of them. */
import { isObject, type JsonValue } from './lossless.ts';
import { eachNumber, type Step } from './numbers.ts';

/** By the object or list that a number stands in, and by its key there. */
export type Numbers = ReadonlyMap<object, ReadonlyMap<Step, string>>;

/** A shorter text says no more than its double. */
const LONG = 16;

/** The JSON text that a message was read from. */
export interface Source {
  readonly json: string;
  /** What that text was read as, or what was made of it: what isn't where it was in the text is not found there. */
  readonly value: JsonValue;
}

/** The text of every number that a double may not hold. */
export function numbersOf(source: Source | undefined): Numbers {
  const found = new Map<object, Map<Step, string>>();
  if (source === undefined) return found;
  eachNumber(source.json, (token, path) => {
    const key = path.at(-1);
    if (token.length < LONG || key === undefined) return;
    const holder = path.slice(0, -1).reduce<JsonValue | undefined>(within, source.value);
    if (typeof holder !== 'object' || holder === null) return;
    const here = found.get(holder);
    if (here === undefined) found.set(holder, new Map([[key, token]]));
    else here.set(key, token);
  });
  return found;
}

function within(value: JsonValue | undefined, key: Step): JsonValue | undefined {
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
