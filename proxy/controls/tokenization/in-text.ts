/**
 * Restores tokens directly in the JSON text of a tool's result: for 100 KB, parsing costs more than everything else.
 * Applies only to `text` of content blocks and to structured content, where software relies on nothing, and only if the
 * result equals that of a walk over the values. In doubt, the message is parsed.
 */
import type { Work } from '../../base/turns.ts';
import { stringEnd } from '../../json/string-end.ts';
import type { TextEdit } from '../../reply/mapping.ts';
import { markersIn, readTokens } from './token.ts';
import type { Tokens } from './tokens.ts';
import { percentAround } from './written.ts';

/** Text that JSON writes unchanged at any depth of JSON in JSON, and that starts no URL. */
const PLAIN = /^[^"\\:/\u0000-\u001f\u007f\u2028\u2029]*$/;

/** The edits of a message's text. Undefined: it must be parsed. */
export function* restoredIn(json: string, tenant: string, tokens: Tokens): Work<readonly TextEdit[] | undefined> {
  const found = yield* readTokens(json);
  // Something that only looks like a token may be written with escapes.
  if ((yield* markersIn(json)) !== found.length || (yield* mayHoldUrl(json)) || (yield* holds(json, '\\', ESCAPED)))
    return undefined;
  const edits: TextEdit[] = [];
  let quote = -1;
  for (const token of found) {
    yield;
    const opened = tokens.open(tenant, token);
    if (opened === undefined) {
      // It is noted.
      if (tokens.mayBeOurs(token)) return undefined;
      continue;
    }
    if (quote < token.end) quote = json.indexOf('"', token.end);
    // Behind percent-encoding, a value is encoded, too.
    const behind = percentAround(json, token.start) > 0;
    const isInWww = WWW.test(json.slice(Math.max(0, token.start - BEHIND), token.start));
    if (isInWww || behind || token.percent > 0 || !PLAIN.test(opened.value) || isEndOfKey(json, quote))
      return undefined;
    edits.push({ start: token.start, end: token.end, text: opened.value });
  }
  return (yield* areData(json, edits)) ? edits : undefined;
}

/** A host that begins a link, up to the token. A longer link has a slash. */
const WWW = /www\d?\.[^\s"]*$/i;
const BEHIND = 256;

/** Backslashes, and escaped letters and signs: the name of a member is then unclear. */
const ESCAPED = /\\(?:\\|u00[0-7])/y;

/** Whether the pattern matches at any place of the character. */
function* holds(json: string, character: string, pattern: RegExp): Work<boolean> {
  let count = 0;
  for (let at = json.indexOf(character); at >= 0; at = json.indexOf(character, at + 1)) {
    pattern.lastIndex = at;
    if (pattern.test(json)) return true;
    if ((++count & PART) === 0) yield;
  }
  return false;
}

/** A search may yield after this many characters or places of a character, plus one. */
const PART = 0x3ff;

/**
 * Whether a URL or a link may start anywhere: values in it may have to stay tokens, or be encoded. Looks for the rarest
 * of its characters.
 */
function* mayHoldUrl(json: string): Work<boolean> {
  let count = 0;
  for (let at = json.indexOf('/'); at >= 0; at = json.indexOf('/', at + 1)) {
    const before = json.charCodeAt(at - 1);
    const after = json.charCodeAt(at + 1);
    if (before === BACKSLASH || after === BACKSLASH || after === SLASH || isAfterHost(json, at)) return true;
    if ((++count & PART) === 0) yield;
  }
  for (let at = json.indexOf(':'); at >= 0; at = json.indexOf(':', at + 1)) {
    const before = json.charCodeAt(at - 1) | 0x20;
    if (
      before >= 0x61 &&
      before <= 0x7a &&
      json.charCodeAt(at + 1) !== 0x20 &&
      SCHEME.test(json.slice(Math.max(0, at - 32), at))
    )
      return true;
    if ((++count & PART) === 0) yield;
  }
  for (const [character, pattern] of OTHERS) if (yield* holds(json, character, pattern)) return true;
  return false;
}

/** Whether the name or address of a host may end there, perhaps with a port. */
function isAfterHost(json: string, at: number): boolean {
  const code = json.charCodeAt(at - 1);
  return code !== QUOTE && code !== 0x20 && HOST_END.test(json.slice(Math.max(0, at - 72), at));
}
const HOST_END = /\.[a-z0-9\u00a1-\uffff-]{1,63}\.?(?::\d{1,5})?$/i;
const SCHEME = /(?:https?|wss?|ftp|file|data|mailto|tel|urn)(?:\\[nrt])*$/i;
const ENTITY = /&(?:#|colon|sol|bsol|tab|newline)/iy;
/** Where a link may begin otherwise, by its rarest character. */
const OTHERS: readonly (readonly [character: string, pattern: RegExp])[] = [
  ['?', /(?<=\.[^\s"./]{1,70})\?/iy],
  ['#', /(?<=\.[^\s"./]{1,70})#/iy],
  ['(', /(?<=\]|url)\(/iy],
  [']:', /\]:/y],
  [
    '=',
    /(?<=(?:href|src|srcset|action|poster|data|background|cite|ping|longdesc|manifest|codebase)(?:\s|\\[nrt]){0,16})=/iy,
  ],
  ['&', ENTITY],
];

/** Whether a quote may end a key, at any depth of JSON in JSON. Two keys that become equal are refused. */
function isEndOfKey(json: string, quote: number): boolean {
  END_OF_KEY.lastIndex = quote;
  return quote >= 0 && END_OF_KEY.test(json);
}
const END_OF_KEY = /"(?:[ \t\r\n]|\\+[nrt])*:/y;

const ENVELOPE = 0;
const RESULT = 1;
const CONTENT = 2;
const BLOCK = 3;
const DATA = 4;
const OTHER = 5;

/** The kinds of objects' members, if they matter. An envelope may have no others. */
const MEMBERS: readonly Readonly<Record<string, number>>[] = [
  { jsonrpc: OTHER, id: OTHER, result: RESULT },
  { content: CONTENT, structuredContent: DATA },
  {},
  { text: DATA },
];
const MAX_DEPTH = 128;

/**
 * Whether all parts lie within a tool's data. One pass over the structure; it jumps over strings. Duplicate keys at
 * greater depth do not matter: a part is data because of what encloses it, whichever duplicate a client reads.
 */
function* areData(json: string, parts: readonly { readonly start: number }[]): Work<boolean> {
  const around: number[] = [];
  /** Names that may occur once in an object. */
  const seen = new Set<string>();
  let value = ENVELOPE;
  let isKey = false;
  let next = 0;
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    if ((++count & PART) === 0) yield;
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      const start = at;
      const end = stringEnd(json, start);
      if (end < 0) return false;
      at = end - 1;
      for (; next < parts.length && (parts[next]?.start ?? 0) < at; next++) if (isKey || value !== DATA) return false;
      const object = around.at(-1) ?? OTHER;
      if (isKey) {
        const key = json.slice(start + 1, at);
        const members = MEMBERS[object] ?? {};
        const known = Object.hasOwn(members, key) ? members[key] : undefined;
        if (key.includes('\\') || (object === ENVELOPE && known === undefined)) return false;
        if (object !== BLOCK && known !== undefined && seen.size === seen.add(`${object}${key}`).size) return false;
        value = known ?? OTHER;
        isKey = false;
      } else if (object !== DATA) value = OTHER;
    } else if (code === OBJECT || code === LIST) {
      if (around.length >= MAX_DEPTH) return false;
      const inner =
        value === DATA
          ? DATA
          : code === LIST
            ? value === CONTENT
              ? CONTENT
              : OTHER
            : value === CONTENT
              ? OTHER
              : value;
      around.push(inner);
      isKey = code === OBJECT && inner < DATA;
      value = withinOf(inner);
    } else if (code === OBJECT_END || code === LIST_END) {
      around.pop();
      value = around.at(-1) === DATA ? DATA : OTHER;
    } else if (code === COMMA) {
      const object = around.at(-1) ?? OTHER;
      isKey = object < DATA && object !== CONTENT;
      value = withinOf(object);
    }
  }
  return next === parts.length && around.length === 0;
}

/** The kind of a value in a list, or before its key was read. */
function withinOf(kind: number): number {
  return kind === DATA ? DATA : kind === CONTENT ? BLOCK : OTHER;
}

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const LIST = 0x5b;
const LIST_END = 0x5d;
const COMMA = 0x2c;
