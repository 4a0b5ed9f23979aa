/**
 * Records calls with anything beyond one line of plain JSON: other formats, fingerprints, a chain, and sinks that may
 * fail.
 */
import { ProxyError } from '../../base/errors.ts';
import { flush, log } from '../../base/log.ts';
import { kernelUuid } from '../../base/random.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonValue } from '../../json/value.ts';
import { Chain } from './chain.ts';
import { type AuditEvent, callEvent, type Ended } from './event.ts';
import type { Fingerprinter } from './keys.ts';
import type { AuditOptions } from './options.ts';
import { type Sink, standardOutput } from './sink.ts';

export interface Recorder {
  ended(call: Call, ended: Ended): void;
  refused(event: AuditEvent): void;
  /** Settles once it is recorded that the call is forwarded or answered; rejects if it can't be recorded. */
  leaving(call: Call): Promise<void>;
  close(): Promise<void>;
}

export async function startRecorder(
  options: AuditOptions,
  bindings: Readonly<Record<string, string>>,
  warnOnce?: (warning: string) => void,
): Promise<Recorder> {
  const { format = 'json', fingerprints, chain, firehose, stdout = true } = options;
  const { formatOf } = await import('./format.ts');
  const write = await formatOf(format);
  const keys = fingerprints === undefined && chain === undefined ? undefined : await import('./keys.ts');
  const bound = (variable: string): string => bindings[variable] ?? '';
  const print = fingerprints?.keyring;
  const ring =
    keys === undefined || print === undefined ? undefined : await keys.keyringOf(print, bound(print), warnOnce);
  const prints = keys === undefined || ring === undefined ? undefined : new keys.Fingerprinter(ring);
  const every = { lines: chain?.everyLines ?? 100, seconds: chain?.everySeconds ?? 10 };
  let chained: Chain | undefined;
  if (keys !== undefined && chain?.keyring !== undefined) {
    // For both uses it is read once.
    const of =
      ring !== undefined && chain.keyring === print
        ? ring
        : await keys.keyringOf(chain.keyring, bound(chain.keyring), warnOnce);
    chained = new Chain(keys.hmacSigner(of), write, every);
  }
  if (keys !== undefined && chain?.signingKey !== undefined)
    chained = new Chain(await keys.ed25519Signer(chain.signingKey, bound(chain.signingKey)), write, every);
  if (keys !== undefined && chain?.kmsKey !== undefined) {
    const id = kernelUuid();
    const signer = keys.vouchedSigner(chain.kmsKey, bound(chain.kmsKey), chain.kmsAlgorithm ?? 'ES256', id);
    chained = new Chain(await signer, write, every, id);
  }
  const sinks: Sink[] = stdout ? [standardOutput] : [];
  if (firehose !== undefined) sinks.push((await import('./firehose.ts')).firehoseSink(firehose, bound(firehose)));
  return new Writer(options, write, prints, chained, sinks);
}

/** Loads all that {@link startRecorder} takes, besides keys. */
export async function warmRecorder({ format = 'json', fingerprints, chain, firehose }: AuditOptions): Promise<void> {
  await (await import('./format.ts')).formatOf(format);
  if (fingerprints !== undefined || chain !== undefined) await import('./keys.ts');
  if (chain?.kmsKey !== undefined)
    await Promise.all([import('../../credentials/kms-signer.ts'), import('@aws-sdk/client-kms')]);
  if (firehose !== undefined) await import('./firehose.ts');
}

/** Writes what is refused before a record is begun: to standard output, outside of a chain. */
export async function unrecorded({
  format = 'json',
  stdout = true,
}: AuditOptions): Promise<(event: AuditEvent) => void> {
  const write = await (await import('./format.ts')).formatOf(format);
  return (event) => {
    if (stdout) standardOutput.write(write(event));
  };
}

class Writer implements Recorder {
  readonly #options: AuditOptions;
  readonly #format: (event: AuditEvent) => string;
  readonly #prints: Fingerprinter | undefined;
  readonly #chain: Chain | undefined;
  readonly #sinks: readonly Sink[];
  #timer: NodeJS.Timeout | undefined;
  readonly #onExit = (): void => {
    this.#end();
    flush();
  };

  constructor(
    options: AuditOptions,
    format: (event: AuditEvent) => string,
    prints: Fingerprinter | undefined,
    chain: Chain | undefined,
    sinks: readonly Sink[],
  ) {
    this.#options = options;
    this.#format = format;
    this.#prints = prints;
    this.#chain = chain;
    this.#sinks = sinks;
    if (chain === undefined) return;
    process.on('exit', this.#onExit);
    this.#put(chain.head());
  }

  ended(call: Call, ended: Ended): void {
    this.#write(this.#withIdentity(call, callEvent(call, ended)));
  }

  refused(event: AuditEvent): void {
    this.#write(event);
  }

  async leaving(call: Call): Promise<void> {
    const {
      bytesOut: _,
      ms: __,
      outcome: ___,
      ...event
    } = callEvent(call, { outcome: '', bytesOut: 0, head: 0, total: 0 });
    try {
      if (this.#chain?.ended === true) throw new Error('the chain has ended');
      const line = this.#lineOf(this.#withIdentity(call, { ...event, event: 'decision' }));
      const taken = this.#sinks.map((sink) => sink.writeNow(line));
      this.#signWhereDue();
      await Promise.all(taken);
    } catch (error) {
      log.error('a call could not be recorded, and was refused', { event: 'audit', error });
      throw new ProxyError('internal', 'the call could not be recorded: try again later');
    }
  }

  async close(): Promise<void> {
    // Replies that were just cut report their end in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('exit', this.#onExit);
    this.#end();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  #withIdentity(call: Call, event: AuditEvent): AuditEvent {
    const { id } = call.exchange;
    const { fingerprints } = this.#options;
    if (this.#prints === undefined || fingerprints === undefined) return { ...event, id };
    const { subject, key } = call.caller;
    const caller =
      fingerprints.caller === true && subject !== undefined ? this.#prints.of('caller', key) : event.caller;
    return { ...event, id, caller, fingerprints: this.#printsOf(call, fingerprints.arguments ?? [], this.#prints) };
  }

  #printsOf(call: Call, paths: readonly string[], prints: Fingerprinter): Readonly<Record<string, string>> | undefined {
    if (paths.length === 0 || call.kind !== 'request' || call.method !== 'tools/call') return undefined;
    const given = isObject(call.params) ? call.params['arguments'] : undefined;
    const found = paths.flatMap((path) => {
      const value = at(given, path.split('.'));
      // Only the value counts, so the same email under two names has the same fingerprint.
      return value === undefined
        ? []
        : [[path, prints.of('value', typeof value === 'string' ? value : JSON.stringify(value))] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  #write(event: AuditEvent): void {
    // Nothing may follow the end of the chain; the process is about to exit.
    if (this.#chain?.ended === true) return;
    this.#put(this.#lineOf(event));
    this.#signWhereDue();
  }

  #lineOf(event: AuditEvent): string {
    return this.#chain === undefined ? this.#format(event) : this.#chain.add(event);
  }

  /** Called after every line, because a verifier checks that no more lines follow a head than it announces. */
  #signWhereDue(): void {
    const chain = this.#chain;
    if (chain === undefined) return;
    if (chain.due) this.#head();
    else this.#timer ??= setTimeout(() => this.#head(), chain.every.seconds * 1000).unref();
  }

  #head(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#chain !== undefined && !this.#chain.ended) this.#put(this.#chain.head());
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (this.#chain !== undefined && !this.#chain.ended) this.#put(this.#chain.head(true));
  }

  #put(line: string): void {
    for (const sink of this.#sinks) sink.write(line);
  }
}

function at(value: JsonValue | undefined, [step, ...rest]: readonly string[]): JsonValue | undefined {
  if (step === undefined) return value;
  return isObject(value) && Object.hasOwn(value, step) ? at(value[step], rest) : undefined;
}
