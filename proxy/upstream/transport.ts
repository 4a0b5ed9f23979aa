/** HTTP out: a bounded keep-alive pool to one host, with a time limit for each phase and none for the whole. */
import * as http from 'node:http';
import type { LookupFunction } from 'node:net';
import { UpstreamFailure } from '../base/errors.ts';
import { isErrno } from '../base/log.ts';
import { isLarge, release } from '../base/release.ts';
import { guardedLookup } from './lookup.ts';
import { isConnected, type PhaseLimits, Phases } from './phases.ts';

export interface TransportOptions extends PhaseLimits {
  /** Maximum of connections to the upstream. */
  readonly maxConnections: number;
  /** Resolves names. @default the system's resolver, without forbidden addresses */
  readonly lookup?: LookupFunction;
}

export interface Send {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  /** Flat list of names and values, complete. */
  readonly headers: readonly string[];
  readonly body: string | undefined;
  /** Length of the body in UTF-8. */
  readonly bytes: number;
  /** Overrides `idleMs`, for streams that are silent by nature. */
  readonly idleMs?: number | undefined;
  /** Called with a function that aborts the request, as soon as it can be aborted. */
  readonly onStart: (abort: () => void) => void;
  /** The request may be sent again if a kept-alive connection turns out to be dead (RFC 9110, 9.2.2). */
  readonly idempotent: boolean;
}

/**
 * A free connection that was unused for longer is dropped: a hop may have forgotten it. A timer does so, which also obeys
 * a shorter time that the upstream announces (`Keep-Alive: timeout=…`). The wall clock is checked before use as well,
 * since no timer runs in a snapshot.
 */
const STALE_MS = 60_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #target: { readonly protocol: string; readonly host: string; readonly port: number };
  readonly #url: URL;
  #agent: http.Agent | undefined;
  #request: typeof http.request = http.request;
  /** `Date.now()` when a connection became free. */
  readonly #freeSince = new WeakMap<object, number>();

  constructor(url: URL, options: TransportOptions) {
    this.#url = url;
    this.#options = options;
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    this.#target = { protocol: url.protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port };
  }

  /** Sends one request; settles when the response headers arrive. Rejects with `UpstreamFailure`. */
  send(send: Send): Promise<http.IncomingMessage> {
    const agent = this.#agent;
    if (agent === undefined) return this.#start().then(() => this.send(send));
    this.#dropStale(agent);
    return new Promise((resolve, reject) => this.#once(agent, send, true, resolve, reject));
  }

  /** Closes all connections, also those in use. */
  close(): void {
    this.#agent?.destroy();
  }

  /** TLS is loaded only where it is used. */
  async #start(): Promise<http.Agent> {
    const options: http.AgentOptions & { lookup: LookupFunction } = {
      keepAlive: true,
      maxSockets: this.#options.maxConnections,
      maxFreeSockets: this.#options.maxConnections,
      timeout: STALE_MS,
      scheduling: 'lifo',
      lookup: this.#options.lookup ?? guardedLookup(),
    };
    const https = this.#url.protocol === 'https:' ? await import('node:https') : undefined;
    if (this.#agent !== undefined) return this.#agent;
    if (https !== undefined) this.#request = https.request;
    const agent =
      https === undefined ? new http.Agent(options) : new https.Agent({ ...options, maxCachedSessions: 100 });
    // All connections go to one host, so the name need not be computed for each request.
    agent.getName = () => this.#url.host;
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...given) => connect(...given)?.on('data', readThrough);
    const keep = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => {
      this.#freeSince.set(socket, Date.now());
      return keep(socket);
    };
    return (this.#agent = agent);
  }

  /** @param again whether a kept-alive connection that turns out to be dead may be tried again on a new one */
  #once(
    agent: http.Agent,
    send: Send,
    again: boolean,
    resolve: (response: http.IncomingMessage) => void,
    reject: (error: Error) => void,
  ): void {
    const { connectMs, firstByteMs, idleMs } = this.#options;
    const request = this.#request({
      ...this.#target,
      agent,
      method: send.method,
      path: send.path,
      headers: send.headers,
      setHost: false,
    });
    // Otherwise Node 22 and 24 silently drop headers beyond a thousand. Node bounds their size.
    request.maxHeadersCount = 0;
    const phases = new Phases(request, this.#url, { connectMs, firstByteMs, idleMs: send.idleMs ?? idleMs }, reject);
    let headed = false;
    request.on('response', (response) => {
      headed = true;
      phases.headed(response);
      resolve(response);
    });
    request.on('error', (error) => {
      // Once there are headers, the reply itself reports how it ends.
      if (headed) return;
      phases.failed();
      const broke = isErrno(error, 'ECONNRESET') || isErrno(error, 'EPIPE');
      const dead = request.reusedSocket && broke;
      const sent = isConnected(request) && !unsent(request, error);
      if (dead && again && (send.idempotent || !sent)) {
        this.#dropFree(agent);
        this.#once(agent, send, false, resolve, reject);
        return;
      }
      const isAnswer = isParseError(error);
      const where = dead && sent && !send.idempotent ? ' on a kept-alive connection' : '';
      const unknown =
        (broke || isAnswer) && sent && !send.idempotent ? '; whether the call was carried out is not known' : '';
      if (isAnswer) {
        reject(notHttp(this.#url, error, unknown));
        return;
      }
      const detail = where + unknown;
      reject(unreachable(this.#url, error, detail));
    });
    send.onStart(() => {
      request.destroy();
      // A request that waits for a connection emits no event until it would get one.
      phases.failed();
      reject(unreachable(this.#url, undefined, ', since the call was cancelled'));
    });
    if (send.body === undefined) request.end();
    // A body of one-byte characters is sent in one string with the headers; any other would need two buffers and a
    // gathered write.
    else if (send.body.length === send.bytes) request.end(send.body, 'latin1');
    else request.end(send.body, 'utf8');
  }

  /** The connection freed last is used first: if that is stale, all are. */
  #dropStale(agent: http.Agent): void {
    const free = agent.freeSockets[this.#url.host];
    if (free === undefined) return;
    // Connections that have just ended are still in the list.
    while (free.at(-1)?.destroyed === true) free.pop();
    const last = free.at(-1);
    if (last !== undefined && Math.abs(Date.now() - (this.#freeSince.get(last) ?? 0)) > STALE_MS) this.#dropFree(agent);
  }

  #dropFree(agent: http.Agent): void {
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Node's parser copies the parts of a body that it passes on, so the read buffer can be reused afterwards. */
function readThrough(chunk: Buffer): void {
  if (isLarge(chunk)) process.nextTick(release, chunk);
}

/**
 * Whether this machine refused to send the request's bytes, since it already knew that the connection is dead. Part of
 * the request was never sent then, and a partial request isn't carried out (RFC 9112, 8). A reset while waiting for an
 * answer doesn't prove that.
 */
function unsent(request: http.ClientRequest, error: Error): boolean {
  return 'syscall' in error && error.syscall === 'write' && !request.writableFinished;
}

/** What Node's parser reports about an answer. */
function isParseError(error: Error): error is Error & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('HPE_');
}

function notHttp(url: URL, error: Error & { readonly code: string }, detail: string): UpstreamFailure {
  const clientMessage = `the upstream's answer is not HTTP/1.1 (${error.code})${detail}`;
  return new UpstreamFailure('upstream-invalid', `${url.host}: ${clientMessage}`, { cause: error, clientMessage });
}

function unreachable(url: URL, error: unknown, detail: string): UpstreamFailure {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke';
  const clientMessage = `the upstream can't be reached: ${reason}${detail}`;
  return new UpstreamFailure('upstream-unreachable', `${url.host}: ${clientMessage}`, { cause: error, clientMessage });
}
