/** The check of one value against one schema: its cost limits, and the failures found. */
import type { JsonValue } from '../json/value.ts';
import type { Decimal } from './decimal.ts';
import type { Digits } from './digits.ts';
import type { Failure, Segment } from './failure.ts';
import { TooMuch } from './faults.ts';
import type { Progress } from './progress.ts';
import type { Resource } from './references.ts';

const BASE_STEPS = 1_000_000;
const STEPS_PER_CHARACTER = 8;
/**
 * Steps for explaining failures. It runs in one turn and costs more per step than checking; at this limit the explanation is shorter.
 */
const EXPLAINING = 125_000;
/** Nested schemas; each level of a value takes at least one. */
const MAX_DEPTH = 600;
const MAX_FAILURES = 8;

export class Run {
  steps: number;
  depth = 0;
  /** Undefined if only the verdict is wanted. */
  failures: Failure[] | undefined;
  readonly path: Segment[] = [];
  /** Set if the check may pause. Undefined if it runs to its end. */
  progress: Progress | undefined;
  /** The dynamic scope, outermost resource first; kept only if a schema depends on it. */
  readonly scope: Resource[] = [];

  readonly #digits: Digits | undefined;

  /**
   * @param characters of the value's JSON text: cost grows with it, by a factor that no schema can raise
   * @param digits exact numbers in that text; undefined if only doubles are checked
   */
  constructor(characters: number, explains: boolean, digits: Digits | undefined) {
    this.steps = explains ? EXPLAINING : BASE_STEPS + STEPS_PER_CHARACTER * characters;
    this.failures = explains ? [] : undefined;
    this.#digits = digits;
  }

  /** The number being checked, if its double is inexact. */
  exact(): Decimal | undefined {
    return this.#digits?.at(this.path);
  }

  spend(steps: number): void {
    if ((this.steps -= steps) < 0) throw new TooMuch();
  }

  enter(): void {
    if (--this.steps < 0 || ++this.depth > MAX_DEPTH) throw new TooMuch();
  }

  leave(): void {
    this.depth--;
  }

  fail(expected: string, got: JsonValue | undefined): false {
    if (this.failures !== undefined && this.failures.length < MAX_FAILURES)
      this.failures.push({ path: [...this.path], expected, got: kindOf(got) });
    return false;
  }

  /** Runs a check that must not pause, because it records what it evaluated elsewhere. */
  unstopped(check: () => boolean): boolean {
    const { progress } = this;
    this.progress = undefined;
    const holds = check();
    this.progress = progress;
    return holds;
  }

  /** Runs a check whose failure is not by itself a failure of the value. */
  silently(check: () => boolean): boolean {
    const { failures } = this;
    this.failures = undefined;
    const holds = check();
    this.failures = failures;
    return holds;
  }

  /** Runs a check and returns its failures apart from earlier ones. */
  apart(check: () => boolean): { readonly holds: boolean; readonly failures: readonly Failure[] } {
    const { failures } = this;
    const own: Failure[] = [];
    this.failures = own;
    const holds = check();
    this.failures = failures;
    return { holds, failures: own };
  }

  take(failures: readonly Failure[]): void {
    if (this.failures !== undefined) this.failures.push(...failures.slice(0, MAX_FAILURES - this.failures.length));
  }
}

/** The items and properties of a value that adjacent schemas have evaluated (JSON Schema, core, 11). */
export class Seen {
  everyProperty = false;
  everyItem = false;
  readonly properties = new Set<string>();
  readonly items = new Set<number>();

  add({ everyProperty, everyItem, properties, items }: Seen, run: Run): void {
    run.spend(2 * (properties.size + items.size));
    this.everyProperty ||= everyProperty;
    this.everyItem ||= everyItem;
    for (const key of properties) this.properties.add(key);
    for (const item of items) this.items.add(item);
  }
}

export function kindOf(value: JsonValue | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}
