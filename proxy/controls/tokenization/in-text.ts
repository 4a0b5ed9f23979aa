/**
 * Tokens of a tool's result turned back in its JSON text: reading 100 KB costs more than all the rest of its way. Only
 * in `text` of content blocks and in structured content, where nothing is software's own, and only where what comes out
 * is what a walk over the values would have made. In doubt it needs a parse.
 */
import { stringEnd } from '../../json/string-end.ts';
import type { TextEdit } from '../../reply/reply.ts';
import { findTokens, MARKER } from './token.ts';
import type { Tokens } from './tokens.ts';

/** What JSON writes as it is, at any depth of JSON in JSON; and what begins no URL. */
const PLAIN = /^[^"\\:/\u0000-\u001f\u007f\u2028\u2029]*$/;

/** What of a message's text becomes what. Undefined: that needs a parse. */
export function restoredIn(json: string, tenant: string, tokens: Tokens): readonly TextEdit[] | undefined {
  const found = findTokens(json);
  let heads = 0;
  for (let at = json.indexOf(MARKER); at >= 0; at = json.indexOf(MARKER, at + 1)) heads++;
  // One that looks like a token and is none may be written with escapes.
  if (heads !== found.length || mayHoldUrl(json) || ESCAPED.test(json)) return undefined;
  const edits: TextEdit[] = [];
  let quote = -1;
  for (const token of found) {
    const opened = tokens.open(tenant, token);
    if (opened === undefined) continue;
    if (quote < token.end) quote = json.indexOf('"', token.end);
    if (token.percent || !PLAIN.test(opened.value) || isEndOfKey(json, quote)) return undefined;
    edits.push({ start: token.start, end: token.end, text: opened.value });
  }
  return areData(json, edits) ? edits : undefined;
}

/** Backslashes, and letters and signs that are written with escapes: a name is then not what it seems. */
const ESCAPED = /\\(?:\\|u00[0-7])/;

/**
 * Whether a URL or a link may begin somewhere: values in it may have to stay tokens, or be encoded. Looked for are the
 * rarest of its characters.
 */
function mayHoldUrl(json: string): boolean {
  for (let at = json.indexOf('/'); at >= 0; at = json.indexOf('/', at + 1)) {
    const before = json.charCodeAt(at - 1);
    const after = json.charCodeAt(at + 1);
    if (before === BACKSLASH || after === BACKSLASH || after === SLASH) return true;
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
  }
  return json.includes('&') && ENTITY.test(json);
}
const SCHEME = /(?:https?|wss?|ftp|file|data|mailto|tel|urn)(?:\\[nrt])*$/i;
const ENTITY = /&(?:#|colon|sol|bsol|tab|newline)/i;

/**
 * Whether a quote may be that at the end of a key, at any depth of JSON in JSON: two keys that become one are refused.
 */
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

/** What the members of objects are, where that matters. Those of an envelope are all that there may be. */
const MEMBERS: readonly Readonly<Record<string, number>>[] = [
  { jsonrpc: OTHER, id: OTHER, result: RESULT },
  { content: CONTENT, structuredContent: DATA },
  {},
  { text: DATA },
];
const MAX_DEPTH = 128;

/**
 * Whether all those parts of a message's text lie where a tool's data is: in one pass over its structure that jumps
 * over strings. Deeper keys that are there twice don't matter here: a part is data by what is around it, whichever of
 * them a client reads.
 */
function areData(json: string, parts: readonly { readonly start: number }[]): boolean {
  const around: number[] = [];
  /** Names that one object may have once. */
  const seen = new Set<string>();
  let value = ENVELOPE;
  let isKey = false;
  let next = 0;
  for (let at = 0; at < json.length; at++) {
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

/** What a value is that stands in a list, or whose key hasn't been read yet. */
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
