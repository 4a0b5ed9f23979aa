import type { ReadCaller } from '../call/caller.ts';
/** What ingress needs from the rest of the proxy, and its limits. */
import type { OnRefused } from '../call/wire.ts';
import type { Dispatching } from '../dispatch/dispatching.ts';
import type { Closing } from './closing.ts';
import type { Cors } from './cors.ts';
import type { Guards } from './guards.ts';
import type { Identifying } from './mirror.ts';
import type { ProtectedResource } from './protected-resource.ts';

export interface IngressOptions {
  readonly guards: Guards;
  readonly readCaller: ReadCaller;
  readonly identifying?: Identifying | undefined;
  /** Says where clients get tokens. @default - clients get them elsewhere */
  readonly resource?: ProtectedResource | undefined;
  /** @default - pages of other origins are refused */
  readonly cors?: Cors | undefined;
  readonly dispatcher: Dispatching;
  /** Largest request body, in bytes. */
  readonly maxBody: number;
  /** Deepest nesting of a request body, in levels. */
  readonly maxDepth: number;
  /** Maximum of an inspected reply, in bytes. */
  readonly maxInspectedReply: number;
  /** Milliseconds for a request's headers, and for the whole request, to arrive. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly closing: Readonly<Closing>;
  /** Awaited before each message of a client, until it returns undefined: then nothing is left to prepare. */
  readonly begin?: (() => Promise<void> | undefined) | undefined;
  /** Prepares for a snapshot of the process. @default - its path is not found */
  readonly warmUp?: (() => Promise<void>) | undefined;
  /** Called for each request that is refused before it becomes a call. */
  readonly onRefused?: OnRefused | undefined;
}
