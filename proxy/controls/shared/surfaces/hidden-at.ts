/** Finds the hidden field at a place. */
import { Denied, Invalid } from '../../../base/errors.ts';
import type { Place } from './place.ts';
import type { Scopes } from './scope.ts';

/**
 * The field that a place belongs to. Unreadable JSON may contain any hidden field. Towards the client, all of it is
 * hidden as the first field. Towards the upstream, it is refused: the sender can write it plainly.
 */
export function hiddenAt<T>(fields: Scopes<T>, at: Place): T | undefined {
  const field = fields.hides(at);
  if (field !== undefined || !at.unreadable) return field;
  const any = fields.within(at);
  if (any === undefined || at.direction === 'client') return any;
  const why = `${at.surface}: expected JSON in a string with unique keys and little nesting, got a duplicate key or too many levels`;
  throw at.surface === 'arguments' ? new Invalid(`${why}: send the value itself, not as a string`) : new Denied(why);
}
