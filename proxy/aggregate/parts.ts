/** What the aggregate is made of. */
import type { Attention } from '../reply/reply.ts';
import type { Sealer } from '../upstream/seal.ts';
import type { MergedCatalogue } from './catalogue.ts';
import type { Directory } from './directory.ts';
import type { Extensions } from './extensions.ts';
import type { Member } from './member.ts';
import type { Places } from './places.ts';
import type { ClientSessions } from './sessions.ts';
import type { ToOne } from './to-one.ts';
import type { Wrapper } from './wrapped.ts';

export interface AggregateOptions {
  readonly members: readonly Member[];
  readonly sealer: Sealer;
  /** Seals task ids and request states. */
  readonly wrapper: Wrapper;
  readonly places: Places;
  readonly attention: Attention;
  /** Bytes of a reply that is read whole. */
  readonly maxInspected: number;
}

export interface Parts extends AggregateOptions {
  readonly directory: Directory;
  readonly sessions: ClientSessions;
  readonly catalogue: MergedCatalogue;
  readonly extensions: Extensions;
  readonly toOne: ToOne;
  readonly isClosing: () => boolean;
}
