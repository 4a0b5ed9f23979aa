/** A legacy upstream with sessions: it issues ids, requires them, and can be made to forget them all. */
import type { ServerResponse } from 'node:http';
import {
  type Answer,
  openEvents,
  type Received,
  respondJson,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

export interface LegacyUpstream extends Upstream {
  /** The valid ids. */
  readonly sessions: ReadonlySet<string>;
  /** Every id that was issued. */
  readonly issued: readonly string[];
  /** The `params` of every `initialize`. */
  readonly initialized: readonly Readonly<Record<string, unknown>>[];
  /** The requests other than handshakes. */
  calls(): readonly Received[];
  /** Forgets all sessions, as a restart does. */
  forget(): void;
  forgetOne(session: string): void;
  /** Answers a request with a valid session. */
  call: Answer;
}

export interface LegacyOptions {
  /** The version it agrees to, whatever is proposed. @default - the proposed one */
  version?: string;
  /** False: it has `initialize`, but issues no session ids. @default true */
  ids?: boolean;
  /** How it reports an unknown session. @default 404 */
  unknownSession?: (request: Received, response: ServerResponse) => void;
}

/** The SDK's way, which `server-everything` uses. */
export function badRequest(request: Received, response: ServerResponse): void {
  const id = request.text === '' ? null : (parsed(request)['id'] ?? null);
  respondJson(
    response,
    { jsonrpc: '2.0', error: { code: -32000, message: 'Bad Request: No valid session ID provided' }, id },
    { status: 400 },
  );
}

export async function startLegacyUpstream(options: LegacyOptions = {}): Promise<LegacyUpstream> {
  const sessions = new Set<string>();
  const issued: string[] = [];
  const initialized: Readonly<Record<string, unknown>>[] = [];
  const unknownSession =
    options.unknownSession ??
    ((_request, response) =>
      respondJson(
        response,
        { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } },
        { status: 404 },
      ));
  const upstream = await startUpstream((request, response) => {
    const message = request.method === 'POST' ? parsed(request) : {};
    if (message['method'] === 'initialize') {
      const params = message['params'];
      if (typeof params !== 'object' || params === null) throw new Error('initialize without params');
      initialized.push({ ...params });
      const session = `upstream-session-${issued.length + 1}`;
      issued.push(session);
      sessions.add(session);
      const version = options.version ?? ('protocolVersion' in params ? params.protocolVersion : undefined);
      const result = {
        protocolVersion: version,
        capabilities: { tools: {} },
        serverInfo: { name: 'legacy', version: '1' },
      };
      respondJson(
        response,
        { jsonrpc: '2.0', id: message['id'], result },
        options.ids === false ? {} : { headers: { 'Mcp-Session-Id': session } },
      );
      return;
    }
    const session = request.header('mcp-session-id');
    if (options.ids !== false && (session === undefined || !sessions.has(session))) {
      unknownSession(request, response);
      return;
    }
    if (request.method === 'DELETE') {
      if (session !== undefined) sessions.delete(session);
      response.writeHead(204).end();
    } else if (request.method === 'GET') openEvents(response);
    else if (message['id'] === undefined || message['method'] === undefined)
      response.writeHead(202, { 'Content-Length': 0 }).end();
    else return self.call(request, response);
  });
  const self: LegacyUpstream = Object.assign(upstream, {
    sessions,
    issued,
    initialized,
    calls: () =>
      upstream.received.filter(({ text }) => !/"method":"(initialize|notifications\/initialized)"/.test(text)),
    forget: () => sessions.clear(),
    forgetOne: (session: string) => void sessions.delete(session),
    call: (request: Received, response: ServerResponse) => {
      const result = { session: request.header('mcp-session-id'), version: request.header('mcp-protocol-version') };
      respondJson(response, { jsonrpc: '2.0', id: parsed(request)['id'], result });
    },
  });
  return self;
}

export function parsed({ text }: Received): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`expected a message, got ${text}`);
  return { ...value };
}
