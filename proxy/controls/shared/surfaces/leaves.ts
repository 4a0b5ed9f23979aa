/** Visits the strings and numbers of a walk, and reads JSON and base64 in them. */
import { Denied } from '../../../base/errors.ts';
import { isWork, SHORT, type Work } from '../../../base/turns.ts';
import type { Source } from '../../../json/digits.ts';
import type { JsonText } from '../../../json/lossless.ts';
import type { JsonValue } from '../../../json/value.ts';
import { decodeBase64 } from './base64.ts';
import { looksLikeJson, MARK, readJson } from './json-text.ts';
import { MovingPlace } from './moving-place.ts';
import type { Direction, Permits, SurfaceName, Visitor } from './place.ts';
import type { Shape } from './shape.ts';
import type { Subject } from './subject.ts';

export type Scalar = string | number | boolean | null;

export abstract class Leaves extends MovingPlace {
  protected readonly visitor: Visitor;

  /** @param source finds the JSON text of the values; undefined if it is not available */
  constructor(
    visitor: Visitor,
    direction: Direction,
    surface: SurfaceName,
    method: string,
    subject: Subject,
    source: () => Source | undefined,
  ) {
    super(direction, surface, method, subject, source);
    this.visitor = visitor;
  }

  /** Maps the value of a short document. */
  protected abstract within(value: JsonValue): JsonValue;

  /** The same for a long one, in turns. */
  protected abstract withinInTurns(value: JsonValue): Work<JsonValue>;

  /** Returns work only for a long text or a document. */
  protected scalar(value: Scalar, shape: Shape, mimeType: JsonValue | undefined): Scalar | Work<string> {
    if (typeof value === 'string')
      return shape.base64 === true
        ? this.#base64(value, typeof mimeType === 'string' ? mimeType : undefined)
        : this.#string(value, shape.document);
    return typeof value === 'number' ? this.#number(value) : value;
  }

  #string(text: string, document?: Permits): string | Work<string> {
    if (text === '') return text;
    const mayBeJson =
      looksLikeJson(text) &&
      !(this.fixed && this.grammar) &&
      (this.visitor.concerns?.(text) ?? true) &&
      this.visitor.whole?.(this) !== true;
    return mayBeJson ? this.#document(text, document) : this.#text(text);
  }

  #text(text: string): string | Work<string> {
    const next = this.visitor.text(text, this);
    return typeof next === 'string' ? this.check(text, next) : this.#textLater(text, next);
  }

  *#textLater(text: string, work: Work<string>): Work<string> {
    return this.check(text, yield* work);
  }

  *#document(text: string, document: Permits | undefined): Work<string> {
    const json = yield* readJson(text, this.nested);
    if (json !== undefined && json !== 'unreadable') return yield* this.#json(text, json, document);
    this.unreadable = json === 'unreadable';
    const next = this.#text(text);
    const made = isWork(next) ? yield* next : next;
    this.unreadable = false;
    return made;
  }

  /** Visits JSON in a string as JSON. */
  *#json(text: string, json: JsonText, document: Permits | undefined): Work<string> {
    const before = text.startsWith(MARK) ? MARK : '';
    const marked = before === '' ? '' : this.visitor.text(before, this);
    const mark = isWork(marked) ? yield* marked : marked;
    const { value } = json;
    const isShort = text.length <= SHORT;
    const outside = this.goIntoDocument(document, { json: json.text, value });
    if (!isShort && this.visitor.number !== undefined) yield* this.readNumbers();
    const next = isShort ? this.within(value) : yield* this.withinInTurns(value);
    this.leaveDocument(outside);
    return next === value && mark === before ? text : this.check(text, mark + (yield* json.editInTurns(next)));
  }

  #number(value: number): Scalar {
    if (this.visitor.number === undefined) return value;
    const next = this.visitor.number(value, this);
    if (next !== value && this.fixed) this.#refuse();
    return next;
  }

  /** Visits the same strings in every walk, even if earlier walks changed some. */
  *#base64(text: string, mimeType: string | undefined): Work<string> {
    if (text === '' || this.visitor.blobs === false || this.visitor.whole?.(this) === true)
      return yield* this.#asText(text);
    const { unclear, readings } = decodeBase64(text, mimeType);
    yield;
    let changed = unclear ? yield* this.#asText(text) : text;
    for (const reading of readings) {
      const next = yield* this.#asText(reading.text);
      if (next === reading.text) continue;
      // A value removed from one reading may still be in the other.
      if (changed !== text)
        throw new Denied(
          `${this.surface}: expected base64 that can be read in one way, got something to hide or remove in base64 with two readings`,
        );
      changed = reading.encode(next);
    }
    return changed;
  }

  *#asText(text: string): Work<string> {
    const next = this.#string(text);
    return isWork(next) ? yield* next : next;
  }

  protected check(text: string, next: string): string {
    if (next !== text && this.fixed) this.#refuse();
    return next;
  }

  #refuse(): never {
    throw new Denied(
      `${this.surface}: expected nothing to hide or remove in a value that software relies on, got something`,
    );
  }
}
