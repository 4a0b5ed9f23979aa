/** Opens and ends sessions with a legacy upstream on behalf of a client. */
import { UpstreamFailure } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { log } from '../base/log.ts';
import { Call, type UpstreamView } from '../call/call.ts';
import { Exchange } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Response } from './http/response.ts';
import { type ClientInfo, OWN_HEADERS } from './own-calls.ts';
import { readResponse } from './read.ts';
import type { Noted } from './restorable.ts';
import type { Session } from './session.ts';

const OWN_ID = '"proxy-initialize"';
/** The version proposed if the client named none. */
const LATEST_LEGACY = '2025-11-25';
/** Time limit for ending a session. The upstream ends unused sessions itself at some point. */
const END_MS = 2_000;

export interface Handshaking {
  readonly clientInfo: ClientInfo;
  /** Makes one of the proxy's own calls from its text. */
  readonly callOf: (exchange: Exchange, text: string) => Call;
  readonly view: (exchange: Exchange) => UpstreamView;
  /** Sends it in a session; settles when the response headers arrive. */
  readonly exchange: (call: Call, session: Session) => Promise<Response>;
}

/**
 * Opens `session` for the client behind `call`, with the client's `initialize` parameters if they are known. Notes the
 * id and version from the response.
 */
export async function initialize(
  { clientInfo, callOf, exchange: send }: Handshaking,
  call: Call,
  session: Session,
): Promise<void> {
  const { protocolVersion } = call.exchange.inbound;
  const params =
    session.initialize ??
    JSON.stringify({ protocolVersion: protocolVersion ?? LATEST_LEGACY, capabilities: {}, clientInfo });
  const message = callOf(
    ownExchange(call),
    `{"jsonrpc":"2.0","id":${OWN_ID},"method":"initialize","params":${params}}`,
  );
  const response = await send(message, session);
  const status = response.statusCode ?? 0;
  const refused = (cause?: unknown, error?: JsonValue): UpstreamFailure => {
    const code = isObject(error) && typeof error['code'] === 'number' ? ` with the error ${error['code']}` : '';
    const words = `the upstream would not open a session: HTTP ${status}${code}${adviceOn(status)}`;
    return new UpstreamFailure('upstream-invalid', words, { cause });
  };
  const { result, error: refusal } = await answerTo(response, OWN_ID).catch((error: unknown) => {
    throw status >= 300 ? refused(error) : error;
  });
  if (!isObject(result)) throw refused(undefined, refusal);
  const id = response.headers['mcp-session-id'];
  session.id = typeof id === 'string' ? flat(id) : undefined;
  session.version = typeof result['protocolVersion'] === 'string' ? result['protocolVersion'] : undefined;
}

/** Servers that know no sessions refuse `initialize` in many ways, but not as they would refuse a caller, or fail. */
function adviceOn(status: number): string {
  if (status === 404 || status === 405) return ': check its address';
  return status < 300 || status === 400 ? ': it may speak only the modern era of MCP' : '';
}

export async function initialized(
  { callOf, exchange: send }: Handshaking,
  call: Call,
  session: Session,
): Promise<void> {
  const response = await send(
    callOf(ownExchange(call), '{"jsonrpc":"2.0","method":"notifications/initialized"}'),
    session,
  );
  response.drop();
}

/**
 * Opens a lost session again and restores its noted state. All calls that find it lost wait for the same attempt. The
 * session keeps its old id until all of its state is restored.
 */
export async function reopen(by: Handshaking, call: Call, session: Session, noted: Noted): Promise<void> {
  session.reopening ??= again(by, call, session, noted).finally(() => {
    session.reopening = undefined;
  });
  await session.reopening;
}

async function again(by: Handshaking, call: Call, session: Session, { level, subscriptions }: Noted): Promise<void> {
  const fresh: Session = { ...session, id: undefined, version: undefined };
  await initialize(by, call, fresh);
  await initialized(by, call, fresh);
  if (level !== undefined) await restore(by, call, fresh, 'logging/setLevel', { level });
  for (const uri of subscriptions) await restore(by, call, fresh, 'resources/subscribe', { uri });
  session.id = fresh.id;
  session.version = fresh.version;
  session.lapsed = false;
}

/** Only warns of a refusal: the upstream may have refused the same from the client, which knows it then. */
async function restore(
  { callOf, exchange: send }: Handshaking,
  call: Call,
  session: Session,
  method: string,
  params: JsonObject,
): Promise<void> {
  const id = `proxy-restore-${method}`;
  const response = await send(
    callOf(ownExchange(call), JSON.stringify({ jsonrpc: '2.0', id, method, params })),
    session,
  );
  const answer = await answerTo(response, JSON.stringify(id));
  if (answer['error'] !== undefined)
    log.warn(`the upstream refused ${method} in a session that was opened again`, { event: 'session-not-restored' });
}

/** Ends a session. Never rejects; settles within `END_MS`. */
export async function end({ view, exchange: send }: Handshaking, session: Session): Promise<void> {
  const exchange = new Exchange(
    session.caller,
    'legacy',
    { ...OWN_HEADERS, protocolVersion: session.clientVersion, tokens: session.tokens },
    0,
  );
  const late = setTimeout(() => exchange.abort(), END_MS);
  try {
    const response = await send(new Call('end', 'DELETE', undefined, view(exchange), exchange), session);
    response.drop();
  } catch (error) {
    log.warn('a session could not be ended at the upstream', {
      event: 'session-not-ended',
      ...(exchange.aborted ? { afterMs: END_MS } : { error }),
    });
  } finally {
    clearTimeout(late);
  }
}

function answerTo(response: Response, id: string): Promise<JsonObject> {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = response.headers;
  return readResponse(response.body, { contentType, contentEncoding }, id);
}

/** A new exchange, since the client whose call starts this may go away while others wait. */
function ownExchange({ caller, exchange }: Call): Exchange {
  const { protocolVersion, traceparent, tracestate, tokens } = exchange.inbound;
  return new Exchange(caller, 'legacy', { ...OWN_HEADERS, protocolVersion, traceparent, tracestate, tokens }, 0);
}
