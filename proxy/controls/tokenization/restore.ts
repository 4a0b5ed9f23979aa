/** Puts the data back in place of tokens, where that is permitted. */
import { Denied } from '../../errors.ts';
import type { JsonValue } from '../../json/lossless.ts';
import { holds } from '../../reply/contains.ts';
import type { Direction, Place, Visitor } from '../surfaces/index.ts';
import type { MayRestore } from './detokenize.ts';
import { replaced } from './find.ts';
import { type Issued, Replacer } from './hide.ts';
import { findTokens, type FoundToken, MARKER, URL_PREFIX } from './token.ts';
import type { Opened, Tokens } from './tokens.ts';

interface Found {
  readonly index: number;
  readonly value: string | number;
  /** With a marker; for those without, see `shaped` and `issued`. */
  readonly tokens: readonly FoundToken[];
  /** All of it is a token of that type, by the config. */
  readonly shaped: string | undefined;
  readonly field: string | undefined;
  readonly uri: boolean;
}

export interface Restoring {
  /** Whether tokens are turned back at a place; with a type, those without a marker, too. */
  at(place: Place): { readonly type?: string | undefined } | undefined;
  /** Tokens without a marker that this call made. */
  readonly issued: Issued;
  /** Some field has tokens without a marker: a text without one may be of interest. */
  readonly anywhere: boolean;
}

/** Finds tokens. Changes nothing. */
export class TokenFinder implements Visitor {
  readonly found: Found[] = [];
  readonly blobs = false;
  readonly concerns: (text: string) => boolean;
  readonly #restoring: Restoring;
  #texts = 0;
  #numbers = 0;

  constructor(restoring: Restoring) {
    this.#restoring = restoring;
    this.concerns = (text) => restoring.anywhere || text.includes(MARKER) || [...restoring.issued.keys()].some((token) => text.includes(token));
  }

  text(text: string, at: Place): string {
    const index = this.#texts++;
    // What software goes by stays as the upstream wrote it.
    if (at.fixed) return text;
    const { issued, anywhere } = this.#restoring;
    const marked = text.includes(MARKER);
    if (!marked && !anywhere && issued.size === 0) return text;
    const here = this.#restoring.at(at);
    if (here === undefined) return text;
    const tokens = marked ? findTokens(text) : [];
    const shaped = tokens.length === 0 && !at.isKey ? here.type : undefined;
    if (tokens.length > 0 || shaped !== undefined || [...issued.keys()].some((token) => text.includes(token))) {
      this.found.push({ index, value: text, tokens, shaped, field: fieldOf(at), uri: at.surface === 'uri' });
    }
    return text;
  }

  number(value: number, at: Place): JsonValue {
    const index = this.#numbers++;
    const { issued, anywhere } = this.#restoring;
    if (at.fixed || (issued.size === 0 && !anywhere)) return value;
    const here = this.#restoring.at(at);
    if (here !== undefined && (here.type !== undefined || issued.has(String(value)))) {
      this.found.push({ index, value, tokens: [], shaped: here.type, field: fieldOf(at), uri: false });
    }
    return value;
  }
}

/** How a policy names a place: keys with dots between them, without a list's indices; a surface where there are none. */
function fieldOf({ path, root, surface, isKey }: Place): string {
  const keys = path.slice(root, isKey ? -1 : undefined).filter((segment) => typeof segment === 'string');
  return keys.length === 0 ? surface : keys.join('.');
}

export interface Restored {
  readonly replacer: Replacer;
  readonly count: number;
}

/** What stands in place of the tokens that were found; undefined: nothing may, or none is ours. */
export async function valuesFor(finder: TokenFinder, tenant: string, tokens: Tokens, issued: Issued, may: MayRestore, to: Direction): Promise<Restored | undefined> {
  const wanted = finder.found.map((found) => opened(found, tenant, tokens, issued));
  // A token that may not be restored at one place of a message isn't at any other.
  const denied = new Set<string>();
  for (const [i, { field }] of finder.found.entries()) {
    for (const { token, type } of wanted[i] ?? []) {
      if (await may(field, type, to)) continue;
      if (to === 'upstream') throw new Denied('not permitted to use the data behind a token here');
      denied.add(token);
    }
  }
  const texts = new Map<number, string>();
  const numbers = new Map<number, JsonValue>();
  let count = 0;
  finder.found.forEach(({ index, value }, i) => {
    const parts = (wanted[i] ?? []).filter(({ token }) => !denied.has(token));
    if (parts.length === 0) return;
    count += parts.length;
    if (typeof value === 'number') numbers.set(index, Number(parts[0]?.value));
    else texts.set(index, replaced(value, parts, parts.map((part) => part.value)));
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

function opened({ value, tokens: marked, shaped, uri }: Found, tenant: string, tokens: Tokens, issued: Issued): Wanted[] {
  const text = String(value);
  const known = issued.get(text);
  if (known !== undefined) return [{ start: 0, end: text.length, token: text, ...known }];
  if (shaped !== undefined) {
    const shown = typeof value === 'number' ? tokens.number(tenant, shaped, value, 'show') : tokens.openShaped(tenant, shaped, value);
    return shown === undefined ? [] : [{ start: 0, end: text.length, token: text, type: shaped, value: String(shown) }];
  }
  const wanted: Wanted[] = [];
  for (const token of marked) {
    const found = tokens.open(tenant, token);
    if (found === undefined) continue;
    wanted.push(placed(text, token, found, uri));
  }
  for (const [token, { type, value: original }] of issued) {
    for (let start = text.indexOf(token); start >= 0; start = text.indexOf(token, start + token.length)) {
      const end = start + token.length;
      if (!/[A-Za-z0-9]/.test(`${text[start - 1] ?? ''}${text[end] ?? ''}`)) wanted.push({ start, end, token, type, value: original });
    }
  }
  wanted.sort((a, b) => a.start - b.start);
  return wanted.filter(({ start }, i) => wanted.slice(0, i).every((before) => before.end <= start));
}

/** What only a parse can tell: places that software goes by, and escaped slashes. */
const TELLS = ['"nextCursor"', '"requestState"', '"inputRequests"', '"mimeType"', 'taskId', '\\/'] as const;

/**
 * The text of a tool's result with its tokens turned back; undefined: that needs a parse. It does where a value would have to be
 * escaped, since how often depends on what the token stands in.
 */
export function restoredText(json: string, tenant: string, tokens: Tokens): { readonly text: string; readonly count: number } | undefined {
  if (TELLS.some((tell) => holds(json, tell))) return undefined;
  const found = findTokens(json);
  const wanted: Wanted[] = [];
  let heads = 0;
  for (let at = json.indexOf(MARKER); at >= 0; at = json.indexOf(MARKER, at + 1)) heads++;
  // One that looks like a token and is none may be written with escapes.
  if (heads !== found.length) return undefined;
  for (const token of found) {
    const opened = tokens.open(tenant, token);
    if (opened === undefined) continue;
    const part = placed(json, token, opened, false);
    if (!PLAIN.test(part.value) || isUnclear(json, part.start)) return undefined;
    wanted.push(part);
  }
  return { text: replaced(json, wanted, wanted.map(({ value }) => value)), count: wanted.length };
}

/** What JSON writes as it is, at any depth of JSON in JSON. */
const PLAIN = /^[^"\\\u0000-\u001f\u007f\u2028\u2029]*$/;

/** What takes the place of a token, percent-encoded where it stands in a URL. */
function placed(text: string, token: FoundToken, { type, value }: Opened, uri: boolean): Wanted {
  const start = text.startsWith(URL_PREFIX, token.start - URL_PREFIX.length) ? token.start - URL_PREFIX.length : token.start;
  const encode = start === token.start && (uri || token.percent || inUrl(text, start));
  return { start, end: token.end, token: token.text, type, value: encode ? encoded(value, token.percent) : value };
}

/** Characters before a token that may belong to the URL it is in. */
const MAX_URL = 2_048;

/** Whether it stands within a URL, where values are percent-encoded. */
function inUrl(text: string, at: number): boolean {
  return SCHEME.test(text.slice(runStart(text, at), at));
}

/** Where the characters before a token begin that may be of one URL with it. */
function runStart(text: string, at: number): number {
  let begin = at;
  while (begin > 0 && at - begin < MAX_URL && !OUTSIDE.has(text[begin - 1] ?? '')) begin--;
  return begin;
}

/** In JSON text: a URL may begin right after an escape, or within one. */
function isUnclear(json: string, at: number): boolean {
  const begin = runStart(json, at);
  return json[begin - 1] === '\\' && (begin === at || json.slice(begin, at).includes(':'));
}

const OUTSIDE: ReadonlySet<string> = new Set(' \t\r\n"\'<>`\\^{}|');
const SCHEME = /(?:^|[^A-Za-z\d+.-])(?:[A-Za-z][A-Za-z\d+.-]{0,31}:\/\/|mailto:|tel:|urn:)/;

function encoded(value: string, at: boolean): string {
  const out = encodeURIComponent(value);
  return at ? out : out.replaceAll('%40', '@');
}
