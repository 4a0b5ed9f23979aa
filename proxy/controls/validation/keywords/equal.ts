/** `enum` and `const`, and equality as JSON Schema has it: key order doesn't count, `1` and `1.0` are the same. */
import { isObject, type JsonObject, type JsonValue } from '../../../json/lossless.ts';
import { SchemaFault } from '../faults.ts';
import type { Run } from '../run.ts';
import type { Check } from '../schema.ts';
import { shown } from './words.ts';

/** One text for all values that are equal. */
export function identityOf(value: JsonValue | undefined, run: Run | undefined): string {
  run?.enter();
  let text: string;
  if (typeof value === 'string') {
    run?.spend(value.length >> 4);
    text = JSON.stringify(value);
  } else if (Array.isArray(value)) text = `[${(value as readonly JsonValue[]).map((item) => identityOf(item, run)).join()}]`;
  else if (isObject(value)) {
    const keys = Object.keys(value).sort();
    run?.spend(4 + keys.length * 8);
    text = `{${keys.map((key) => `${JSON.stringify(key)}:${identityOf(value[key], run)}`).join()}}`;
  } else text = Object.is(value, -0) ? '0' : JSON.stringify(value ?? null);
  run?.leave();
  return text;
}

export function forEqual({ enum: values, const: only }: JsonObject): readonly Check[] {
  const checks: Check[] = [];
  if (values !== undefined) {
    if (!Array.isArray(values)) throw new SchemaFault('enum: expected a list');
    checks.push(oneOf(values as readonly JsonValue[]));
  }
  if (only !== undefined) checks.push(oneOf([only]));
  return checks;
}

function oneOf(values: readonly JsonValue[]): Check {
  const scalars = new Set(values.filter((value) => typeof value !== 'object' || value === null));
  const others = new Set(values.filter((value) => typeof value === 'object' && value !== null).map((value) => identityOf(value, undefined)));
  const expected = values.length === 1 ? shown(values[0]) : `one of ${listed(values)}`;
  return (value, run) => {
    const among = typeof value === 'object' && value !== null ? others.size > 0 && others.has(identityOf(value, run)) : scalars.has(value);
    return among || run.fail(expected, value);
  };
}

const MAX_LISTED = 20;

function listed(values: readonly JsonValue[]): string {
  const words = values.slice(0, MAX_LISTED).map(shown);
  return values.length > MAX_LISTED ? `${words.join(', ')} and ${values.length - MAX_LISTED} more` : words.join(', ');
}
