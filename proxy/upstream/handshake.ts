/** Opening sessions with a legacy upstream in the place of a client: for one never met here, and again after a restart. */
import type { IncomingMessage } from 'node:http';
import { type Call, Exchange } from '../call.ts';
import { ProxyError, UpstreamFailure } from '../errors.ts';
import { isObject } from '../json/lossless.ts';
import { type ClientInfo, OWN_HEADERS } from './own-calls.ts';
import { readResponse } from './read.ts';
import type { Session } from './sessions.ts';

/** The version proposed where a client named none. */
const LATEST_LEGACY = '2025-11-25';

export interface Handshaking {
  readonly clientInfo: ClientInfo;
  /** A call of the proxy's own from its text. */
  readonly callOf: (exchange: Exchange, text: string) => Call;
  /** Sends it in a session; settles at the head of the reply. */
  readonly exchange: (call: Call, session: Session) => Promise<IncomingMessage>;
}

/** Opens `session` for a client whose `initialize` this process never saw. Throws `session-not-found` where it is about to end it. */
export async function open(by: Handshaking, call: Call, session: Session): Promise<Session> {
  if (call.kind === 'end') throw new ProxyError('session-not-found', 'this session is not known here');
  await handshake(by, call, session);
  return session;
}

/**
 * Opens a session again that the upstream no longer knows; all calls that find it gone wait for the same flight.
 * @param usedId the upstream's id that turned out to be gone: where the session has another by now, there is nothing to do
 */
export async function reopen(by: Handshaking, call: Call, session: Session, usedId: string): Promise<void> {
  if (session.id !== usedId) return;
  session.reopening ??= handshake(by, call, session).finally(() => {
    session.reopening = undefined;
  });
  await session.reopening;
}

async function handshake({ clientInfo, callOf, exchange: send }: Handshaking, call: Call, session: Session): Promise<void> {
  const { protocolVersion, traceparent, tracestate } = call.exchange.inbound;
  const params = session.initialize ?? JSON.stringify({ protocolVersion: protocolVersion ?? LATEST_LEGACY, capabilities: {}, clientInfo });
  // An exchange of its own: the client that happens to come first may go away while others wait.
  const exchange = new Exchange(call.caller, 'legacy', { ...OWN_HEADERS, traceparent, tracestate }, 0);
  const initialize = callOf(exchange, `{"jsonrpc":"2.0","id":"proxy-initialize","method":"initialize","params":${params}}`);
  const response = await send(initialize, { ...session, id: undefined, version: undefined });
  const result = (await readResponse(response, response.headers['content-type']))['result'];
  if (!isObject(result)) throw new UpstreamFailure('upstream-invalid', `the upstream would not open a session: HTTP ${response.statusCode}`);
  const id = response.headers['mcp-session-id'];
  session.id = typeof id === 'string' ? id : undefined;
  session.version = typeof result['protocolVersion'] === 'string' ? result['protocolVersion'] : undefined;
  const initialized = await send(callOf(exchange, '{"jsonrpc":"2.0","method":"notifications/initialized"}'), session);
  initialized.resume();
}
