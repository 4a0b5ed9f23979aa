/**
 * Exports spans to an OTLP/HTTP endpoint, as JSON. OpenTelemetry's exporter can't sign requests, which X-Ray requires.
 * Nothing is retried: spans that can't be exported are dropped, and a warning is logged once a minute.
 */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ProxyError } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import type { Authenticator, Outgoing } from '../../upstream/auth/auth.ts';
import { Transport } from '../../upstream/transport.ts';

const LIMITS = { connectMs: 3_000, firstByteMs: 10_000, idleMs: 5_000, maxConnections: 2 } as const;
const COMPLAIN_EVERY_MS = 60_000;

type Done = Parameters<SpanExporter['export']>[1];

export class OtlpExporter implements SpanExporter {
  readonly #url: URL;
  readonly #auth: Authenticator | undefined;
  readonly #transport: Transport;
  readonly #underWay = new Set<Promise<void>>();
  #lost = 0;
  #complainedAt = -Infinity;

  /** @param auth signs requests; undefined: they are not signed */
  constructor(url: URL, auth: Authenticator | undefined) {
    this.#url = url;
    this.#auth = auth;
    this.#transport = new Transport(url, LIMITS);
  }

  export(spans: ReadableSpan[], done: Done): void {
    const exported = this.#export(spans, done);
    this.#underWay.add(exported);
    void exported.finally(() => this.#underWay.delete(exported));
  }

  async #export(spans: ReadableSpan[], done: Done): Promise<void> {
    let taken = false;
    try {
      const status = await this.#post(spans);
      taken = status >= 200 && status < 300;
      if (!taken) this.#complain(spans.length, `HTTP ${status}`);
    } catch (error) {
      this.#complain(spans.length, error instanceof ProxyError ? error.code.replace('upstream-', '') : 'internal');
    }
    done({ code: taken ? 0 : 1 });
  }

  /** Cuts exports in progress and reports their spans as lost. */
  async shutdown(): Promise<void> {
    this.#transport.close();
    if (this.#underWay.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 100)));
    await Promise.race([Promise.all(this.#underWay), late]);
    clearTimeout(timer);
  }

  /** The status of the answer; retries once if the credentials had expired. */
  async #post(spans: ReadableSpan[], again = true): Promise<number> {
    const bytes = JsonTraceSerializer.serializeRequest(spans);
    if (bytes === undefined) return 204;
    const body = Buffer.from(bytes);
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
      return this.#post(spans, false);
    return status;
  }

  /** Logs only the status or kind of failure, since an answer may quote what was sent. */
  #complain(spans: number, reason: string): void {
    this.#lost += spans;
    const now = performance.now();
    if (now - this.#complainedAt < COMPLAIN_EVERY_MS) return;
    log.warn('the OTLP endpoint did not accept spans', { event: 'spans-lost', spans: this.#lost, reason });
    this.#complainedAt = now;
    this.#lost = 0;
  }
}
