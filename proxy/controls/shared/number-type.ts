import { BIRTH, DATE_PART, hintsOf } from './detectors/field.ts';
/** Says what a bare number is. */
import { findAll, type Detector } from './detectors/index.ts';
import type { Place } from './surfaces/index.ts';

/** A number below this has too few digits to be evidence. */
const LEAST = 1_000;

/**
 * The type of the detector that finds the number. Digits are weak evidence: a detector must match all of them, under a
 * key that says what they are. Of small numbers, only a day, a month or a year of birth is found.
 */
export function typeOfNumber(detectors: readonly Detector[], value: number, at: Place): string | undefined {
  if (at.field === undefined || detectors.length === 0) return undefined;
  if (Math.abs(value) < LEAST && (hintsOf(at) & PART_OF_BIRTH) !== PART_OF_BIRTH) return undefined;
  const digits = at.digits(value);
  const [span] = findAll(detectors, digits, at);
  return span?.start === 0 && span.end === digits.length ? span.type : undefined;
}
const PART_OF_BIRTH = BIRTH | DATE_PART;
