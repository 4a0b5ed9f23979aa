/** HTTP out: a bounded keep-alive pool to one host, with a time limit for each phase and none for the whole. */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import * as http from 'node:http';
import type { LookupFunction } from 'node:net';
import { UpstreamFailure } from '../errors.ts';
import { isErrno } from '../log.ts';
import { forbiddenAddress } from './address.ts';
import { type Deadline, unwatch, watch } from './deadlines.ts';

export interface TransportOptions {
  /** Connections to the upstream, at most. */
  readonly maxConnections: number;
  /** Until a connection is had and secured, waiting for a free one included. Milliseconds, like all that follow. */
  readonly connectMs: number;
  /** From then until the head of the reply. */
  readonly firstByteMs: number;
  /** Between two arrivals of bytes of one reply. */
  readonly idleMs: number;
}

export interface Send {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  /** Flat list of names and values, complete. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  /** Overrides `idleMs`, for streams that are silent by nature. */
  readonly idleMs?: number | undefined;
  /** Called with the way to abort, as soon as there is one. */
  readonly onStart: (abort: () => void) => void;
  /** The request may safely be sent again where a kept-alive connection turns out to be dead (RFC 9110, 9.2.2). */
  readonly idempotent: boolean;
}

/** Free connections unused for longer by the wall clock are dropped: after a restored snapshot they are dead, and don't know it. */
const STALE_MS = 60_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #target: { readonly protocol: string; readonly host: string; readonly port: number };
  readonly #url: URL;
  #agent: http.Agent | undefined;
  #request: typeof http.request = http.request;
  #lastUsed = 0;

  constructor(url: URL, options: TransportOptions) {
    this.#url = url;
    this.#options = options;
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    this.#target = { protocol: url.protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port };
  }

  /** Sends one request; settles at the head of its reply. Rejects with `UpstreamFailure`. */
  async send(send: Send): Promise<http.IncomingMessage> {
    const agent = this.#agent ?? (await this.#start());
    const now = Date.now();
    if (now - this.#lastUsed > STALE_MS) this.#dropFree(agent);
    this.#lastUsed = now;
    try {
      return await this.#once(agent, send);
    } catch (error) {
      if (!(error instanceof DeadConnection)) throw error;
      if (!send.idempotent) throw unreachable(this.#url, error.cause, ' on a kept-alive connection; whether the call was carried out is not known');
      this.#dropFree(agent);
      return this.#once(agent, send).catch((again: unknown) => {
        throw again instanceof DeadConnection ? unreachable(this.#url, again.cause, '') : again;
      });
    }
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
      scheduling: 'lifo',
      lookup,
    };
    if (this.#url.protocol === 'https:') {
      const https = await import('node:https');
      this.#request = https.request;
      return (this.#agent ??= new https.Agent({ ...options, maxCachedSessions: 100 }));
    }
    return (this.#agent ??= new http.Agent(options));
  }

  #once(agent: http.Agent, send: Send): Promise<http.IncomingMessage> {
    const { connectMs, firstByteMs, idleMs } = this.#options;
    return new Promise((resolve, reject) => {
      const request = this.#request({
        ...this.#target,
        agent,
        method: send.method,
        path: send.path,
        headers: send.headers,
        setHost: false,
      });
      const deadline = new Phases(request, this.#url, { connectMs, firstByteMs, idleMs: send.idleMs ?? idleMs }, reject);
      request.on('response', (response) => {
        deadline.headed(response);
        resolve(response);
      });
      request.on('error', (error) => {
        unwatch(deadline);
        const dead = request.reusedSocket && (isErrno(error, 'ECONNRESET') || isErrno(error, 'EPIPE'));
        reject(dead ? new DeadConnection({ cause: error }) : unreachable(this.#url, error, ''));
      });
      send.onStart(() => request.destroy());
      request.end(send.body);
    });
  }

  #dropFree(agent: http.Agent): void {
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

/** A kept-alive connection was closed by the other side just as it was used again. */
class DeadConnection extends Error {
  constructor(options: ErrorOptions) {
    super('a kept-alive connection was dead', options);
  }
}

/** The time limits of one exchange, phase by phase. */
class Phases implements Deadline {
  at: number;
  #phase: 'connect' | 'first byte' | 'idle' = 'connect';
  #bytesRead = -1;
  #response: http.IncomingMessage | undefined;
  readonly #request: http.ClientRequest;
  readonly #url: URL;
  readonly #limits: { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number };
  readonly #reject: (error: Error) => void;

  constructor(request: http.ClientRequest, url: URL, limits: Phases['limits'], reject: (error: Error) => void) {
    this.#request = request;
    this.#url = url;
    this.#limits = limits;
    this.#reject = reject;
    this.at = performance.now() + limits.connectMs;
    request.on('socket', (socket) => {
      if (!socket.connecting) this.#connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => this.#connected());
    });
    watch(this);
  }

  get limits(): { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number } {
    return this.#limits;
  }

  #connected(): void {
    if (this.#phase !== 'connect') return;
    this.#phase = 'first byte';
    this.at = performance.now() + this.#limits.firstByteMs;
  }

  headed(response: http.IncomingMessage): void {
    this.#phase = 'idle';
    this.#response = response;
    this.at = performance.now() + this.#limits.idleMs;
    response.on('close', () => unwatch(this));
  }

  expired(now: number): number | undefined {
    const bytesRead = this.#request.socket?.bytesRead ?? 0;
    if (this.#phase === 'idle' && bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      return now + this.#limits.idleMs;
    }
    const [code, expected] =
      this.#phase === 'connect'
        ? (['upstream-timeout', `a connection within ${this.#limits.connectMs} ms`] as const)
        : (['upstream-timeout', this.#phase === 'idle' ? `more of the reply within ${this.#limits.idleMs} ms` : `an answer within ${this.#limits.firstByteMs} ms`] as const);
    this.#reject(new UpstreamFailure(code, `the upstream ${this.#url.host} is slow: expected ${expected}, got none`));
    this.#response?.destroy();
    this.#request.destroy();
    return undefined;
  }
}

function unreachable(url: URL, error: unknown, detail: string): UpstreamFailure {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke';
  return new UpstreamFailure('upstream-unreachable', `the upstream ${url.host} can't be reached: ${reason}${detail}`, { cause: error });
}

/** Name resolution that refuses addresses no upstream may have, at the moment of connecting (SSRF, DNS rebinding). */
export function lookup(
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
): void {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const allowed = addresses.filter(({ address }) => forbiddenAddress(address) === undefined);
    const [first] = allowed;
    if (first === undefined) {
      callback(Object.assign(new Error('every address of the host is forbidden'), { code: 'EFORBIDDENADDRESS' }), []);
    } else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
}
