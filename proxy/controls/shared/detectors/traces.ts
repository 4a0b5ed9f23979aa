/**
 * What a JSON text has if a detector can find anything in its strings and numbers. A text without it needs no parse. False
 * positives only cost the parse; a false negative would let data pass, so any doubt is a trace.
 */
import { isAscii } from 'node:buffer';
import type { Detector } from './detector.ts';
import { findOf } from './plain-find.ts';
import { isOneAt, isWordAt, type Sign, Signs } from './signs.ts';

/** What a detector's finds leave in an ASCII text in plain spelling: the same in text and in bytes. */
export interface Trace {
  /** @param bytes the same text, if it is at hand as bytes */
  readonly inText: (json: string, bytes?: Uint8Array) => boolean;
  readonly signs: readonly Sign[];
  /** What is no sign of a few characters. */
  readonly inBytes?: (json: Uint8Array) => boolean;
}

const known = new WeakMap<Detector['find'], Trace>();

/** Notes what a detector's finds leave in a text. */
export function leavesTrace(detector: Detector, trace: Trace): Detector {
  known.set(findOf(detector), trace);
  return detector;
}

/**
 * Whether a JSON text may hold finds of these detectors, in any spelling and encoding that controls look through.
 * Undefined if one of them leaves no trace that is known.
 */
export function mayHoldFinds(detectors: readonly Detector[]): ((json: string | Buffer) => boolean) | undefined {
  const traces = detectors.map((detector) => known.get(findOf(detector)));
  const each = traces.filter((trace) => trace !== undefined);
  if (each.length < traces.length) return undefined;
  let signs: Signs | undefined;
  return (json) => {
    if (typeof json === 'string' ? BEYOND_ASCII.test(json) : !isAscii(json)) return true;
    const bytes = typeof json === 'string' ? undefined : json;
    if (bytes !== undefined && bytes.length >= LONG) {
      signs ??= new Signs([...ODD_SIGNS, ...each.flatMap((trace) => trace.signs)]);
      return signs.isIn(bytes) || each.some(({ inBytes }) => inBytes?.(bytes) === true);
    }
    const text = json.toString('latin1');
    return isOddlySpelled(text) || each.some(({ inText }) => inText(text, bytes));
  };
}

/** Bytes from which one pass for all signs takes less time than a pattern for each. */
const LONG = 1024;

/** By list: a control searches every short text with the same list. */
const ofLists = new WeakMap<readonly Detector[], Trace['inText']>();

/**
 * Whether a short text may hold finds of these detectors. Most texts are words, in which some detectors find nothing: a
 * look at the characters costs less than a search.
 */
export function mayBeFound(detectors: readonly Detector[], text: string): boolean {
  if (text.length > SHORT || ODD.test(text)) return true;
  let hasTrace = ofLists.get(detectors);
  if (hasTrace === undefined) {
    const traces = detectors.map((detector) => known.get(findOf(detector)));
    hasTrace = (plain) => traces.some((trace) => trace === undefined || trace.inText(plain));
    ofLists.set(detectors, hasTrace);
  }
  return hasTrace(text);
}

const SHORT = 256;
/** What JSON writes in another way, or what may be something else than it looks. */
const ODD = /[^ !#-[\]-~]|[%&]|dot/i;

const BEYOND_ASCII = /[^\0-\x7f]/;
const SIGNS = /\\[u\\]|[%&]/;
const BASE64 = /(?:blob|data)"/;
const MAYBE_DOT = /dot|[[(] ?\./i;
const DOT = /[ [(]dot[ \])]|[[(] ?\. ?[\])]/i;

/**
 * Whether anything in a text may be something else than it looks: an escape for a character, an escaped escape (JSON
 * within JSON, Markdown), percent-encoding, an HTML entity, base64 (`data`, `blob`), `[.]` or ` dot `.
 */
function isOddlySpelled(text: string): boolean {
  return SIGNS.test(text) || BASE64.test(text) || (MAYBE_DOT.test(text) && DOT.test(text));
}

/** The same, in bytes. */
const ODD_SIGNS: readonly Sign[] = [
  { row: ['', '%&', ''], isAt: (bytes, at) => isOneAt(bytes, at + 1, '%&') },
  { row: ['\\', 'u\\'], isAt: (bytes, at) => isOneAt(bytes, at, '\\') && isOneAt(bytes, at + 1, 'u\\') },
  { row: ['o', 'b', '"'], isAt: (bytes, at) => isWordAt(bytes, at - 2, 'blob"') },
  { row: ['t', 'a', '"'], isAt: (bytes, at) => isWordAt(bytes, at - 2, 'data"') },
  {
    row: ['dD', 'oO', 'tT'],
    isAt: (bytes, at) =>
      isOneAt(bytes, at, 'dD') &&
      isOneAt(bytes, at + 1, 'oO') &&
      isOneAt(bytes, at + 2, 'tT') &&
      isOneAt(bytes, at - 1, ' [(') &&
      isOneAt(bytes, at + 3, ' ])'),
  },
  { row: ['[(', ' .'], isAt: (bytes, at) => isOneAt(bytes, at, '[(') && isDotAt(bytes, at + 1) },
];

/** Whether a dot is there, and a bracket closes behind it. */
function isDotAt(bytes: Uint8Array, from: number): boolean {
  const dot = isOneAt(bytes, from, ' ') ? from + 1 : from;
  return isOneAt(bytes, dot, '.') && isOneAt(bytes, isOneAt(bytes, dot + 1, ' ') ? dot + 2 : dot + 1, '])');
}
