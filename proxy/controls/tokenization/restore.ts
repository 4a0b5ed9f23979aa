/** Replaces tokens by their data where that is permitted. */
import { Denied, Invalid } from '../../base/errors.ts';
import { atOnce, inTurns, isTurnOver, nextTurn, type Work } from '../../base/turns.ts';
import { isLong } from '../shared/finds.ts';
import { KnownValues } from '../shared/known-values.ts';
import type { Direction, Place, Range, Visitor } from '../shared/surfaces/index.ts';
import { fieldOf, type MaySee } from './detokenize.ts';
import { replaced } from './find.ts';
import type { FoundToken } from './found-token.ts';
import type { Issued } from './hide.ts';
import { Replacer } from './replacer.ts';
import { brokenIn, mayHoldTokens, readTokens, URL_PREFIX } from './token.ts';
import type { Tokens } from './tokens.ts';
import { endsUrl, ownUriAt, standsAlone, Urls } from './url.ts';
import { percentAround, percentEncoded, quotedPrintable } from './written.ts';

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

interface Restorable {
  readonly index: number;
  readonly value: string | number;
  readonly candidates: readonly Candidate[];
  readonly here: Restored;
  /** The whole string is read as a token without a marker. */
  readonly shaped: boolean;
  /** A resource is read by this string. */
  readonly isUri: boolean;
  readonly field: string | undefined;
}

/** Finds tokens. Changes nothing. */
export class TokenFinder implements Visitor {
  readonly found: Restorable[] = [];
  /** Tokens that were cut or changed, so that nobody can tell what they stand for. */
  broken = 0;
  readonly blobs = false;
  readonly restoring: Restoring;
  readonly #issued: KnownValues | undefined;
  #texts = 0;
  #numbers = 0;

  constructor(restoring: Restoring) {
    this.restoring = restoring;
    if (restoring.issued.size === 0) return;
    this.#issued = new KnownValues({ exact: true });
    for (const [token, { type }] of restoring.issued) this.#issued.add(token, type);
  }

  concerns(text: string): boolean {
    return this.restoring.anywhere || mayHoldTokens(text) || (this.#issued?.in(text).length ?? 0) > 0;
  }

  text(text: string, at: Place): string | Work<string> {
    const index = this.#texts++;
    // Names that software relies on stay as the upstream wrote them. Data in a place that is sent on would leave in the
    // clear.
    if (at.fixed || at.echoed) return text;
    const marked = mayHoldTokens(text);
    if (!marked && !this.restoring.anywhere && this.#issued === undefined) return text;
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
    const issued: readonly Range[] = this.#issued === undefined ? [] : yield* this.#issued.search(text);
    const broken = isMarked ? yield* brokenIn(text, tokens) : 0;
    if (broken > 0 && this.restoring.to === 'upstream')
      throw new Invalid(`${at.surface}: expected whole tokens, got one that was cut or changed: copy it exactly`);
    this.broken += broken;
    const candidates = tokens.map((token): Candidate => ({
      start: startOf(text, token),
      end: token.end,
      marked: token,
    }));
    const shaped = candidates.length === 0 && !at.isKey && here.type !== undefined;
    for (const { start, end } of issued) candidates.push({ start, end, marked: undefined });
    if (candidates.length > 0 || shaped)
      this.found.push({
        index,
        value: text,
        candidates: ordered(candidates),
        here,
        shaped,
        isUri: at.surface !== 'structuredContent' && URI.test(at.field ?? ''),
        field: fieldOf(at),
      });
  }

  number(value: number, at: Place): number {
    const index = this.#numbers++;
    const { anywhere, issued } = this.restoring;
    if (at.fixed || at.echoed || (issued.size === 0 && !anywhere)) return value;
    const here = this.restoring.at(at);
    if (here === undefined) return value;
    const text = String(value);
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
      });
    return value;
  }
}

/** Members that hold the URI of a resource, or a template of it. */
const URI = /^uri/;

/** The start of the token's URL, if the token stands for a URL. */
function startOf(text: string, { start }: FoundToken): number {
  return text.startsWith(URL_PREFIX, start - URL_PREFIX.length) ? start - URL_PREFIX.length : start;
}

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

export interface Values {
  readonly replacer: Replacer;
  readonly count: number;
}

/** The values of the tokens found; undefined: none may be restored, or none is ours. */
export async function valuesFor(
  finder: TokenFinder,
  tenant: string,
  tokens: Tokens,
  may: MaySee,
): Promise<Values | undefined> {
  const { restoring } = finder;
  const wanted: (readonly Wanted[])[] = [];
  for (const found of finder.found) {
    const mine = inTurns(opened(found, tenant, tokens, restoring));
    wanted.push(mine instanceof Promise ? await mine : mine);
    if (isTurnOver()) await nextTurn();
  }
  // A token that may not be restored at one place of a message is not restored at any other place of it.
  const denied = new Set<string>();
  for (const [i, { field }] of finder.found.entries()) {
    for (const { token, type } of wanted[i] ?? []) {
      if (await may(field, type, restoring.to)) continue;
      if (restoring.to === 'upstream')
        throw new Denied('not permitted: the data behind this token may not go to the upstream here');
      denied.add(token);
    }
  }
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  let count = 0;
  finder.found.forEach(({ index, value }, i) => {
    const parts = (wanted[i] ?? []).filter(({ token }) => !denied.has(token));
    if (parts.length === 0) return;
    if (typeof value === 'string')
      texts.set(
        index,
        replaced(
          value,
          parts,
          parts.map((part) => part.value),
        ),
      );
    else {
      const number = Number(parts[0]?.value);
      // Leading zeros or letters can't be written as a number.
      if (String(number) !== parts[0]?.value) return;
      numbers.set(index, number);
    }
    count += parts.length;
  });
  return count === 0 ? undefined : { replacer: new Replacer(texts, numbers, finder), count };
}

interface Wanted {
  readonly start: number;
  readonly end: number;
  readonly token: string;
  readonly type: string;
  readonly value: string;
}

function* opened(
  found: Restorable,
  tenant: string,
  tokens: Tokens,
  { to, issued, inUrls }: Restoring,
): Work<readonly Wanted[]> {
  const { value, candidates, here, shaped, isUri } = found;
  const text = String(value);
  const whole = issued.get(text);
  if (shaped && whole === undefined) return shapedIn(value, here.type ?? '', tenant, tokens);
  const wanted: Wanted[] = [];
  const urls = new Urls(text);
  for (const { start, end, marked } of candidates) {
    yield;
    const token = marked?.text ?? text.slice(start, end);
    const open = marked === undefined ? issued.get(token) : tokens.open(tenant, marked);
    if (open === undefined) continue;
    const uri = to === 'client' && !isUri ? ownUriAt(text, start, end) : undefined;
    const own = uri !== undefined && !urls.holds(uri);
    const fetched = urls.holds(start) && !own;
    const link = urls.holdsInLink(start) || own;
    if (
      to === 'upstream'
        ? !isMeant(text, start, end, here, open.type) || fetched
        : (fetched && !inUrls) || (marked !== undefined && start < marked.start && !endsUrl(text, end))
    )
      continue;
    const percent = Math.max(marked?.percent ?? 0, percentAround(text, start));
    const encoded = percent > 0 || (start === (marked?.start ?? start) && (fetched || link));
    wanted.push({
      start,
      end,
      token,
      type: open.type,
      value: encoded
        ? percentEncoded(open.value, percent, TEL.test(text.slice(Math.max(0, start - 4), start)))
        : marked?.isFolded === true
          ? quotedPrintable(open.value)
          : open.value,
    });
    urls.pass(end, open.value);
  }
  return wanted;
}

const TEL = /^tel:$/i;

/** Towards an upstream: the token must be one that the config means, and not a part of something else. */
function isMeant(text: string, start: number, end: number, { type, within = false }: Restored, own: string): boolean {
  if (type !== undefined && type !== own) return false;
  return (start === 0 && end === text.length) || (within && standsAlone(text, start, end));
}

function shapedIn(value: string | number, type: string, tenant: string, tokens: Tokens): readonly Wanted[] {
  const token = String(value);
  const shown =
    typeof value === 'number' ? tokens.number(tenant, type, value, 'show') : tokens.openShaped(tenant, type, value);
  return shown === undefined ? [] : [{ start: 0, end: token.length, token, type, value: String(shown) }];
}
