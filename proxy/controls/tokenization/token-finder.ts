/** Finds the tokens of a message. */
import { Invalid } from '../../base/errors.ts';
import { atOnce, type Work } from '../../base/turns.ts';
import { isLong } from '../shared/finds.ts';
import { KnownValues } from '../shared/known-values.ts';
import type { Direction, Place, Range, Visitor } from '../shared/surfaces/index.ts';
import { fieldOf } from './detokenize.ts';
import type { FoundToken } from './found-token.ts';
import type { Issued } from './hide.ts';
import { brokenIn, mayHoldTokens, readTokens } from './token.ts';
import { startOfToken } from './url-prefix.ts';

/** What may be restored at a place. */
export interface Restored {
  /** Also tokens without a marker, read as this type. Towards an upstream, only tokens of this type. */
  readonly type?: string | undefined;
  /** Towards an upstream: also within a text, where a token is a separate word. */
  readonly within?: boolean | undefined;
}

export interface Restoring {
  readonly to: Direction;
  /** Undefined: nothing is restored at that place. */
  at(place: Place): Restored | undefined;
  /** Tokens without a marker that this call made. */
  readonly issued: Issued;
  /** Some field has tokens without a marker, so texts without a marker must be searched, too. */
  readonly anywhere: boolean;
  /** Towards the client: also in URLs that software may fetch. */
  readonly inUrls: boolean;
}

/** A possible token in a text, of any tenant. */
interface Candidate {
  readonly start: number;
  readonly end: number;
  /** A token with a marker; undefined: one without, which this call made. */
  readonly marked: FoundToken | undefined;
}

export interface Restorable {
  readonly index: number;
  readonly value: string | number;
  readonly candidates: readonly Candidate[];
  readonly here: Restored;
  /** The whole string is read as a token without a marker. */
  readonly shaped: boolean;
  /** A resource is read by this string. */
  readonly isUri: boolean;
  readonly field: string | undefined;
  readonly surface: Place['surface'];
}

/** Finds tokens. Changes nothing. */
export class TokenFinder implements Visitor {
  readonly found: Restorable[] = [];
  /** Tokens that were cut or changed, so that nobody can tell what they stand for. */
  broken = 0;
  readonly blobs = false;
  readonly restoring: Restoring;
  /** Types of the tokens without a marker that fields of structured content hold, which the text beside may repeat. */
  readonly beside = new Map<string, { readonly type: string; readonly value: string | number }>();
  #unmarked: KnownValues | undefined;
  #texts = 0;
  #numbers = 0;

  constructor(restoring: Restoring) {
    this.restoring = restoring;
    if (restoring.issued.size === 0) return;
    this.#unmarked = new KnownValues({ exact: true });
    for (const [token, { type }] of restoring.issued) this.#unmarked.add(token, type);
  }

  concerns(text: string): boolean {
    return this.restoring.anywhere || mayHoldTokens(text) || (this.#unmarked?.in(text).length ?? 0) > 0;
  }

  text(text: string, at: Place): string | Work<string> {
    const index = this.#texts++;
    // Names that software relies on stay as the upstream wrote them. Data in a place that is sent on would leave in the
    // clear.
    if (at.fixed || at.echoed) return text;
    const marked = mayHoldTokens(text);
    if (!marked && !this.restoring.anywhere && this.#unmarked === undefined) return text;
    const here = this.restoring.at(at);
    if (here === undefined) return text;
    if (isLong(text)) return this.#long(index, text, at, here);
    atOnce(this.#take(index, text, at, here));
    return text;
  }

  *#long(index: number, text: string, at: Place, here: Restored): Work<string> {
    yield* this.#take(index, text, at, here);
    return text;
  }

  *#take(index: number, text: string, at: Place, here: Restored): Work<void> {
    const isMarked = mayHoldTokens(text);
    const tokens = isMarked ? yield* readTokens(text) : [];
    const unmarked: readonly Range[] = this.#unmarked === undefined ? [] : yield* this.#unmarked.search(text);
    const broken = isMarked ? yield* brokenIn(text, tokens) : 0;
    if (broken > 0) this.refuse(at.surface, broken);
    const candidates = tokens.map((token): Candidate => ({
      start: startOfToken(text, token.start),
      end: token.end,
      marked: token,
    }));
    const shaped = candidates.length === 0 && !at.isKey && here.type !== undefined;
    if (shaped) this.#note(text, text, at, here);
    for (const { start, end } of unmarked)
      if (at.surface === 'text' || this.restoring.issued.has(text.slice(start, end)))
        candidates.push({ start, end, marked: undefined });
    if (candidates.length > 0 || shaped)
      this.found.push({
        index,
        value: text,
        candidates: ordered(candidates),
        here,
        shaped,
        isUri: at.surface !== 'structuredContent' && URI.test(at.field ?? ''),
        field: fieldOf(at),
        surface: at.surface,
      });
  }

  /** Counts tokens that stand for nothing. An upstream gets none. */
  refuse(surface: Place['surface'], count: number): void {
    if (this.restoring.to === 'upstream')
      throw new Invalid(`${surface}: expected whole tokens, got one that was cut or changed: copy it exactly`);
    this.broken += count;
  }

  /** A text beside may repeat the token. */
  #note(token: string, value: string | number, at: Place, { type }: Restored): void {
    if (type === undefined || this.restoring.to !== 'client' || at.surface !== 'structuredContent') return;
    this.beside.set(token, { type, value });
    (this.#unmarked ??= new KnownValues({ exact: true })).add(token, type);
  }

  number(value: number, at: Place): number {
    const index = this.#numbers++;
    const { anywhere, issued } = this.restoring;
    if (at.fixed || at.echoed || (issued.size === 0 && !anywhere)) return value;
    const here = this.restoring.at(at);
    if (here === undefined) return value;
    const text = String(value);
    if (here.type !== undefined) this.#note(text, value, at, here);
    const candidates = issued.has(text) ? [{ start: 0, end: text.length, marked: undefined }] : [];
    if (here.type !== undefined || candidates.length > 0)
      this.found.push({
        index,
        value,
        candidates,
        here,
        shaped: here.type !== undefined,
        isUri: false,
        field: fieldOf(at),
        surface: at.surface,
      });
    return value;
  }
}

/** Members that hold the URI of a resource, or a template of it. */
const URI = /^uri/;

/** By start, without candidates that an earlier one overlaps. */
function ordered(candidates: Candidate[]): readonly Candidate[] {
  let end = 0;
  return candidates
    .sort((a, b) => a.start - b.start)
    .filter((candidate) => {
      if (candidate.start < end) return false;
      end = candidate.end;
      return true;
    });
}
