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
  const plain = plainFinds.get(findOf(detector));
  return plain === undefined ? detector.find(text, evidence) : plain(text, evidence);
}
