/** One value being checked against one schema: what it may cost, and what was found wrong. */
import type { JsonValue } from '../json/value.ts';
import type { Decimal } from './decimal.ts';
import type { Digits } from './digits.ts';
import type { Failure, Segment } from './failure.ts';
import { TooMuch } from './faults.ts';
import type { Progress } from './progress.ts';
import type { Resource } from './references.ts';

const BASE_STEPS = 1_000_000;
const STEPS_PER_CHARACTER = 8;
/** To say what is wrong takes longer, step by step, and is done in one turn; where it takes too long, less is said. */
const EXPLAINING = 125_000;
/** Schemas within schemas; each level of a value takes one at least. */
const MAX_DEPTH = 600;
const MAX_FAILURES = 8;

export class Run {
  steps: number;
  depth = 0;
  /** Undefined: only whether it fits is asked. */
  failures: Failure[] | undefined;
  readonly path: Segment[] = [];
  /** It may stop. Undefined: it goes on to its end. */
  progress: Progress | undefined;
  /** Resources by the way, outermost first; kept only where a schema depends on it. */
  readonly scope: Resource[] = [];

  readonly #digits: Digits | undefined;

  /**
   * @param characters of the value's JSON text: cost grows with it, by a factor that no schema can raise
   * @param digits of the numbers in that text; undefined: its doubles are all there is to check
   */
  constructor(characters: number, explains: boolean, digits: Digits | undefined) {
    this.steps = explains ? EXPLAINING : BASE_STEPS + STEPS_PER_CHARACTER * characters;
    this.failures = explains ? [] : undefined;
    this.#digits = digits;
  }

  /** The number being checked, where it says more than its double. */
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

  /** What a check says that must not stop: what it has looked at is noted elsewhere. */
  unstopped(check: () => boolean): boolean {
    const { progress } = this;
    this.progress = undefined;
    const holds = check();
    this.progress = progress;
    return holds;
  }

  /** What another check says, which is no fault of the value by itself. */
  silently(check: () => boolean): boolean {
    const { failures } = this;
    this.failures = undefined;
    const holds = check();
    this.failures = failures;
    return holds;
  }

  /** What a check finds wrong, apart from what was found before. */
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

/** What of a value the schemas beside have looked at (JSON Schema, core, 11). */
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
