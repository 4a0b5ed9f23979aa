/** One session with a legacy upstream, as its client knows it. */
import { ProxyError } from '../base/errors.ts';
import type { CallerTokens } from '../call/caller-tokens.ts';
import type { Caller } from '../call/caller.ts';

/** Why a session can't be used any more: its client ended it, the upstream lost it, or it was idle for too long. */
export type Ending = 'client' | 'lost' | 'idle';

export interface Session {
  readonly caller: Caller;
  /** Unique in this process; a later session has a higher number. */
  readonly serial: number;
  /** The proxy opened it for a client whose `initialize` this process never saw. */
  readonly byProxy: boolean;
  /** The upstream's `Mcp-Session-Id`; undefined if it gave none. */
  id: string | undefined;
  /** The version negotiated when the proxy itself opened or reopened it; undefined: the client's applies. */
  version: string | undefined;
  /** The version that the client named last. */
  clientVersion: string | undefined;
  /** Keeps all requests of the session in one microVM of an upstream that is itself an AgentCore runtime. */
  readonly runtimeSessionId: string | undefined;
  /** The client's `initialize` parameters as JSON text, to open the session again; undefined if they aren't known. */
  initialize: string | undefined;
  /** Some of its state was too large to remember: it can't be restored. */
  partlyKnown: boolean;
  /** Whether the client declared URL elicitation. Undefined: its `initialize` wasn't seen, or it is never asked for consent. */
  takesUrls: boolean | undefined;
  /** Its log level or subscriptions were noted. */
  noted: boolean;
  /** Set while it is being reopened: one attempt for all calls that wait for it. */
  reopening: Promise<void> | undefined;
  /** Ended at the upstream because it was idle; opened again before its next use. */
  lapsed: boolean;
  ended: Ending | undefined;
  /** The number of ids by which requests find it. */
  names: number;
  /** Requests under way in it. Counted only for held sessions. */
  inUse: number;
  /** `Date.now()` at its last use. Set only for held sessions. */
  usedAt: number;
  /**
   * Whose credentials its last request was sent with, without the tokens' values: with what is left of those, the
   * session is ended. Set only for held sessions.
   */
  tokens: CallerTokens | undefined;
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
    clientVersion: undefined,
    runtimeSessionId,
    initialize: undefined,
    partlyKnown: false,
    takesUrls: undefined,
    noted: false,
    reopening: undefined,
    lapsed: false,
    ended: undefined,
    names: 0,
    inUse: 0,
    usedAt: Date.now(),
    tokens: undefined,
  };
}

const WHY: Readonly<Record<Ending, string>> = {
  client: 'it was ended',
  lost: 'the upstream no longer knows it',
  idle: 'it was idle for too long and was ended',
};

/**
 * The error for a request whose session doesn't exist: 404, after which the client has to initialize again (MCP
 * 2025-11-25, session management). Code and first words are those of the TypeScript SDK's servers, since some clients
 * look for them.
 */
export function gone(why?: Ending): ProxyError {
  return new ProxyError(
    'session-not-found',
    `Session not found: ${why === undefined ? 'it is not known here' : WHY[why]}; initialize again, without a session id`,
  );
}
