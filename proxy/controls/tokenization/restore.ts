/** Replaces tokens by their data where that is permitted. */
import { Denied } from '../../base/errors.ts';
import { inTurns, isTurnOver, nextTurn, type Work } from '../../base/turns.ts';
import { isHostBefore } from './bare-host.ts';
import type { MaySee } from './detokenize.ts';
import { replaced } from './find.ts';
import { Replacer } from './replacer.ts';
import type { Restorable, Restored, TokenFinder } from './token-finder.ts';
import type { Opened, Tokens } from './tokens.ts';
import { endsUrl, ownUriAt, standsAlone, Urls } from './url.ts';
import { percentAround, percentEncoded, quotedPrintable } from './written.ts';

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
    const mine = inTurns(opened(found, tenant, tokens, finder));
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

function* opened(found: Restorable, tenant: string, tokens: Tokens, finder: TokenFinder): Work<readonly Wanted[]> {
  const {
    restoring: { to, issued, inUrls },
    beside,
  } = finder;
  const { value, candidates, here, shaped, isUri } = found;
  const text = String(value);
  const whole = issued.get(text);
  if (shaped && whole === undefined) return shapedIn(value, here.type ?? '', tenant, tokens);
  const wanted: Wanted[] = [];
  const urls = new Urls(text);
  for (const { start, end, marked } of candidates) {
    yield;
    const token = marked?.text ?? text.slice(start, end);
    const open =
      marked === undefined
        ? (issued.get(token) ?? besideOf(token, beside, tenant, tokens))
        : tokens.open(tenant, marked);
    if (open === undefined) {
      if (marked !== undefined && tokens.mayBeOurs(marked)) finder.refuse(found.surface, 1);
      continue;
    }
    const uri = to === 'client' && !isUri ? ownUriAt(text, start, end) : undefined;
    const own = uri !== undefined && !urls.holds(uri);
    const fetched = (urls.holds(start) && !own) || isHostBefore(text, end);
    const link = urls.holdsInLink(start) || own;
    if (
      to === 'upstream'
        ? !isMeant(text, start, end, here, open.type) || fetched
        : (fetched && !inUrls) ||
          (marked !== undefined && start < marked.start && !(HAS_PATH.test(open.value) || endsUrl(text, end)))
    )
      continue;
    const percent = Math.max(
      marked?.percent ?? 0,
      percentAround(text, start),
      percentAround(text, marked?.start ?? start),
    );
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
/** What follows such a URL belongs to its path, not to its host. */
const HAS_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#\\]+[/?#]/i;

/** Towards an upstream: the token must be one that the config means, and not a part of something else. */
function isMeant(text: string, start: number, end: number, { type, within = false }: Restored, own: string): boolean {
  if (type !== undefined && type !== own) return false;
  return (start === 0 && end === text.length) || (within && standsAlone(text, start, end));
}

function besideOf(token: string, beside: TokenFinder['beside'], tenant: string, tokens: Tokens): Opened | undefined {
  const known = beside.get(token);
  const [shown] = known === undefined ? [] : shapedIn(known.value, known.type, tenant, tokens);
  return shown;
}

function shapedIn(value: string | number, type: string, tenant: string, tokens: Tokens): readonly Wanted[] {
  const token = String(value);
  const shown =
    typeof value === 'number' ? tokens.number(tenant, type, value, 'show') : tokens.openShaped(tenant, type, value);
  return shown === undefined ? [] : [{ start: 0, end: token.length, token, type, value: String(shown) }];
}
