/**
 * Sends lines to a Firehose stream, in batches. It is a separate chunk with the AWS client, loaded only if a stream
 * is bound.
 */
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { log } from '../../base/log.ts';
import { awsConnections } from '../../credentials/aws-client.ts';
import type { Sink } from './sink.ts';

/** Limits of PutRecordBatch: 500 records, and 4 MiB less a margin for their encoding. */
const MOST_RECORDS = 500;
const MOST_BYTES = 3_500_000;
/** Maximum bytes that wait here. Further lines are lost, and the log says so. */
const PENDING_BYTES = 8 * 1024 * 1024;
/** Milliseconds that a line waits to be batched; almost none if a call waits for it. */
const TOGETHER_MS = 250;
const PROMPT_MS = 2;
const ATTEMPTS = 4;
const RETRY_MS = 100;
/** Milliseconds: for one request, for a waiting call, and between two reports of lost lines. */
const REQUEST_MS = 3_000;
const WAIT_MS = 5_000;
const REPORT_MS = 10_000;

interface Entry {
  readonly data: Buffer;
  attempts: number;
  readonly settle: ((error?: Error) => void) | undefined;
}

/** @param arn of the stream; includes its region */
export function firehoseSink(variable: string, arn: string): Sink {
  const [, region, name] =
    /^arn:aws[\w-]*:firehose:([a-z0-9-]+):\d{12}:deliverystream\/([\w.-]{1,64})$/.exec(arn) ?? [];
  if (region === undefined || name === undefined)
    throw new TypeError(
      `${variable}: expected arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME, got ${JSON.stringify(arn)}`,
    );
  return new Firehose(new FirehoseClient({ region, maxAttempts: 1, requestHandler: awsConnections() }), name);
}

class Firehose implements Sink {
  readonly #client: FirehoseClient;
  readonly #stream: string;
  #pending: Entry[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  /** One batch at a time, so lines arrive in order unless one must be sent again. */
  #flight: Promise<void> | undefined;
  #lost = 0;
  #reportedLost = 0;
  #reportedAt = -Infinity;

  constructor(client: FirehoseClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  write(line: string): void {
    if (!this.#take(line, undefined)) this.#lose(1);
    else this.#sendIn(TOGETHER_MS);
  }

  writeNow(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`expected the stream to take the line within ${WAIT_MS} ms, got no answer`)),
        WAIT_MS,
      );
      const settle = (error?: Error): void => {
        clearTimeout(late);
        if (error === undefined) resolve();
        else reject(error);
      };
      if (!this.#take(line, settle)) settle(new Error('too many lines are waiting for the stream'));
      else this.#sendIn(PROMPT_MS);
    });
  }

  async close(): Promise<void> {
    const until = performance.now() + WAIT_MS - 500;
    while ((this.#pending.length > 0 || this.#flight !== undefined) && performance.now() < until)
      await (this.#flight ?? this.#send());
    this.#reportedAt = -Infinity;
    if (this.#pending.length > 0 || this.#lost > this.#reportedLost) this.#lose(this.#pending.length);
    clearTimeout(this.#timer);
    this.#client.destroy();
  }

  #take(line: string, settle: Entry['settle']): boolean {
    const data = Buffer.from(`${line}\n`);
    if (this.#bytes + data.length > PENDING_BYTES) return false;
    this.#bytes += data.length;
    this.#pending.push({ data, attempts: 0, settle });
    return true;
  }

  #sendIn(ms: number): void {
    if (this.#pending.length >= MOST_RECORDS) ms = 0;
    const due = performance.now() + ms;
    if (this.#flight !== undefined || due >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = due;
    this.#timer = setTimeout(() => void this.#send(), ms).unref();
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    this.#flight ??= this.#batch().finally(() => {
      this.#flight = undefined;
      const awaited = this.#pending.some(({ settle }) => settle !== undefined);
      if (this.#pending.length > 0)
        this.#sendIn(this.#pending[0]?.attempts === 0 ? (awaited ? PROMPT_MS : TOGETHER_MS) : RETRY_MS);
    });
    return this.#flight;
  }

  async #batch(): Promise<void> {
    let bytes = 0;
    let count = 0;
    for (const { data } of this.#pending) {
      if (count === MOST_RECORDS || (count > 0 && bytes + data.length > MOST_BYTES)) break;
      bytes += data.length;
      count++;
    }
    const batch = this.#pending.splice(0, count);
    if (batch.length === 0) return;
    let failed: readonly Entry[] = batch;
    let reason: unknown;
    try {
      const command = new PutRecordBatchCommand({
        DeliveryStreamName: this.#stream,
        Records: batch.map(({ data }) => ({ Data: data })),
      });
      const { RequestResponses = [] } = await this.#client.send(command, {
        abortSignal: AbortSignal.timeout(REQUEST_MS),
      });
      failed = batch.filter((_, i) => RequestResponses[i]?.RecordId === undefined);
    } catch (error) {
      reason = error;
    }
    const again: Entry[] = [];
    for (const entry of batch) {
      if (!failed.includes(entry)) {
        this.#bytes -= entry.data.length;
        entry.settle?.();
      } else if (++entry.attempts < ATTEMPTS) again.push(entry);
      else {
        this.#bytes -= entry.data.length;
        if (entry.settle === undefined) this.#lose(1, reason);
        else entry.settle(new Error('the stream refused the line'));
      }
    }
    this.#pending.unshift(...again);
  }

  #lose(count: number, error?: unknown): void {
    this.#lost += count;
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    this.#reportedLost = this.#lost;
    log.error('audit lines were lost: the Firehose stream does not take them fast enough', {
      event: 'audit',
      lost: this.#lost,
      stream: this.#stream,
      error,
    });
  }
}
