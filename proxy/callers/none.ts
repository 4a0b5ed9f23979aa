/** `none()`: callers are not told apart. */
import { type CallerSource, NOBODY } from '../call/caller.ts';

/** Nobody is told apart. The default. */
export function none(): CallerSource {
  return { kind: 'none', headers: [], bindings: {}, prepare: () => () => NOBODY };
}
