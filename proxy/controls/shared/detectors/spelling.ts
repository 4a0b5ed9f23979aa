/**
 * Other spellings of the characters in a find: invisible characters between them, full-width letters and digits, HTML
 * entities, Markdown escapes, and `[.]` or `[at]` against collectors of addresses. Detectors search the text as it is,
 * and once more in plain spelling.
 */
import type { Work } from '../../../base/turns.ts';
import { type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { inParts, type Search } from './parts.ts';
import { Plainer } from './plainer.ts';
import { RunsInParts, runsOf } from './runs.ts';
import { whole, wholeInTurns } from './whole.ts';

/**
 * Makes a detector find its type in any spelling.
 * @param search the same as the detector's `find`, in parts
 * @param digits whether everything of its type has a digit, in any spelling
 */
export function inAnySpelling(detector: Detector, search: Search, digits: 'digits' | 'any'): Detector {
  const { find } = unbound(detector);
  return inParts(
    {
      ...detector,
      find(text, evidence) {
        if (digits === 'digits' && runsOf(text).count === 0) return NONE;
        const spans = find(text, evidence);
        const plainer = plainerOf(text);
        return plainer === undefined ? spans : both(spans, plainer.original(find(plainer.text, evidence)));
      },
    },
    function* (text, evidence, runs) {
      const spans = yield* search(text, evidence, runs);
      const other = yield* inPlain(text, runs);
      if (other === undefined) return spans;
      const more = yield* search(other.plainer.text, evidence, other.runs);
      return yield* wholeInTurns([spans, other.plainer.original(more)]);
    },
  );
}

type Find = (text: string, evidence?: Evidence) => readonly Span[];

/** The detectors' own functions do not use `this`. */
function unbound({ find }: { readonly find: Find }): { readonly find: Find } {
  return { find };
}

function both(spans: readonly Span[], more: readonly Span[]): readonly Span[] {
  return more === NONE ? spans : spans === NONE ? more : whole(spans.concat(more));
}

/** Of the last text: several detectors search it one after the other. */
let last: string | undefined;
let lastPlainer: Plainer | undefined;

function plainerOf(text: string): Plainer | undefined {
  if (text === last) return lastPlainer;
  lastPlainer = Plainer.of(text);
  last = text;
  return lastPlainer;
}

/** Releases the last text. */
export function forgetSpelling(): void {
  last = undefined;
  lastPlainer = undefined;
}

interface InPlain {
  readonly plainer: Plainer;
  readonly runs: RunsInParts;
}
/** Of texts that are searched in parts: all detectors share the runs of one text. */
const inParallel = new WeakMap<RunsInParts, InPlain | 'none'>();

function* inPlain(text: string, runs: RunsInParts): Work<InPlain | undefined> {
  let known = inParallel.get(runs);
  if (known === undefined) {
    const plainer = yield* Plainer.read(text);
    known = plainer === undefined ? 'none' : { plainer, runs: new RunsInParts() };
    inParallel.set(runs, known);
  }
  return known === 'none' ? undefined : known;
}
