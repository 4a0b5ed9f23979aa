/** `type`, and how the expected type is described in a message. */
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check } from '../compiler.ts';
import { isWhole } from '../decimal.ts';
import { SchemaFault } from '../faults.ts';
import type { Run } from '../run.ts';

const TYPES: Readonly<
  Record<string, { readonly is: (value: JsonValue, run: Run) => boolean; readonly words: string }>
> = {
  string: { is: (value) => typeof value === 'string', words: 'a string' },
  number: { is: (value) => typeof value === 'number', words: 'a number' },
  integer: { is: isInteger, words: 'an integer' },
  boolean: { is: (value) => typeof value === 'boolean', words: 'true or false' },
  null: { is: (value) => value === null, words: 'null' },
  array: { is: (value) => Array.isArray(value), words: 'a list' },
  object: { is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value), words: 'an object' },
};

function isInteger(value: JsonValue, run: Run): boolean {
  if (typeof value !== 'number') return false;
  const exact = run.exact();
  return exact === undefined ? Number.isInteger(value) : isWhole(exact);
}

export function forType({ type }: JsonObject): readonly Check[] {
  if (type === undefined) return [];
  const types = (Array.isArray(type) ? (type as readonly JsonValue[]) : [type]).map((name) => {
    const known = typeof name === 'string' && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
    if (known === undefined) throw new SchemaFault('type: expected one of the seven types of JSON Schema');
    return known;
  });
  const words = types.map((known) => known.words).join(' or ');
  const [only] = types;
  const { is } =
    types.length === 1 && only !== undefined
      ? only
      : { is: (value: JsonValue, run: Run) => types.some((known) => known.is(value, run)) };
  return [(value, run) => is(value, run) || run.fail(words, value)];
}

/** Describes what a schema expects, without following references. */
export function wanted(schema: JsonValue | undefined): string {
  const type =
    typeof schema === 'object' && schema !== null && !Array.isArray(schema)
      ? (schema as JsonObject)['type']
      : undefined;
  const names = Array.isArray(type) ? (type as readonly JsonValue[]) : [type];
  const words = names.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(TYPES, name) ? [TYPES[name]?.words ?? ''] : [],
  );
  return words.length === 0 ? 'a value' : words.join(' or ');
}
