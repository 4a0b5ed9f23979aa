/** HTTP out: a bounded keep-alive pool to one host, with a time limit for each phase and none for the whole. */
import type { LookupFunction } from 'node:net';
import { UpstreamFailure } from '../base/errors.ts';
import { isErrno } from '../base/log.ts';
import { refusedCertificate } from '../base/refused-certificate.ts';
import { dialer, type Forwarded, type KeyPair } from '../network/dialer.ts';
import { trustAdvice } from '../network/untrusted.ts';
import type { Connection, Exchange } from './http/connection.ts';
import { isFieldText, isToken, NotHttp } from './http/head.ts';
import { Pool } from './http/pool.ts';
import type { Response } from './http/response.ts';
import { type PhaseLimits, Phases } from './phases.ts';

export interface TransportOptions extends PhaseLimits {
  /** Maximum of connections to the upstream. */
  readonly maxConnections: number;
  /** Resolves names. @default the system's resolver, without forbidden addresses */
  readonly lookup?: LookupFunction;
  /** Shown to a server that asks for a client certificate. @default - none is */
  readonly keyPair?: KeyPair | undefined;
}

/** What carries requests to one host. */
export interface Carrier {
  /** Sends one request; settles when the response headers arrive. Rejects with `UpstreamFailure`. */
  send(send: Send): Promise<Response>;
  /**
   * The upstream refused a request (401). Resolves to true if another one would show something else.
   * @default - nothing of a connection says who sends
   */
  refused?(): Promise<boolean>;
  /** Loads what connecting takes; connects to nothing. @default - it is loaded on first use */
  warm?(): Promise<void>;
  /** Closes all connections, also those in use. */
  close(): void;
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

export class Transport implements Carrier {
  readonly #options: TransportOptions;
  readonly #url: URL;
  #pool: Pool | undefined;
  #forwarded: Forwarded | undefined;

  constructor(url: URL, options: TransportOptions) {
    this.#url = url;
    this.#options = options;
  }

  send(send: Send): Promise<Response> {
    const pool = this.#pool;
    if (pool === undefined) return this.#start().then(() => this.send(send));
    const answered = new Promise<Response>((resolve, reject) => {
      const { connectMs, firstByteMs, idleMs, keyPair } = this.#options;
      const limits = { connectMs, firstByteMs, idleMs: send.idleMs ?? idleMs };
      const sending = new Sending(pool, this.#url, this.#as(send), limits, keyPair?.shown, resolve, reject);
      sending.start(send.onStart);
    });
    return this.#forwarded === undefined ? answered : answered.then((response) => this.#fromUpstream(response));
  }

  /** What a forward proxy says about itself is no answer. @throws UpstreamFailure */
  #fromUpstream(response: Response): Response {
    const { statusCode, headers } = response;
    // MCP has no pages: one is the forward proxy's own, and may repeat the URL and name machines inside.
    const isPage =
      statusCode >= 400 && /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '');
    if (statusCode !== 407 && !isPage) return response;
    response.destroy();
    const code = statusCode === 407 ? 'EPROXYAUTH' : 'EPROXYREFUSED';
    const message =
      statusCode === 407
        ? 'the forward proxy of HTTP_PROXY wants credentials, or other ones (407)'
        : `the forward proxy of HTTP_PROXY, or what is behind it, answered with a page (HTTP ${statusCode}): allow the host there, or name it in NO_PROXY`;
    throw unreachable(this.#url, Object.assign(new Error(message), { code, name: 'ForwardProxyError' }), '');
  }

  async warm(): Promise<void> {
    await this.#start();
    // The trusted roots, which Node keeps for the process.
    if (this.#url.protocol === 'https:') (await import('node:tls')).createSecureContext();
  }

  close(): void {
    this.#pool?.close();
  }

  /** Closes each connection once it is free. Calls back when there are none. */
  retire(onEmpty: () => void): void {
    if (this.#pool === undefined) onEmpty();
    else this.#pool.retire(onEmpty);
  }

  async #start(): Promise<void> {
    const { maxConnections, lookup, keyPair } = this.#options;
    const dial = await dialer(this.#url, lookup, keyPair);
    this.#forwarded = dial.forwarded;
    this.#pool ??= new Pool(dial, maxConnections);
  }

  /** The request in the form that a forward proxy sends on, if there is one that doesn't open tunnels. */
  #as(send: Send): Send {
    const by = this.#forwarded;
    return by === undefined
      ? send
      : { ...send, path: by.origin + send.path, headers: [...send.headers, ...by.headers] };
  }
}

/** The request that a call may abort; undefined once it is over. Calls are kept for longer than their connections. */
interface UnderWay {
  sending: Sending | undefined;
}

/** Holds nothing but the request under way. */
function aborting(underWay: UnderWay): () => void {
  return () => underWay.sending?.abort();
}

/** One request, until the headers of its response arrive. */
class Sending implements Exchange {
  readonly head: string;
  readonly body: string | undefined;
  readonly isAscii: boolean;
  connection: Connection | undefined;
  readonly #pool: Pool;
  readonly #url: URL;
  readonly #idempotent: boolean;
  /** Names the client certificate, if there is one. */
  readonly #shown: string | undefined;
  readonly #phases: Phases;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;
  /** A kept-alive connection that turns out to be dead may be replaced by a new one. */
  #again = true;
  #isCancelled = false;
  readonly #underWay: UnderWay = { sending: this };

  constructor(
    pool: Pool,
    url: URL,
    { method, path, headers, body, bytes, idempotent }: Send,
    limits: PhaseLimits,
    shown: string | undefined,
    resolve: (response: Response) => void,
    reject: (error: Error) => void,
  ) {
    this.#pool = pool;
    this.#url = url;
    this.head = headOf(method, path, headers);
    this.body = body;
    this.isAscii = body?.length === bytes;
    this.#idempotent = idempotent;
    this.#shown = shown;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#phases = new Phases(this, url, limits, reject);
  }

  start(onStart: Send['onStart']): void {
    this.#pool.send(this);
    onStart(aborting(this.#underWay));
  }

  abort(): void {
    const failure = unreachable(this.#url, undefined, ', since the call was cancelled');
    this.cancel(failure);
    this.#reject(failure);
  }

  cancel(error: Error): void {
    this.#isCancelled = true;
    this.#over();
    this.#pool.cancel(this, error);
  }

  #over(): void {
    this.#phases.ended();
    this.#underWay.sending = undefined;
  }

  headed(response: Response): void {
    if (Buffer.isBuffer(response.body)) this.#over();
    else {
      this.#phases.headed();
      response.body.on('close', () => this.#over());
    }
    this.#resolve(response);
  }

  failed(error: Error): void {
    if (this.#isCancelled) return;
    const { connection } = this;
    const broke = isErrno(error, 'ECONNRESET') || isErrno(error, 'EPIPE');
    const dead = broke && connection?.isReused === true;
    const sent = connection?.isOpen === true && !unsent(connection, error);
    if (dead && this.#again && (this.#idempotent || !sent)) {
      this.#again = false;
      this.#pool.dropFree();
      this.#pool.send(this);
      return;
    }
    this.#over();
    const refused = refusedCertificate(error, `${this.#url.host}: the upstream`, this.#shown);
    if (refused !== undefined) {
      this.#reject(refused);
      return;
    }
    const isAnswer = error instanceof NotHttp;
    const isUnknown = sent && !this.#idempotent && (broke || isAnswer);
    const unknown = isUnknown ? '; whether the call was carried out is not known' : '';
    if (isAnswer) this.#reject(notHttp(this.#url, error, unknown));
    else
      this.#reject(
        unreachable(this.#url, error, `${dead && isUnknown ? ' on a kept-alive connection' : ''}${unknown}`),
      );
  }
}

/** @throws TypeError if a header could be read as something else */
function headOf(method: string, path: string, headers: readonly string[]): string {
  if (!isFieldText(path) || path.includes(' '))
    throw new TypeError('the path of a request has a character that HTTP does not allow');
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (!isToken(name) || !isFieldText(value))
      throw new TypeError(`the header ${JSON.stringify(name)} of a request has a character that HTTP does not allow`);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}Connection: keep-alive\r\n\r\n`;
}

/**
 * Whether this machine refused to send the request's bytes, since it already knew that the connection is dead. Part of
 * the request was never sent then, and a partial request isn't carried out (RFC 9112, 8). A reset while waiting for an
 * answer doesn't prove that.
 */
function unsent({ isSent }: Connection, error: Error): boolean {
  return 'syscall' in error && error.syscall === 'write' && !isSent;
}

function unreachable(url: URL, error: unknown, detail: string): UpstreamFailure {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke';
  const clientMessage = `the upstream can't be reached: ${reason}${detail}`;
  const said = error instanceof Error && error.name === 'ForwardProxyError' ? `; ${error.message}` : '';
  const message = `${url.host}: ${clientMessage}${said}${trustAdvice(error)}`;
  return new UpstreamFailure('upstream-unreachable', message, { cause: error, clientMessage });
}

function notHttp(url: URL, error: NotHttp, detail: string): UpstreamFailure {
  const clientMessage = `the upstream's answer is not HTTP/1.1: ${error.message}${detail}`;
  return new UpstreamFailure('upstream-invalid', `${url.host}: ${clientMessage}`, { cause: error, clientMessage });
}
