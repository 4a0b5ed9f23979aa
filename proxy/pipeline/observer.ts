/** Whoever watches calls from outside the controls: metrics and traces. */
import type { ErrorCode } from '../base/errors.ts';
import type { Next } from './next.ts';

/**
 * Changes nothing and decides nothing. It is no control: it appears in no decision, and no control stands outside of
 * it. What it waits for is a reply's end, so it counts as one that observes replies.
 */
export interface Observer {
  /** Wraps all controls and what is beneath them. */
  around(next: Next): Next;
  /** Wraps the way to the upstream, beneath all controls. */
  beneath(next: Next): Next;
  /** A request was refused before it became a call. */
  refused(code: ErrorCode): void;
  /** The proxy listens. */
  ready(): void;
  /** Hands on what is left, within a bounded time. Never rejects. */
  close(): Promise<void>;
}

/** What the observers know of the proxy. */
export interface Observed {
  /** Names of the controls. */
  readonly controls: readonly string[];
  /** The upstream's URL. */
  readonly upstream: URL;
  readonly version: string;
}
