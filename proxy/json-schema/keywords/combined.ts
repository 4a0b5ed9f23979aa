/** Schemas applied at the same place: references, combinations, conditions. */
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check, Compiler } from '../compiler.ts';
import type { Failure } from '../failure.ts';
import { SchemaFault } from '../faults.ts';
import { type Run, Seen } from '../run.ts';

export function combined(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const { $ref, $dynamicRef, $recursiveRef, allOf, anyOf, oneOf, not, if: condition } = schema;
  const checks: Check[] = [];
  if ($ref !== undefined) checks.push(compiler.elsewhere(compiler.references.resolve($ref, compiler.resource).schema));
  if ($dynamicRef !== undefined) checks.push(dynamic($dynamicRef, compiler));
  if ($recursiveRef !== undefined) {
    if ($recursiveRef !== '#') throw new SchemaFault('$recursiveRef: expected "#"');
    checks.push(dynamic($recursiveRef, compiler));
  }
  if (allOf !== undefined) checks.push(...listOf(allOf, 'allOf', compiler));
  if (anyOf !== undefined) checks.push(some(listOf(anyOf, 'anyOf', compiler)));
  if (oneOf !== undefined) checks.push(exactlyOne(listOf(oneOf, 'oneOf', compiler)));
  if (not !== undefined) checks.push(none(compiler.of(not, 'not')));
  if (condition !== undefined) checks.push(conditional(schema, compiler));
  return checks;
}

function listOf(value: JsonValue, keyword: string, compiler: Compiler): readonly Check[] {
  if (!Array.isArray(value)) throw new SchemaFault(`${keyword}: expected a list of schemas`);
  return (value as readonly JsonValue[]).map((inner) => compiler.of(inner, keyword));
}

/**
 * Resolves to the outermost schema in the dynamic scope with that anchor (JSON Schema 2020-12, core, 8.2.3.2; 2019-09,
 * core, 8.2.4.2).
 */
function dynamic(ref: JsonValue, compiler: Compiler): Check {
  const { schema, dynamicAnchor } = compiler.references.resolve(ref, compiler.resource);
  const here = compiler.elsewhere(schema);
  if (dynamicAnchor === undefined) return here;
  const targets = new Map(
    compiler.references
      .dynamicTargets(dynamicAnchor)
      .map(([resource, target]) => [resource, compiler.elsewhere(target)]),
  );
  return (value, run, seen) => {
    run.spend(run.scope.length);
    const outermost = run.scope.find((resource) => targets.has(resource));
    return ((outermost === undefined ? undefined : targets.get(outermost)) ?? here)(value, run, seen);
  };
}

/** Runs a branch; if it fits and `seen` is given, adds what it evaluated. */
function branch(check: Check, value: JsonValue, run: Run, seen: Seen | undefined): boolean {
  if (seen === undefined) return check(value, run, undefined);
  const own = new Seen();
  const holds = check(value, run, own);
  if (holds) seen.add(own, run);
  return holds;
}

function some(checks: readonly Check[]): Check {
  return (value, run, seen) => {
    let holds = false;
    for (const check of checks) {
      if (!run.silently(() => branch(check, value, run, seen))) continue;
      holds = true;
      // Without `seen`, one branch that fits is enough; otherwise all add to it.
      if (seen === undefined) break;
    }
    if (!holds && run.failures !== undefined) explain(checks, value, run);
    return holds;
  };
}

function exactlyOne(checks: readonly Check[]): Check {
  return (value, run, seen) => {
    let found = 0;
    for (const check of checks) {
      if (run.silently(() => branch(check, value, run, seen)) && ++found > 1)
        return run.fail('a value of one form only: this one has several that exclude each other', value);
    }
    if (found === 0 && run.failures !== undefined) explain(checks, value, run);
    return found === 1;
  };
}

/**
 * Reports the closest alternative: with the fewest failures, all below this level. If there is none, says what each
 * alternative expects here.
 */
function explain(checks: readonly Check[], value: JsonValue, run: Run): void {
  const { depth } = run;
  const attempts = checks.map((check) => run.apart(() => check(value, run, undefined)).failures);
  run.depth = depth;
  const here = run.path.length;
  const deep = attempts.filter((failures) => failures.length > 0 && failures.every(({ path }) => path.length > here));
  const nearest = deep.sort((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) return run.take(nearest);
  const words = [
    ...new Set(
      attempts.flatMap((failures) =>
        failures.filter(({ path }) => path.length === here).map(({ expected }) => expected),
      ),
    ),
  ];
  run.fail(words.length === 0 ? 'one of the forms that the schema allows' : words.slice(0, 6).join(', or '), value);
}

function none(check: Check): Check {
  return (value, run) =>
    !run.silently(() => check(value, run, undefined)) ||
    run.fail('another value: the schema excludes this form', value);
}

function conditional(schema: JsonObject, compiler: Compiler): Check {
  const condition = compiler.of(schema['if'], 'if');
  const then = schema['then'] === undefined ? undefined : compiler.of(schema['then'], 'then');
  const otherwise = schema['else'] === undefined ? undefined : compiler.of(schema['else'], 'else');
  return (value, run, seen) => {
    const next = run.silently(() => branch(condition, value, run, seen)) ? then : otherwise;
    return next?.(value, run, seen) ?? true;
  };
}

export type { Failure };
