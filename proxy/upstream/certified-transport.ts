/**
 * HTTP out with a client certificate. Each certificate has its own connections: after a rotation, no call is sent on one
 * that was opened with the old one.
 */
import { UpstreamFailure } from '../base/errors.ts';
import { isErrno } from '../base/log.ts';
import { CertificateRefused } from '../base/refused-certificate.ts';
import type { ClientCertificate } from './auth/client-certificate.ts';
import type { ClientKeyPair } from './auth/key-pair.ts';
import type { Response } from './http/response.ts';
import { type Carrier, type Send, Transport, type TransportOptions } from './transport.ts';

export class CertifiedTransport implements Carrier {
  readonly #url: URL;
  readonly #options: TransportOptions;
  readonly #certificate: ClientCertificate;
  #used: { readonly pair: ClientKeyPair; readonly transport: Transport } | undefined;
  /** Those of earlier certificates, as long as calls are under way on them. */
  readonly #retired = new Set<Transport>();
  /** The upstream answered on a connection with the certificate in use, and no connection broke since then. */
  #isAccepted = false;
  #isClosed = false;

  constructor(url: URL, options: TransportOptions, certificate: ClientCertificate) {
    this.#url = url;
    this.#options = options;
    this.#certificate = certificate;
  }

  send(send: Send): Promise<Response> {
    return this.#send(send, true);
  }

  /** The upstream refused a request. Resolves to true if there is another certificate meanwhile. */
  async refused(): Promise<boolean> {
    return this.#used !== undefined && this.#certificate.refused(this.#used.pair);
  }

  /** The certificate is not read: a snapshot must not contain its key. */
  async warm(): Promise<void> {
    await new Transport(this.#url, this.#options).warm();
  }

  close(): void {
    this.#isClosed = true;
    this.#used?.transport.close();
    for (const transport of this.#retired) transport.close();
  }

  async #send(send: Send, mayRetry: boolean): Promise<Response> {
    const current = this.#certificate.current();
    const pair = current instanceof Promise ? await current : current;
    const transport = this.#over(pair);
    try {
      const response = await transport.send(send);
      this.#isAccepted = true;
      return response;
    } catch (error) {
      const alerted = error instanceof CertificateRefused;
      if (!alerted && !this.#isDoubtful(error)) throw error;
      const renewed = await this.#certificate.refused(pair);
      // A server that only hangs up may have read the request.
      if (mayRetry && renewed && (alerted || send.idempotent)) return this.#send(send, false);
      throw alerted ? error : doubtful(error, pair);
    }
  }

  #over(pair: ClientKeyPair): Transport {
    if (this.#used?.pair.id === pair.id) return this.#used.transport;
    this.#retire();
    this.#isAccepted = false;
    const transport = new Transport(this.#url, { ...this.#options, keyPair: pair });
    if (this.#isClosed) transport.close();
    this.#used = { pair, transport };
    return transport;
  }

  #retire(): void {
    const old = this.#used?.transport;
    if (old === undefined) return;
    this.#retired.add(old);
    old.retire(() => this.#retired.delete(old));
  }

  /**
   * Some servers hang up without a word on a certificate that they don't accept. The second time in a row, or the first
   * if this certificate was never accepted, the certificate may be the reason.
   */
  #isDoubtful(error: unknown): error is UpstreamFailure {
    if (!(error instanceof UpstreamFailure) || !isErrno(error.cause, 'ECONNRESET')) return false;
    const doubtful = !this.#isAccepted;
    this.#isAccepted = false;
    return doubtful;
  }
}

function doubtful(error: UpstreamFailure, { shown }: ClientKeyPair): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-unreachable',
    `${error.message}; it may not accept the client certificate (${shown}): check that it trusts the certificate's issuer`,
    { cause: error.cause, ...(error.clientMessage === undefined ? {} : { clientMessage: error.clientMessage }) },
  );
}
