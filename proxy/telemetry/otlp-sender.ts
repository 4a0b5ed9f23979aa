/**
 * Sends to an OTLP/HTTP endpoint, as JSON. OpenTelemetry's exporters can't sign requests, which X-Ray requires. Nothing is
 * retried: what can't be sent is dropped, and a warning is logged once a minute.
 */
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Authenticator, Outgoing } from '../upstream/auth/auth.ts';
import { Transport } from '../upstream/transport.ts';

const LIMITS = { connectMs: 3_000, firstByteMs: 10_000, idleMs: 5_000, maxConnections: 2 } as const;
const COMPLAIN_EVERY_MS = 60_000;

/** Logs only how many were lost, and the status or kind of failure, since an answer may quote what was sent. */
export type Complain = (lost: number, reason: string) => void;

export class OtlpSender {
  readonly #url: URL;
  readonly #auth: Authenticator | undefined;
  readonly #complain: Complain;
  readonly #transport: Transport;
  readonly #underWay = new Set<Promise<boolean>>();
  #lost = 0;
  #complainedAt = -Infinity;

  /** @param auth signs requests; undefined: they are not signed */
  constructor(url: URL, auth: Authenticator | undefined, complain: Complain) {
    this.#url = url;
    this.#auth = auth;
    this.#complain = complain;
    this.#transport = new Transport(url, LIMITS);
  }

  /**
   * Resolves to whether it was accepted; never rejects.
   * @param count of spans or data points in it
   */
  send(bytes: Uint8Array | undefined, count: number): Promise<boolean> {
    if (bytes === undefined) return Promise.resolve(true);
    const sent = this.#send(Buffer.from(bytes), count);
    this.#underWay.add(sent);
    void sent.finally(() => this.#underWay.delete(sent));
    return sent;
  }

  /** Cuts what is in progress and reports it as lost. */
  async shutdown(): Promise<void> {
    this.#transport.close();
    if (this.#underWay.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 100)));
    await Promise.race([Promise.all(this.#underWay), late]);
    clearTimeout(timer);
  }

  async #send(body: Buffer, count: number): Promise<boolean> {
    try {
      const status = await this.#post(body);
      if (status >= 200 && status < 300) return true;
      this.#lose(count, `HTTP ${status}`);
    } catch (error) {
      this.#lose(count, error instanceof ProxyError ? error.code.replace('upstream-', '') : 'internal');
    }
    return false;
  }

  /** The status of the answer; retries once if the credentials had expired. */
  async #post(body: Buffer, again = true): Promise<number> {
    const { host, pathname, search } = this.#url;
    const headers = ['host', host, 'content-type', 'application/json', 'content-length', String(body.length)];
    const outgoing: Outgoing = { method: 'POST', host, path: `${pathname}${search}`, body, headers };
    await this.#auth?.apply(outgoing);
    const response = await this.#transport.send({
      ...outgoing,
      body: body.toString('utf8'),
      bytes: body.length,
      onStart: () => {},
      idempotent: true,
    });
    response.drop();
    const status = response.statusCode;
    if (
      (status === 401 || status === 403) &&
      again &&
      (await this.#auth?.refused(status, response.headers, outgoing)) === true
    )
      return this.#post(body, false);
    return status;
  }

  #lose(count: number, reason: string): void {
    this.#lost += count;
    const now = performance.now();
    if (now - this.#complainedAt < COMPLAIN_EVERY_MS) return;
    this.#complain(this.#lost, reason);
    this.#complainedAt = now;
    this.#lost = 0;
  }
}

export function spansLost(spans: number, reason: string): void {
  log.warn('the OTLP endpoint did not accept spans', { event: 'spans-lost', spans, reason });
}

export function metricsLost(points: number, reason: string): void {
  log.warn('the OTLP endpoint did not accept metrics', { event: 'metrics-lost', points, reason });
}
