/**
 * A JSON Schema, compiled once into functions: 2020-12, and what tools still use of earlier drafts. Unknown keywords
 * are ignored. Every check ends within a bounded number of steps.
 */
import type { Work } from '../base/turns.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { weightOf } from '../json/weight.ts';
import type { Check, Compiler } from './compiler.ts';
import { keywordsIn, UNKNOWN } from './dialects.ts';
import type { Digits } from './digits.ts';
import type { Failure } from './failure.ts';
import { SchemaFault, TooMuch } from './faults.ts';
import { combined } from './keywords/combined.ts';
import { forEqual } from './keywords/equal.ts';
import { forList } from './keywords/list.ts';
import { forNumber } from './keywords/number.ts';
import { forObject } from './keywords/object.ts';
import { forText } from './keywords/text.ts';
import { forType } from './keywords/type.ts';
import { compilePattern, type Engine, type Pattern, PatternFault } from './patterns.ts';
import { Progress, STOPPED } from './progress.ts';
import { References, type Resource } from './references.ts';
import { Run, Seen } from './run.ts';

const MAX_CHARACTERS = 1024 * 1024;
/** Total instructions of all patterns. */
const MAX_PATTERN_SIZE = 100_000;

export class Schema {
  readonly references: References;
  readonly #characters: number;
  readonly #root: JsonValue;
  readonly #checks = new Map<JsonObject, { check: Check | undefined }>();
  readonly #patterns = new Map<string, Pattern>();
  readonly #pending: JsonObject[] = [];
  #patternSize = 0;
  #engine: Engine | undefined;
  #check: Check | undefined;

  /** @param text the schema as JSON. Throws {@link SchemaFault}. */
  constructor(text: string) {
    if (text.length > MAX_CHARACTERS)
      throw new SchemaFault(`expected a schema of at most ${MAX_CHARACTERS} characters, got ${text.length}`);
    this.#characters = text.length;
    this.#root = parseJson(text);
    this.references = new References(this.#root);
  }

  /** @param engine for patterns; required if `references.patterns` is true. Throws {@link SchemaFault}. */
  compile(engine: Engine | undefined): this {
    this.#engine = engine;
    this.#check = this.#compiled(this.#root, '');
    // Compile in a loop, not recursively: a chain of references may be very long.
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#compiled(next, '$ref');
    return this;
  }

  /** Approximate size in bytes. */
  get weight(): number {
    return 8 * this.#characters + weightOf(this.#root) + 128 * this.#patternSize;
  }

  /**
   * Whether a value fits. Throws `TooMuch`.
   * @param characters of its JSON text
   * @param digits exact numbers in that text. @default - numbers are compared as doubles
   */
  fits(value: JsonValue, characters: number, digits?: Digits): boolean {
    return this.#run(value, new Run(characters, false, digits));
  }

  /** {@link fits} in turns, for a long value. @param progress for tests. @default - pauses when a turn is over */
  *fitsInTurns(
    value: JsonValue,
    characters: number,
    digits?: Digits,
    progress: Progress = new Progress(),
  ): Work<boolean> {
    if (digits !== undefined) yield* digits.read();
    const { steps } = new Run(characters, false, digits);
    for (let left = steps; ;) {
      const run = new Run(characters, false, digits);
      run.steps = left;
      // A dynamic reference depends on the path to it, so kept results would be wrong.
      if (!this.references.dynamic) run.progress = progress;
      try {
        return this.#run(value, run);
      } catch (error) {
        if (error !== STOPPED) throw error;
      }
      left = run.steps;
      yield;
    }
  }

  /** The first few failures of a value that doesn't fit. */
  failures(value: JsonValue, characters: number, digits?: Digits): readonly Failure[] {
    const run = new Run(characters, true, digits);
    const { failures = [] } = run;
    try {
      this.#run(value, run);
    } catch (error) {
      // Explaining takes more steps than checking, and may reach the limit.
      if (!(error instanceof TooMuch)) throw error;
    }
    return failures.length > 0
      ? failures
      : [{ path: [], expected: 'a value that the schema allows', got: 'another value' }];
  }

  #run(value: JsonValue, run: Run): boolean {
    if (this.#check === undefined) throw new TypeError('a schema was used before it was compiled');
    return this.#check(value, run, undefined);
  }

  #compiled(schema: JsonValue | undefined, keyword: string): Check {
    if (schema === true) return always;
    if (schema === false) return never;
    if (!isObject(schema)) throw new SchemaFault(`${keyword}: expected a schema`);
    const entry = this.#entry(schema);
    return (entry.check ??= this.#make(schema));
  }

  #elsewhere(schema: JsonValue): Check {
    if (!isObject(schema)) return this.#compiled(schema, '$ref');
    const entry = this.#entry(schema);
    if (entry.check === undefined) this.#pending.push(schema);
    return (value, run, seen) => entry.check?.(value, run, seen) === true;
  }

  #entry(schema: JsonObject): { check: Check | undefined } {
    let entry = this.#checks.get(schema);
    if (entry === undefined) this.#checks.set(schema, (entry = { check: undefined }));
    return entry;
  }

  #make(written: JsonObject): Check {
    const { references } = this;
    const { resource, dialect } = references.of(written);
    if (dialect === UNKNOWN)
      throw new SchemaFault('expected $schema to name draft 4, 6, 7, 2019-09 or 2020-12, got another');
    const compiler: Compiler = {
      references,
      resource,
      dialect,
      of: (inner, keyword) => this.#compiled(inner, keyword),
      elsewhere: (inner) => this.#elsewhere(inner),
      pattern: (source) => this.#pattern(source),
    };
    // Up to draft 7, `$ref` hides the keywords beside it.
    if (dialect.draft < 8 && '$ref' in written)
      return entering(references, resource, combined({ $ref: written['$ref'] }, compiler));
    const schema = keywordsIn(dialect, written);
    const any = [...forType(schema), ...forEqual(schema)];
    const text = forText(schema, compiler);
    const number = forNumber(schema, dialect);
    const list = forList(schema, compiler);
    const object = forObject(schema, compiler);
    const more = combined(schema, compiler);
    const last = [...list.last, ...object.last];
    const check: Check = (value, run, seen) => {
      // If the type is wrong, failures of parts don't help.
      if (!all(any, value, run, seen)) return false;
      const own =
        typeof value === 'string'
          ? text
          : typeof value === 'number'
            ? number
            : Array.isArray(value)
              ? list.checks
              : isObject(value)
                ? object.checks
                : NONE;
      const holds = all(own, value, run, seen);
      if (more.length === 0 || (!holds && run.failures === undefined)) return holds;
      return all(more, value, run, seen) && holds;
    };
    return entering(references, resource, last.length === 0 ? [check] : [withUnevaluated(check, last)]);
  }

  #pattern(source: unknown): Pattern {
    if (typeof source !== 'string') throw new SchemaFault('pattern: expected a string, got something else');
    const known = this.#patterns.get(source);
    if (known !== undefined) return known;
    if (this.#engine === undefined) throw new TypeError('a schema with patterns was compiled without an engine');
    try {
      const pattern = compilePattern(this.#engine, source);
      if ((this.#patternSize += pattern.size) > MAX_PATTERN_SIZE)
        throw new SchemaFault('expected smaller patterns, got patterns that are too large together');
      this.#patterns.set(source, pattern);
      return pattern;
    } catch (error) {
      if (error instanceof PatternFault) throw new SchemaFault(error.message);
      throw error;
    }
  }
}

const NONE: readonly Check[] = [];
const always: Check = (_value, run) => {
  run.spend(1);
  return true;
};
const never: Check = (value, run) => {
  run.spend(1);
  return run.fail('nothing here', value);
};

/** Whether all checks hold; runs all of them if failures are wanted. */
function all(checks: readonly Check[], value: JsonValue, run: Run, seen: Seen | undefined): boolean {
  let holds = true;
  for (let i = 0; i < checks.length; i++) {
    if (checks[i]?.(value, run, seen) === true) continue;
    if (run.failures === undefined) return false;
    holds = false;
  }
  return holds;
}

/** Counts the step, and maintains the dynamic scope if a schema needs it. */
function entering(references: References, resource: Resource, checks: readonly Check[]): Check {
  const [only] = checks;
  const check: Check =
    checks.length === 1 && only !== undefined ? only : (value, run, seen) => all(checks, value, run, seen);
  return (value, run, seen) => {
    run.enter();
    const follows = references.dynamic && run.scope.at(-1) !== resource;
    if (follows) run.scope.push(resource);
    const holds = check(value, run, seen);
    if (follows) run.scope.pop();
    run.leave();
    return holds;
  };
}

/** `unevaluated…` sees what its own schema, and schemas inside it at the same place, have evaluated. */
function withUnevaluated(check: Check, last: readonly Check[]): Check {
  return (value, run, seen) => {
    const own = new Seen();
    const first = run.unstopped(() => check(value, run, own));
    const holds = (first || run.failures !== undefined) && run.unstopped(() => all(last, value, run, own)) && first;
    if (holds) seen?.add(own, run);
    return holds;
  };
}
