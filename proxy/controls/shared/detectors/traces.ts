/**
 * What a JSON text has if a detector can find anything in its strings and numbers. A text without it needs no parse. False
 * positives only cost the parse; a false negative would let data pass, so any doubt is a trace.
 */
import { isAscii } from 'node:buffer';
import type { Detector } from './detector.ts';
import { findOf } from './plain-find.ts';

/** Whether an ASCII text in plain spelling may hold a find. */
type HasTrace = (json: string) => boolean;

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
  return (json) => {
    if (typeof json === 'string' ? BEYOND_ASCII.test(json) : !isAscii(json)) return true;
    const text = typeof json === 'string' ? json : json.toString('latin1');
    return isOddlySpelled(text) || each.some((hasTrace) => hasTrace(text));
  };
}

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
const DOT = /[[(] ?(?:dot|\.) ?[\])]| dot /i;

/**
 * Whether anything in a text may be something else than it looks: an escape for a character, an escaped escape (JSON
 * within JSON, Markdown), percent-encoding, an HTML entity, base64 (`data`, `blob`), `[.]` or ` dot `. Strings that begin
 * with a rare character are found soonest.
 */
function isOddlySpelled(text: string): boolean {
  return (
    text.includes('\\u') ||
    text.includes('\\\\') ||
    text.includes('%') ||
    text.includes('&') ||
    text.includes('blob"') ||
    text.includes('data"') ||
    ((text.includes('[.]') || text.includes('DOT') || text.includes('dot')) && DOT.test(text))
  );
}
