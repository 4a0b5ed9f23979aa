/** Keywords for objects. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check, Compiler } from '../compiler.ts';
import { SchemaFault } from '../faults.ts';
import { Kept, type Progress } from '../progress.ts';
import type { Run, Seen } from '../run.ts';
import { countAt } from './number.ts';
import { matches } from './text.ts';
import { wanted } from './type.ts';
import { cut } from './words.ts';

export interface Parts {
  readonly checks: readonly Check[];
  /** Checks that depend on what all others have evaluated. */
  readonly last: readonly Check[];
}

export function forObject(schema: JsonObject, compiler: Compiler): Parts {
  const { propertyNames, unevaluatedProperties } = schema;
  const checks: Check[] = [];
  const least = countAt(schema, 'minProperties');
  const most = countAt(schema, 'maxProperties');
  if (least !== undefined)
    checks.push((value, run) => countOf(value, run) >= least || run.fail(`at least ${least} members`, value));
  if (most !== undefined)
    checks.push((value, run) => countOf(value, run) <= most || run.fail(`at most ${most} members`, value));
  const properties = namedIn(schema, 'properties');
  checks.push(...required(stringsOf(schema['required'], 'required'), properties), ...dependent(schema, compiler));
  if (propertyNames !== undefined) checks.push(ofNames(compiler.of(propertyNames, 'propertyNames')));
  if (
    properties !== undefined ||
    schema['patternProperties'] !== undefined ||
    schema['additionalProperties'] !== undefined
  )
    checks.push(members(schema, properties ?? {}, compiler));
  return {
    checks,
    last:
      unevaluatedProperties === undefined ? [] : [unseen(compiler.of(unevaluatedProperties, 'unevaluatedProperties'))],
  };
}

function countOf(value: JsonValue, run: Run): number {
  const { length } = Object.keys(value as JsonObject);
  run.spend(4 * length);
  return length;
}

function namedIn(schema: JsonObject, keyword: string): JsonObject | undefined {
  const named = schema[keyword];
  if (named !== undefined && !isObject(named)) throw new SchemaFault(`${keyword}: expected an object`);
  return named;
}

function stringsOf(value: JsonValue | undefined, keyword: string): readonly string[] {
  // In draft 3 it was a boolean, which some schemas still use.
  if (value === undefined || typeof value === 'boolean') return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new SchemaFault(`${keyword}: expected a list of names`);
  return value;
}

function required(names: readonly string[], properties: JsonObject | undefined): readonly Check[] {
  if (names.length === 0) return [];
  return [
    (value, run) => {
      let holds = true;
      run.spend(names.length);
      for (const name of names) {
        if (Object.hasOwn(value as JsonObject, name)) continue;
        if (run.failures === undefined) return false;
        run.path.push(name);
        holds = run.fail(
          wanted(properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined),
          undefined,
        );
        run.path.pop();
      }
      return holds;
    },
  ];
}

/** `dependentRequired`, `dependentSchemas`, and the older `dependencies`, which could be either. */
function dependent(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const entries = [
    ...Object.entries(namedIn(schema, 'dependencies') ?? {}),
    ...Object.entries(namedIn(schema, 'dependentRequired') ?? {}),
    ...Object.entries(namedIn(schema, 'dependentSchemas') ?? {}),
  ];
  return entries.map(([name, needs]): Check => {
    const checks = Array.isArray(needs)
      ? required(stringsOf(needs, 'dependentRequired'), undefined)
      : [compiler.of(needs, 'dependentSchemas')];
    return (value, run, seen) => {
      run.spend(1);
      return !Object.hasOwn(value as JsonObject, name) || checks.every((check) => check(value, run, seen));
    };
  });
}

function ofNames(check: Check): Check {
  const fits = (key: string, run: Run): boolean => {
    run.spend(1);
    return run.silently(() => check(key, run, undefined));
  };
  const names: Check = (value, run) => {
    const { progress } = run;
    if (progress !== undefined) {
      const keys = keysOf(value as JsonObject, progress);
      return progress.every(names, keys, 0, keys.length, (i) => fits(keys[i] ?? '', run));
    }
    for (const key of Object.keys(value as JsonObject))
      if (!fits(key, run)) return run.fail('names of members that the schema allows', value);
    return true;
  };
  return names;
}

const listed = new Kept<readonly string[]>();

/** Listing the keys of a large object takes the engine milliseconds. */
function keysOf(value: JsonObject, progress: Progress): readonly string[] {
  return listed.of(progress, value, () => Object.keys(value));
}

function members(schema: JsonObject, properties: JsonObject, compiler: Compiler): Check {
  const { additionalProperties } = schema;
  const named = new Map(Object.entries(properties).map(([name, inner]) => [name, compiler.of(inner, 'properties')]));
  const byPattern = Object.entries(namedIn(schema, 'patternProperties') ?? {}).map(
    ([source, inner]) => [compiler.pattern(source), compiler.of(inner, 'patternProperties')] as const,
  );
  const other =
    additionalProperties === undefined ? undefined : compiler.of(additionalProperties, 'additionalProperties');
  const closed = additionalProperties === false;
  const expected = closed ? notThere([...named.keys()]) : '';
  const member = (key: string, item: JsonValue, run: Run, seen: Seen | undefined): boolean => {
    run.spend(1);
    const check = named.get(key);
    let known = check !== undefined;
    let holds = true;
    run.path.push(key);
    if (check !== undefined) holds = check(item, run, undefined);
    for (const [pattern, inner] of byPattern) {
      if (!matches(pattern, key, run)) continue;
      known = true;
      holds = inner(item, run, undefined) && holds;
    }
    if (!known && other !== undefined) {
      known = true;
      holds = (closed ? run.fail(expected, item) : other(item, run, undefined)) && holds;
    }
    run.path.pop();
    if (known) seen?.properties.add(key);
    return holds;
  };
  const checked: Check = (value, run, seen) => {
    const object = value as JsonObject;
    const { progress } = run;
    if (progress !== undefined) {
      const keys = keysOf(object, progress);
      return progress.every(checked, object, 0, keys.length, (i) =>
        member(keys[i] ?? '', object[keys[i] ?? ''] as JsonValue, run, undefined),
      );
    }
    let holds = true;
    // Values parsed from JSON inherit nothing enumerable.
    for (const key in object) {
      holds = member(key, object[key] as JsonValue, run, seen) && holds;
      if (!holds && run.failures === undefined) return false;
    }
    return holds;
  };
  return checked;
}

const MAX_NAMES = 20;

function notThere(names: readonly string[]): string {
  if (names.length === 0) return 'no arguments here';
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `only ${names.slice(0, MAX_NAMES).map(cut).join(', ')}${more}`;
}

function unseen(check: Check): Check {
  return (value, run, seen) => {
    if (!isObject(value) || seen === undefined || seen.everyProperty) return true;
    let holds = true;
    for (const key of Object.keys(value)) {
      run.spend(1);
      if (seen.properties.has(key)) continue;
      run.path.push(key);
      holds = check(value[key] as JsonValue, run, undefined) && holds;
      run.path.pop();
    }
    seen.everyProperty = true;
    return holds;
  };
}
