/** Removes data permanently; the replacement only says what type of data it was. */
import type { Work } from '../../base/turns.ts';
import type { Detector } from '../shared/detectors/index.ts';
import { mayHoldFinds } from '../shared/detectors/traces.ts';
import { whole } from '../shared/detectors/whole.ts';
import { type Finds, findsIn, isLong, searchIn } from '../shared/finds.ts';
import { KnownValues } from '../shared/known-values.ts';
import { typeOfNumber } from '../shared/number-type.ts';
import { hiddenAt } from '../shared/surfaces/hidden-at.ts';
import { type Place, textOf, type Visitor } from '../shared/surfaces/index.ts';
import { Scopes } from '../shared/surfaces/scope.ts';
import type { Redacted } from './options.ts';

/** The prepared rules for one direction. */
export class Rules {
  readonly fields: Scopes<true>;
  readonly hasFields: boolean;
  readonly keep: Scopes<true>;
  readonly detectors: readonly Detector[];
  /** Whether a message may hold anything to remove, as its text shows. Undefined: that takes a parse. */
  readonly mayConcern: ((json: string | Buffer) => boolean) | undefined;

  constructor({ fields = [], keep = [], detectors = [] }: Redacted) {
    this.fields = new Scopes(fields.map((scope) => [scope, true]));
    this.hasFields = fields.length > 0;
    this.keep = new Scopes(keep.map((scope) => [scope, true]));
    this.detectors = detectors;
    this.mayConcern = fields.length === 0 ? mayHoldFinds(detectors) : undefined;
  }
}

/** Called for each finding before it is removed, so that a control can refuse instead. */
export type OnFound = (type: string, at: Place) => void;

const FIELD = 'field';

/** Serves one walk over one call or message. */
export class Redactor implements Visitor {
  readonly types = new Set<string>();
  count = 0;
  readonly #rules: Rules;
  readonly #onFound: OnFound | undefined;
  #known: KnownValues | undefined;
  #keys = 0;
  /** With fields: texts of structured content that were searched, and how many of them before the last field was found. */
  readonly #searched: string[] = [];
  #early = 0;

  /** @param known values of fields that an earlier walk over the message found */
  constructor(rules: Rules, onFound?: OnFound, known?: KnownValues) {
    this.#rules = rules;
    this.#onFound = onFound;
    this.#known = known;
  }

  /** The values of the fields found, if texts before them hold some, so that these must be searched again. */
  get missed(): KnownValues | undefined {
    const known = this.#known;
    const early = this.#searched.slice(0, this.#early);
    return known !== undefined && early.some((text) => isLong(text) || known.in(text).length > 0) ? known : undefined;
  }

  text(text: string, at: Place): string | Work<string> {
    const rules = this.#rules;
    if (text === '' || rules.keep.permits(at) === true) return text;
    if (hiddenAt(rules.fields, at) === true) {
      this.#found(FIELD, text, at);
      return this.#written(FIELD, at);
    }
    if (rules.hasFields && at.surface === 'structuredContent') this.#searched.push(text);
    return isLong(text)
      ? this.#long(text, at)
      : this.#without(text, findsIn(rules.detectors, text, at, this.#known), at);
  }

  *#long(text: string, at: Place): Work<string> {
    const finds = yield* searchIn(this.#rules.detectors, text, at, this.#known);
    return this.#without(text, finds, at);
  }

  #without(text: string, { spans, view, encoded, known }: Finds, at: Place): string {
    if (spans.length + encoded.length + known.length === 0) return text;
    const all =
      view === undefined ? spans : spans.concat(encoded.map((span) => ({ ...view.original(span), type: span.type })));
    let out = '';
    let from = 0;
    for (const { start, end, type } of whole(all.concat(known))) {
      this.#found(type, text.slice(start, end), at);
      out += text.slice(from, start) + this.#written(type, at);
      from = end;
    }
    return out + text.slice(from);
  }

  number(value: number, at: Place): number | null {
    const rules = this.#rules;
    if (rules.keep.permits(at) === true) return value;
    const type = rules.fields.hides(at) === true ? FIELD : typeOfNumber(rules.detectors, value, at);
    if (type === undefined) return value;
    this.#found(type, textOf(value, at), at);
    // Another number would be mistaken for the value.
    return null;
  }

  whole(at: Place): boolean {
    const { keep, fields } = this.#rules;
    return keep.permits(at) === true || fields.hides(at) === true;
  }

  #found(type: string, value: string, at: Place): void {
    this.#onFound?.(type, at);
    this.types.add(type);
    this.count++;
    // Visited before the text that repeats it.
    if (at.surface === 'structuredContent' && (!at.isKey || type === FIELD))
      (this.#known ??= new KnownValues()).add(value, type);
    if (type === FIELD) this.#early = this.#searched.length;
  }

  /** Two keys must not become the same. */
  #written(type: string, at: Place): string {
    if (!at.isKey) return written(type);
    this.#keys++;
    return this.#keys === 1 ? written(type) : `${written(type)}_${this.#keys}`;
  }
}

/** `REDACTED_EMAIL`: URLs, JSON, Markdown and code leave letters and underscores unchanged. */
function written(type: string): string {
  return type === FIELD ? 'REDACTED' : `REDACTED_${type.toUpperCase().replaceAll('-', '_')}`;
}
