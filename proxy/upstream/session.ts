/** One session with a legacy upstream, as its client knows it. */
import { ProxyError } from '../base/errors.ts';
import type { Caller } from '../call/caller.ts';

/** Why a session can't be used any more: its client ended it, the upstream lost it, or nobody used it for long. */
export type Ending = 'client' | 'lost' | 'idle';

export interface Session {
  readonly caller: Caller;
  /** Tells it from any other of this process; a later one has a higher number. */
  readonly serial: number;
  /** The proxy opened it for a client whose `initialize` this process never saw. */
  readonly byProxy: boolean;
  /** The upstream's `Mcp-Session-Id`; undefined where it gave none. */
  id: string | undefined;
  /** The version negotiated when the proxy itself opened or reopened it; else the client's own word goes. */
  version: string | undefined;
  /** The version that the client named last. */
  spoken: string | undefined;
  /** Keeps all requests of the session in one microVM of an upstream that is itself an AgentCore runtime. */
  readonly runtimeSessionId: string | undefined;
  /**
   * The client's `initialize` parameters as JSON text, to open the session again; undefined where they aren't known.
   */
  initialize: string | undefined;
  /** Something of its state was too much to remember: it can't be opened again as it was. */
  partlyKnown: boolean;
  /** Its log level or subscriptions were noted. */
  noted: boolean;
  /** Set while it is being reopened: one flight for all calls that wait for it. */
  reopening: Promise<void> | undefined;
  /** Ended at the upstream for being idle; to be opened again before its next use. */
  lapsed: boolean;
  ended: Ending | undefined;
  /** How many of the ids by which requests find it lead here. */
  names: number;
  /** Requests under way in it, counted only where the proxy has to end it. */
  inUse: number;
  /** `Date.now()` at its last use, likewise. */
  usedAt: number;
}

export function newSession(
  caller: Caller,
  serial: number,
  runtimeSessionId: string | undefined,
  byProxy: boolean,
): Session {
  return {
    caller,
    serial,
    byProxy,
    id: undefined,
    version: undefined,
    spoken: undefined,
    runtimeSessionId,
    initialize: undefined,
    partlyKnown: false,
    noted: false,
    reopening: undefined,
    lapsed: false,
    ended: undefined,
    names: 0,
    inUse: 0,
    usedAt: Date.now(),
  };
}

const WHY: Readonly<Record<Ending, string>> = {
  client: 'it was ended',
  lost: 'the upstream no longer knows it',
  idle: 'nobody used it for so long that it was ended',
};

/**
 * What a client gets that names a session which is none: 404, upon which it has to start anew (MCP 2025-11-25, session
 * management), with the code and the first words that the TypeScript SDK's servers use, since some clients look for
 * those.
 */
export function gone(why?: Ending): ProxyError {
  return new ProxyError(
    'session-not-found',
    `Session not found: ${why === undefined ? 'it is not known here' : WHY[why]}; initialize again, without a session id`,
  );
}
