/** `none()`: callers are not distinguished. */
import { type CallerSource, NOBODY } from '../call/caller.ts';

/** Callers are not distinguished. The default. */
export function none(): CallerSource {
  return { kind: 'none', headers: [], bindings: {}, prepare: () => () => NOBODY };
}
