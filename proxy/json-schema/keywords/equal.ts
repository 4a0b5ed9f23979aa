/** `enum` and `const`, with JSON Schema's equality: key order doesn't count, `1` equals `1.0`. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check } from '../compiler.ts';
import { textOf } from '../decimal.ts';
import type { Segment } from '../failure.ts';
import { SchemaFault } from '../faults.ts';
import type { Run } from '../run.ts';
import { shown } from './words.ts';

/**
 * The same text for all equal values.
 * @param run undefined for a value from a schema, whose numbers are doubles
 */
export function identityOf(value: JsonValue | undefined, run: Run | undefined): string {
  run?.enter();
  let text: string;
  if (typeof value === 'string') {
    run?.spend(value.length >> 4);
    text = JSON.stringify(value);
  } else if (typeof value === 'number') text = numberText(value, run);
  else if (Array.isArray(value))
    text = `[${(value as readonly JsonValue[]).map((item, i) => within(i, item, run)).join()}]`;
  else if (isObject(value)) {
    const keys = Object.keys(value).sort();
    run?.spend(4 + keys.length * 8);
    text = `{${keys.map((key) => `${JSON.stringify(key)}:${within(key, value[key], run)}`).join()}}`;
  } else text = JSON.stringify(value ?? null);
  run?.leave();
  return text;
}

function within(segment: Segment, value: JsonValue | undefined, run: Run | undefined): string {
  run?.path.push(segment);
  const text = identityOf(value, run);
  run?.path.pop();
  return text;
}

/** A number that no double holds exactly gets a text that no double has. */
function numberText(value: number, run: Run | undefined): string {
  const exact = run?.exact();
  return exact === undefined ? String(value) : textOf(exact);
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
  const others = new Set(
    values.filter((value) => typeof value === 'object' && value !== null).map((value) => identityOf(value, undefined)),
  );
  const expected = values.length === 1 ? shown(values[0]) : `one of ${listed(values)}`;
  return (value, run) => {
    const among =
      typeof value === 'object' && value !== null
        ? others.size > 0 && others.has(identityOf(value, run))
        : scalars.has(value) && (typeof value !== 'number' || run.exact() === undefined);
    return among || run.fail(expected, value);
  };
}

const MAX_LISTED = 20;

function listed(values: readonly JsonValue[]): string {
  const words = values.slice(0, MAX_LISTED).map(shown);
  return values.length > MAX_LISTED ? `${words.join(', ')} and ${values.length - MAX_LISTED} more` : words.join(', ');
}
