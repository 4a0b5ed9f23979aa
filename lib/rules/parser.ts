import type { Place } from './place.ts';

/** Returns the typed value, or reports at its place what was expected and returns `undefined`. */
export type Parse<T> = (value: unknown, place: Place) => T | undefined;
