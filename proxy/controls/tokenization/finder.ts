/** Finds the values of a message that must be hidden. */
import { atOnce, type Work } from '../../base/turns.ts';
import type { Detector } from '../shared/detectors/index.ts';
import { findsIn, isLong, searchIn } from '../shared/finds.ts';
import { KnownValues } from '../shared/known-values.ts';
import { typeOfNumber } from '../shared/number-type.ts';
import { type Place, type Segment, type SurfaceName, textOf, type Visitor } from '../shared/surfaces/index.ts';
import { fieldOf } from './detokenize.ts';
import { type Part, partsOf } from './find.ts';
import type { FoundToken } from './found-token.ts';
import { type Field, ruleAt, type Rules } from './rules.ts';
import { mayHoldTokens, readTokens } from './token.ts';

const NO_TOKENS: readonly FoundToken[] = Object.freeze([]);

export interface Hideable {
  /** The index of the string or number in the walk. */
  readonly index: number;
  readonly value: string | number;
  readonly parts: readonly Part[];
  readonly surface: SurfaceName;
  readonly path: readonly Segment[];
  /** Whether a schema may apply to it: it is a value, and not within JSON in a text. */
  readonly plain: boolean;
  /** Whether it is a key, and not within JSON in a text: a schema may restrict its name. */
  readonly isKey: boolean;
  /** The configured field, for an error. */
  readonly field: string | undefined;
  /** The place's name for policies. */
  readonly place: string;
  /** Software relies on the value, so no token may replace it. */
  readonly fixed: boolean;
  /** Whether a token without a mark may replace it: somebody can tell later that it is one. */
  readonly unmarked: boolean;
}

/** Configured fields that are seen in clear. */
export interface VisibleFields {
  /** Whether a field of that name for policies, and of that type, is one of them. */
  has(place: string, type: string): boolean;
  /** The values of other fields, which may be repeated in these. */
  readonly hidden: KnownValues;
}

/** Finds what must be hidden. Changes nothing. */
export class Finder implements Visitor {
  readonly found: Hideable[] = [];
  /** Whether a token was seen while no keys are loaded. */
  needsKeys = false;
  readonly #rules: Rules;
  readonly #detectors: readonly Detector[];
  readonly #visible: VisibleFields | undefined;
  readonly #own: ((text: string) => Work<readonly FoundToken[]>) | undefined;
  /** Values of fields, so that the text beside them gets the same tokens. */
  #known: KnownValues | undefined;
  /** Texts were searched before a field's value was known, which they may repeat. */
  isEarly = false;
  #hasSearched = false;
  #texts = 0;
  #numbers = 0;

  /**
   * @param own finds this tenant's tokens in a text
   * @param visible fields that are not hidden as a whole: detectors search them
   * @param known values of fields that an earlier walk found
   */
  constructor(
    rules: Rules,
    detectors: readonly Detector[],
    own: ((text: string) => Work<readonly FoundToken[]>) | undefined,
    visible?: VisibleFields,
    known: KnownValues | undefined = visible?.hidden,
  ) {
    this.#rules = rules;
    this.#detectors = detectors;
    this.#own = own;
    this.#visible = visible;
    this.#known = known;
  }

  text(text: string, at: Place): string | Work<string> {
    const index = this.#texts++;
    if (text === '') return text;
    const rule = this.#ruleAt(at);
    if (rule === 'keep') return text;
    if (rule === undefined) this.#hasSearched = true;
    if (isLong(text)) return this.#long(index, text, at, rule);
    const tokens = mayHoldTokens(text) ? atOnce(this.#tokensIn(text)) : NO_TOKENS;
    if (rule !== undefined) this.#field(index, text, at, rule, tokens);
    else this.#take(index, text, partsOf(text, findsIn(this.#detectors, text, at, this.#known), tokens), at, undefined);
    return text;
  }

  *#long(index: number, text: string, at: Place, rule: Field | undefined): Work<string> {
    const tokens = mayHoldTokens(text) ? yield* this.#tokensIn(text) : NO_TOKENS;
    if (rule !== undefined) this.#field(index, text, at, rule, tokens);
    else
      this.#take(
        index,
        text,
        partsOf(text, yield* searchIn(this.#detectors, text, at, this.#known), tokens),
        at,
        undefined,
      );
    return text;
  }

  *#tokensIn(text: string): Work<readonly FoundToken[]> {
    if (this.#own !== undefined) return yield* this.#own(text);
    if ((yield* readTokens(text)).length > 0) this.needsKeys = true;
    return NO_TOKENS;
  }

  #field(index: number, text: string, at: Place, rule: Field, [first]: readonly FoundToken[]): void {
    if (first?.start === 0 && first.end === text.length) return;
    this.#take(index, text, [{ start: 0, end: text.length, type: rule.type, value: text, percent: false }], at, rule);
  }

  number(value: number, at: Place): number {
    const index = this.#numbers++;
    const rule = this.#ruleAt(at);
    if (rule === 'keep') return value;
    const text = textOf(value, at);
    const type = rule?.type ?? typeOfNumber(this.#detectors, value, at);
    if (type !== undefined)
      this.#take(index, value, [{ start: 0, end: text.length, type, value: text, percent: false }], at, rule);
    return value;
  }

  /** A value that a rule names is hidden as a whole, without decoding it. */
  whole(at: Place): boolean {
    return this.#ruleAt(at) !== undefined;
  }

  #ruleAt(at: Place): Field | 'keep' | undefined {
    const rule = ruleAt(this.#rules, at);
    if (this.#visible === undefined || rule === undefined || rule === 'keep') return rule;
    return this.#visible.has(fieldOf(at), rule.type) ? undefined : rule;
  }

  #take(index: number, value: string | number, parts: readonly Part[], at: Place, rule: Field | undefined): void {
    if (parts.length === 0) return;
    this.found.push({
      index,
      value,
      parts,
      surface: at.surface,
      path: at.path.slice(at.root),
      plain: at.nested === 0 && !at.isKey,
      isKey: at.nested === 0 && at.isKey,
      field: rule?.path,
      place: fieldOf(at),
      fixed: at.fixed,
      unmarked: at.direction === 'client' || rule?.reverses === true,
    });
    // A detector that found a key, or an argument, finds it in the text beside it, too.
    if (
      at.surface === 'arguments'
        ? rule === undefined
        : at.surface !== 'structuredContent' || (at.isKey && rule === undefined)
    )
      return;
    this.isEarly ||= rule !== undefined && this.#hasSearched;
    for (const part of parts) (this.#known ??= new KnownValues()).add(part.value, part.type);
  }

  /** Values of the fields found. */
  get known(): KnownValues | undefined {
    return this.#known;
  }
}
