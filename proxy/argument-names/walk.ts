/** Looks for names that a case-insensitive reader would accept for others, at every level of the arguments. */
import { inTurns, type Work } from '../base/turns.ts';
import { foldName } from '../controls/shared/fold.ts';
import { looksLikeJson, readJson } from '../controls/shared/surfaces/json-text.ts';
import type { Segment } from '../json-schema/failure.ts';
import { TooMuch } from '../json-schema/faults.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { type Budget, NOTHING, type Place } from './declared.ts';
import type { Reach } from './reach.ts';

/** A name that may be read as another one. */
export interface Misspelt {
  /** The path of the object with this name. */
  readonly path: readonly Segment[];
  /** The correct spellings. Empty: two names of the object differ only in case, and either may be meant. */
  readonly meant: readonly string[];
}

const BASE_STEPS = 1_000_000;
const STEPS_PER_CHARACTER = 8;
/** The walk yields after this many steps. */
const PART = 1_000;
/** No real field has a longer name, so longer ones are not compared. */
const LONGEST_NAME = 1_024;

/** An object or a list on the walk's stack. */
interface Level {
  readonly value: JsonObject | readonly JsonValue[];
  /** Of an object. */
  readonly names: readonly string[];
  readonly place: Place;
  readonly reach: Reach;
  /** How many JSON texts enclose it. */
  readonly nested: number;
  readonly above: Level | undefined;
  readonly segment: Segment;
  /** The index of the next member. */
  at: number;
  /** The folded names so far, if no two may be equal. */
  readonly others: Set<string> | undefined;
}

/** JSON in a string, with its place. */
interface Document {
  readonly text: string;
  readonly reach: Reach;
  readonly nested: number;
  readonly above: Level | undefined;
  readonly segment: Segment;
}

/** One walk over one call's arguments. */
export class Walk implements Budget {
  #steps: number;
  #part = PART;
  readonly #pending: Level[] = [];
  /** JSON in a string that is visited next. */
  #document: Document | undefined;
  /** Where paths start again in JSON in a string. */
  readonly #again: Reach;

  /**
   * @param characters of the arguments' JSON: the permitted cost grows with them
   * @param hidden the hidden fields, which are hidden in JSON in a string as well
   */
  constructor(characters: number, hidden: Reach) {
    this.#steps = BASE_STEPS + STEPS_PER_CHARACTER * characters;
    this.#again = hidden;
  }

  /** The first misspelt name, if any. Throws `TooMuch`. Yields regularly so that other calls can run. */
  find(value: JsonValue, place: Place, reach: Reach): Misspelt | undefined | Promise<Misspelt | undefined> {
    this.#enter(value, place, reach, 0, undefined, '');
    return inTurns(this.#look());
  }

  spend(steps: number): void {
    if ((this.#steps -= steps) < 0) throw new TooMuch();
    this.#part -= steps;
  }

  *#look(): Work<Misspelt | undefined> {
    for (;;) {
      if (this.#part <= 0) {
        this.#part = PART;
        yield;
      }
      if (this.#document !== undefined) {
        yield* this.#open(this.#document);
        continue;
      }
      const level = this.#pending.at(-1);
      if (level === undefined) return undefined;
      const { value, names, at } = level;
      level.at++;
      if (Array.isArray(value)) {
        if (at < value.length) this.#item(level, value as readonly JsonValue[], at);
        else this.#pending.pop();
        continue;
      }
      const name = names[at];
      if (name === undefined) {
        this.#pending.pop();
        continue;
      }
      const meant = this.#member(level, value as JsonObject, name);
      if (meant !== undefined) return { path: pathOf(level), meant };
    }
  }

  #item(level: Level, items: readonly JsonValue[], at: number): void {
    this.spend(1);
    const item = items[at];
    if (typeof item === 'object' || typeof item === 'string')
      this.#enter(item, level.place.item(at, this), level.reach.item(at), level.nested, level, at);
  }

  /** The names that a name may be read as, unless it is itself one of them. */
  #member(level: Level, object: JsonObject, name: string): readonly string[] | undefined {
    const { place, reach, others, nested } = level;
    this.spend(1);
    if (!place.names.has(name)) {
      const declared = place.names.correctFor(name);
      if (declared.length > 0) return declared;
      const reached = reach.names.has(name) ? NONE : reach.names.correctFor(name);
      if (reached.length > 0) return reached;
      if (others !== undefined && name.length <= LONGEST_NAME) {
        const folded = foldName(name);
        if (others.has(folded)) return NONE;
        others.add(folded);
      }
    }
    const value = object[name];
    if (typeof value === 'object' || typeof value === 'string')
      this.#enter(value, place.member(name, this), reach.member(name), nested, level, name);
    return undefined;
  }

  #enter(
    value: JsonValue,
    place: Place,
    reach: Reach,
    nested: number,
    above: Level | undefined,
    segment: Segment,
  ): void {
    if (typeof value === 'string') return this.#enterText(value, reach, nested, above, segment);
    if (typeof value !== 'object' || value === null || (place.empty && reach.empty && this.#again.empty)) return;
    const names = Array.isArray(value) ? NONE : Object.keys(value);
    this.#pending.push({
      value,
      names,
      place,
      reach,
      nested,
      above,
      segment,
      at: 0,
      others: reach.into && place.takesOthers && !Array.isArray(value) ? new Set() : undefined,
    });
  }

  /**
   * Fields are hidden in JSON in a string as well, from its own root and from the enclosing ones. Unreadable JSON is
   * refused by the control that hides the field.
   */
  #enterText(text: string, reach: Reach, nested: number, above: Level | undefined, segment: Segment): void {
    if (this.#again.empty || !looksLikeJson(text)) return;
    this.spend(1 + (text.length >> 3));
    this.#document = { text, reach, nested, above, segment };
  }

  *#open({ text, reach, nested, above, segment }: Document): Work<void> {
    this.#document = undefined;
    const json = yield* readJson(text, nested);
    if (json === undefined || json === 'unreadable') return;
    this.#enter(json.value, NOTHING, reach.and(this.#again), nested + 1, above, segment);
  }
}

const NONE: readonly string[] = [];

function pathOf(level: Level): Segment[] {
  const path: Segment[] = [];
  for (let at: Level | undefined = level; at.above !== undefined; at = at.above) path.unshift(at.segment);
  return path;
}

/** Whether a value has any members. */
export function hasNames(value: JsonValue | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  for (const _ in value) return true;
  return false;
}
