/** Values of Kubernetes secrets in YAML: those under `data` and `stringData` of a mapping with `kind: Secret`. */
import { added, type Span } from '../detector.ts';
import { reached } from '../parts.ts';
import { isReference } from './looks.ts';

const TYPE = 'secret';

export const KIND = 'kind: Secret';
/** Of a mapping, in both directions. Kubernetes' secrets have at most 1 MiB. */
const REACH = 1024 * 1024;
/** Also in both directions: more would take over 10 ms in one go. */
const MOST_LINES = 16_384;
/** Nested deeper, it is no manifest. */
const MOST_SPACES = 32;

const REST = /[ \t\r]*(?:#[^\n]{0,200})?(?:\n|$)/y;
const MEMBER = /["']?[A-Za-z][\w./-]{0,100}["']?:(?:\s|$)/y;
const SECTION = /(?:data|stringData):[ \t\r]*(?:#[^\n]{0,200})?(?:\n|$)/y;
const ENTRY = /["']?[\w.-]{1,253}["']?:[ \t]*/y;
/** A value on the lines below. */
const BLOCK = /^(?:[|>][\d+-]{0,2}[ \t]*(?:#.*)?)?$/;
const COPY = 'last-applied-configuration';
const STRING = '"[^"\\\\\\n]*(?:\\\\.[^"\\\\\\n]*)*"';
const COPIED = new RegExp(`"(?:data|stringData)":\\{(?:${STRING}:${STRING},?)*\\}`, 'g');
const COPIED_ENTRY = new RegExp(`${STRING}:(${STRING})`, 'g');

/** Those of the manifests whose kind is named from `first` to `until`. */
export function manifests(text: string, first: number, until: number, spans: readonly Span[]): readonly Span[] {
  let found = spans;
  let at = text.indexOf(KIND, first);
  while (at >= 0 && at < until) {
    let next = at + KIND.length;
    const indent = at - lineStart(text, at);
    if (indent <= MOST_SPACES && isAt(REST, text, next) && /^ *(?:- )?$/.test(text.slice(at - indent, at))) {
      const start = mappingStart(text, at, indent);
      const end = mappingEnd(text, at, indent);
      found = copied(text, start, end, members(text, start, end, indent, found));
      next = Math.max(next, end);
    }
    at = text.indexOf(KIND, next);
    reached.next = at < 0 ? text.length : at;
    if (at >= until) return found;
  }
  reached.next = at < 0 ? text.length : at;
  return found;
}

/** The position of a mapping's first key. */
function mappingStart(text: string, kind: number, indent: number): number {
  let start = kind;
  let from = kind - indent;
  for (let lines = 0; lines < MOST_LINES && !text.startsWith('- ', start - 2); lines++) {
    if (from === 0 || kind - from >= REACH) break;
    from = lineStart(text, from - 1);
    const column = columnAt(text, from);
    if (column < 0) continue;
    if (column < indent) {
      if (column + 2 !== indent || !text.startsWith('- ', from + column)) break;
      return isAt(MEMBER, text, from + indent) ? from + indent : start;
    }
    if (!belongs(text, from + column, column - indent)) break;
    if (column === indent) start = from + column;
  }
  return start;
}

function mappingEnd(text: string, kind: number, indent: number): number {
  let from = lineEnd(text, kind) + 1;
  for (let lines = 0; lines < MOST_LINES && from < text.length && from - kind < REACH; lines++) {
    const column = columnAt(text, from);
    if (column >= 0 && (column < indent || !belongs(text, from + column, column - indent))) break;
    from = lineEnd(text, from) + 1;
  }
  return Math.min(from, text.length);
}

/** Whether a line continues a mapping: it is deeper, a key, a list's item below one, or a comment. */
const belongs = (text: string, at: number, deeper: number): boolean =>
  deeper > 0 || isAt(MEMBER, text, at) || text.startsWith('- ', at) || text.charCodeAt(at) === 0x23;

function members(text: string, start: number, end: number, indent: number, spans: readonly Span[]): readonly Span[] {
  let found = spans;
  let inner = -1;
  let isWithin = false;
  for (let from = start - indent; from < end;) {
    const column = from === start - indent ? indent : columnAt(text, from);
    let next = lineEnd(text, from) + 1;
    if (column === indent) {
      isWithin = isAt(SECTION, text, from + indent);
      inner = -1;
    } else if (isWithin && column > indent && text.charCodeAt(from + column) !== 0x23) {
      if (inner < 0) inner = column;
      if (column === inner) {
        // A long value has further lines, all deeper.
        let last = next - 1;
        for (
          let below = columnAt(text, next);
          next < end && (below < 0 || below > inner);
          below = columnAt(text, next)
        ) {
          const close = lineEnd(text, next);
          if (below >= 0) last = close;
          next = close + 1;
        }
        found = entry(text, from + column, Math.min(last, end), found);
      }
    }
    from = next;
  }
  return found;
}

function entry(text: string, from: number, end: number, spans: readonly Span[]): readonly Span[] {
  if (!isAt(ENTRY, text, from)) return spans;
  let start = ENTRY.lastIndex;
  const line = Math.min(end, lineEnd(text, start));
  if (BLOCK.test(text.slice(start, line).trimEnd())) {
    start = line;
    while (start < end && text.charCodeAt(start) <= 0x20) start++;
  }
  const value = text.slice(start, end).trimEnd();
  const quoted = /^(["'])[^]*\1$/.test(value);
  const inner = quoted ? value.slice(1, -1) : start > line ? value : value.replace(/ #[^\n]*$/, '').trimEnd();
  if (quoted) start++;
  return isStored(inner) ? added(spans, start, start + inner.length, TYPE) : spans;
}

/** The copy that `kubectl apply` keeps in an annotation, as JSON. */
function copied(text: string, start: number, end: number, spans: readonly Span[]): readonly Span[] {
  let found = spans;
  const mapping = text.slice(start, end);
  const copy = mapping.indexOf(COPY);
  if (copy < 0) return found;
  for (const section of mapping.slice(copy).matchAll(COPIED))
    for (const each of section[0].slice(section[0].indexOf('{')).matchAll(COPIED_ENTRY)) {
      const value = (each[1] ?? '').slice(1, -1);
      const at =
        start + copy + section.index + section[0].indexOf('{') + each.index + each[0].length - 1 - value.length;
      if (isStored(value)) found = added(found, at, at + value.length, TYPE);
    }
  return found;
}

/** Whether a value is one, and no reference to it or a sign that it was removed. */
const isStored = (value: string): boolean => value.trim() !== '' && !isReference(value);

const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Of the first character of a line; -1 if it is blank. */
function columnAt(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at++;
  const code = text.charCodeAt(at);
  return code > 0x20 ? at - from : -1;
}

function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
