/**
 * What a detector finds without the structure of a text: a search with several detectors reads the structure once for all
 * of them.
 */
import type { Detector, Evidence, Span } from './detector.ts';

type Find = Detector['find'];

const plainFinds = new WeakMap<Find, Find>();

/** The function of a detector, which does not use `this`. */
export function findOf({ find }: { readonly find: Find }): Find {
  return find;
}

/** Notes that a detector's own `find` reads the structure, too. */
export function hasPlainFind(detector: Detector, plain: Find): void {
  plainFinds.set(findOf(detector), plain);
}

export function findPlainly(detector: Detector, text: string, evidence: Evidence | undefined): readonly Span[] {
  return plainFindOf(detector)(text, evidence);
}

function plainFindOf(detector: Detector): Find {
  return plainFinds.get(findOf(detector)) ?? ((text, evidence) => detector.find(text, evidence));
}

/** By list: a control searches every short text with the same list. */
const ofLists = new WeakMap<readonly Detector[], readonly Find[]>();

/** What each detector finds without the structure of a text. */
export function plainFindsOf(detectors: readonly Detector[]): readonly Find[] {
  let finds = ofLists.get(detectors);
  if (finds?.length !== detectors.length) ofLists.set(detectors, (finds = detectors.map(plainFindOf)));
  return finds;
}
