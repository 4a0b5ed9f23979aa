/**
 * What a JSON text has if a detector can find anything in its strings and numbers. A text without it needs no parse. False
 * positives only cost the parse; a false negative would let data pass, so any doubt is a trace.
 */
import { isAscii } from 'node:buffer';
import type { Detector } from './detector.ts';
import { findOf } from './plain-find.ts';

/**
 * Whether an ASCII text in plain spelling may hold a find. A trace has at most {@link SEAM} characters.
 * @param bytes the same text, if it is at hand as bytes: a look at single characters takes half the time there
 */
type HasTrace = (json: string, bytes?: Uint8Array) => boolean;

const known = new WeakMap<Detector['find'], HasTrace>();

/** Notes what a detector's finds leave in a text. */
export function leavesTrace(detector: Detector, hasTrace: HasTrace): Detector {
  known.set(findOf(detector), hasTrace);
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
  const isTraced = (text: string, bytes?: Uint8Array): boolean =>
    isOddlySpelled(text) || each.some((hasTrace) => hasTrace(text, bytes));
  return (json) => {
    if (typeof json === 'string' ? BEYOND_ASCII.test(json) : !isAscii(json)) return true;
    const { length } = json;
    // A copy of many megabytes costs more than the searches in it, which read each part while it is in the processor's
    // cache.
    for (let from = 0; from < length; from += PART) {
      const until = Math.min(length, from + PART + SEAM);
      if (
        typeof json === 'string'
          ? isTraced(json.slice(from, until))
          : isTraced(json.toString('latin1', from, until), json.subarray(from, until))
      )
        return true;
    }
    return false;
  };
}

/** Characters that are searched at a time. */
const PART = 64 * 1024;
/** How many of the next part are searched with each: a trace may lie across the border. */
const SEAM = 128;

/** By list: a control searches every short text with the same list. */
const ofLists = new WeakMap<readonly Detector[], HasTrace>();

/**
 * Whether a short text may hold finds of these detectors. Most texts are words, in which some detectors find nothing: a
 * look at the characters costs less than a search.
 */
export function mayBeFound(detectors: readonly Detector[], text: string): boolean {
  if (text.length > SHORT || ODD.test(text)) return true;
  let hasTrace = ofLists.get(detectors);
  if (hasTrace === undefined) {
    const traces = detectors.map((detector) => known.get(findOf(detector)));
    hasTrace = (plain) => traces.some((trace) => trace === undefined || trace(plain));
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
const MAYBE_DOT = /dot|\[\.\]/i;
const DOT = /[[(] ?(?:dot|\.) ?[\])]| dot /i;

/**
 * Whether anything in a text may be something else than it looks: an escape for a character, an escaped escape (JSON
 * within JSON, Markdown), percent-encoding, an HTML entity, base64 (`data`, `blob`), `[.]` or ` dot `.
 */
function isOddlySpelled(text: string): boolean {
  return SIGNS.test(text) || BASE64.test(text) || (MAYBE_DOT.test(text) && DOT.test(text));
}
