/** Exports spans by OTLP/HTTP. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Authenticator } from '../../upstream/auth/auth.ts';
import { OtlpSender, spansLost } from '../otlp-sender.ts';

type Done = Parameters<SpanExporter['export']>[1];

export class OtlpExporter implements SpanExporter {
  readonly #sender: OtlpSender;

  /** @param auth signs requests; undefined: they are not signed */
  constructor(url: URL, auth: Authenticator | undefined) {
    this.#sender = new OtlpSender(url, auth, spansLost);
  }

  export(spans: ReadableSpan[], done: Done): void {
    void this.#export(spans, done);
  }

  async #export(spans: ReadableSpan[], done: Done): Promise<void> {
    const isTaken = await this.#sender.send(JsonTraceSerializer.serializeRequest(spans), spans.length);
    done({ code: isTaken ? 0 : 1 });
  }

  /** Cuts exports in progress and reports their spans as lost. */
  shutdown(): Promise<void> {
    return this.#sender.shutdown();
  }
}
